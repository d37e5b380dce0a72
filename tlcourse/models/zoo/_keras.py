"""The architectures of keras.applications. Imported only in a process that runs Keras."""

from __future__ import annotations

import contextlib
import random
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from tlcourse.models.architecture import linear_start
from tlcourse.models.cards import card
from tlcourse.models.h5 import _keras as h5
from tlcourse.models.layers._keras import leaf_layers
from tlcourse.models.loaded import image_input
from tlcourse.models.weights import damaged

__all__ = ["build"]

_HEAD = ("fc1", "fc2", "predictions")
_CLASSES = 1000
# ImageNet's mean and deviation of each channel, of images from 0 to 1.
_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)


@contextlib.contextmanager
def _drawn_from(seed: int) -> Iterator[None]:
    """Random starts from this seed: Keras draws each initializer's seed from Python's generator."""
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)


def _renumbered(model: keras.Model) -> keras.Model:
    """Number the layers that have no name from 0, as in a fresh process.

    Keras counts them over the life of the process: the second Inception V3 would begin with "conv2d_94",
    and two of them could neither be compared nor be frozen by name.
    """
    numbers: dict[str, list[int]] = {}
    automatic = re.compile(r"(conv2d|batch_normalization)(?:_(\d+))?")
    for layer in model.layers:
        if match := automatic.fullmatch(layer.name):
            numbers.setdefault(match[1], []).append(int(match[2] or 0))
    if not numbers or all(min(held) == 0 for held in numbers.values()):
        return model
    names = {}
    for stem, held in numbers.items():
        for place, number in enumerate(sorted(held)):
            old = f"{stem}_{number}" if number else stem
            names[old] = f"{stem}_{place}" if place else stem

    def copied(layer: keras.Layer) -> keras.Layer:
        config = layer.get_config()
        return type(layer).from_config({**config, "name": names.get(layer.name, layer.name)})

    return keras.models.clone_model(model, clone_function=copied)


def _build(name: str, num_classes: int | None, dropout: float, input_size: int | None) -> keras.Model:
    """The architecture with the library's random start; a fresh head is not drawn yet."""
    known = card(name).of("keras")
    if num_classes is None and known.flat_head:
        side = card(name).input_size
        image = keras.Input((side, side, 3), name=image_input(name))
        whole = known.construct(input_tensor=image, classifier_activation=None)
        return keras.Model(whole.inputs[0], whole.output, name=name)
    image = keras.Input((input_size, input_size, 3), name=image_input(name))
    body = _renumbered(known.construct(include_top=False, input_tensor=image))
    x = layers.GlobalAveragePooling2D(name="avg_pool")(body.output)
    if num_classes is None:
        # The published head, as keras.applications builds it, but for images of any size.
        x = layers.Dropout(known.head_dropout, name="top_dropout")(x) if known.head_dropout else x
        x = layers.Dense(_CLASSES, name="predictions")(x)
    elif num_classes:
        x = layers.Dropout(dropout, name="dropout")(x) if dropout else x
        x = layers.Dense(num_classes, name="predictions")(x)
    return keras.Model(body.inputs[0], x, name=name)


def _normalise(model: keras.Model, own: bool) -> None:
    """EfficientNet-B0 holds its preprocessing in a layer: make it (x / 255 - mean) / deviation.

    The published file has the deviation where the layer wants its square, and ``weights="imagenet"`` adds a
    layer that makes up for it; a network with other weights would lack that layer and see other numbers.
    Here the layer itself is put right. With somebody's `own` weights, a layer that does nothing (mean 0,
    variance 1) is left: they were trained so.
    """
    for layer in model.layers:
        if isinstance(layer, layers.Normalization):
            mean, variance, *rest = layer.get_weights()
            if own and not mean.any() and (variance == 1).all():
                continue
            layer.set_weights([_MEAN, _DEVIATION**2, *rest])
            layer.finalize_state()


def _by_layer(model: keras.Model) -> dict[str, list[np.ndarray]]:
    return {name: layer.get_weights() for name, layer in leaf_layers(model)}


def _copy(donor: keras.Model, model: keras.Model, path: Path, without: tuple[str, ...] = ()) -> None:
    """Set the layers from another model's of the same names, the preprocessing included."""
    held = _by_layer(donor)
    for name, layer in leaf_layers(model):
        if name in without:
            continue
        shapes = [tuple(w.shape) for w in layer.weights]
        if name not in held or [w.shape for w in held[name]] != shapes:
            got = [w.shape for w in held.get(name, [])] or "missing"
            raise h5.misfit(path, f"{name} is {got} in the file, {shapes} in the model")
        layer.set_weights(held[name])
    before, after = ([x for x in m.layers if isinstance(x, layers.Normalization)][:1] for m in (donor, model))
    for ours, theirs in zip(after, before, strict=False):
        ours.set_weights(theirs.get_weights())


def _read(model: keras.Model, path: Path) -> None:
    """Load an .h5 file into the model, which is thrown away if it does not fit."""
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            model.load_weights(path)
        # Keras only warns of parts that it does not find, and leaves their layers at random. Not made an
        # error while it loads: it would leave the file open.
        missing = [w for w in caught if "freshly-initialized" in str(w.message)]
        if missing:
            raise ValueError(str(missing[0].message))
    except Exception as error:
        raise h5.why_not(model, path, error) from error


def _body_of(model: keras.Model) -> keras.Model:
    """The model without its head; it shares the layers."""
    return keras.Model(model.input, model.get_layer("avg_pool").output)


def _load(model: keras.Model, name: str, path: Path, num_classes: int | None) -> bool:
    """Load somebody's file; its body only, where its head is published or missing, or none is wanted.

    Returns
    -------
    bool
        Whether the head came too.
    """
    saved = None
    if path.suffix == ".keras":
        try:
            saved = keras.saving.load_model(path, compile=False)  # safe mode: refuses code in the file
        except Exception as error:
            raise damaged(path, error) from error
        shapes: dict[str, Any] = {n: [w.shape for w in held] for n, held in _by_layer(saved).items()}
    else:
        read = h5.held_in(path)
        if read is None:
            raise damaged(path, ValueError("it is not an HDF5 file, or a part of it is missing"))
        shapes = read
    head = {layer: int(shapes[layer][0][-1]) for layer in _HEAD if shapes.get(layer)}
    same = head == {"predictions": num_classes}
    # A head of neither ImageNet's classes nor these does not fit, and loading all of it says so.
    whole = num_classes is None or (
        num_classes > 0 and bool(head) and (same or head["predictions"] != _CLASSES)
    )
    if saved is not None:
        _copy(saved, model, path, () if whole else _HEAD)
    elif whole:
        _read(model, path)
    elif not head:
        _read(_body_of(model), path)
    else:
        donor = _build(name, None if "fc1" in head else head["predictions"], 0.0, None)
        _read(donor, path)
        _copy(donor, model, path, _HEAD)
    return whole


def build(
    name: str,
    path: Path | None,
    published: bool,
    num_classes: int | None,
    dropout: float,
    input_size: int | None,
    features: int,
    seed: int,
) -> keras.Model:
    """The model `name`, with weights from `path` or random ones.

    Parameters
    ----------
    published : bool
        `path` is the published file: with its head if `num_classes` is None, else without.
    features : int
        What the backbone gives for an image.
    seed : int
        Of the random weights; Python's and Keras's own generators are left as they were.
    """
    headed = False
    with _drawn_from(seed):
        model = _build(name, num_classes, dropout, input_size)
        if path is not None and published:
            _read(_body_of(model) if num_classes else model, path)
        elif path is not None:
            headed = _load(model, name, path, num_classes)
    if num_classes and not headed:
        weight, bias = linear_start(features, num_classes, seed)
        model.get_layer("predictions").set_weights([weight.T, bias])
    _normalise(model, own=path is not None and not published)
    return model
