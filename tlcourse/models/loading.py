"""Loading a model by name, in either framework, from the same weights."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np

from ..devices import prepare, resolve_framework
from ..errors import CourseError, ShapeError, UnknownNameError, WeightsError
from . import weights as files
from .architecture import initial_weights, tensors
from .cards import card

__all__ = ["load"]


def load(
    name: str = "efficientnet_lite0",
    framework: str | None = None,
    *,
    weights: str | Path | None = "default",
    num_classes: int | None = None,
    dropout: float = 0.0,
    input_size: int | None = None,
    seed: int | None = None,
) -> Any:
    """A model, with its published weights, its own, or random ones.

    Parameters
    ----------
    name : str
        "efficientnet_lite0" or "small_cnn"; see :func:`tlcourse.models.cards`.
    framework : {"torch", "keras"}, optional
        Default: the one :func:`tlcourse.start` chose.
    weights : "imagenet", None or path
        "imagenet" (the default of efficientnet_lite0) are the published weights, from an installed package;
        None (the only choice of small_cnn, and its default) are random; a path is a file of weights that fit
        the whole model: .pth, .pt or .safetensors in both frameworks, .weights.h5 or .keras in Keras.
    num_classes : int, optional
        None: as published (1000 ImageNet logits). 0: the backbone alone, giving pooled features (N, 1280).
        k: the backbone and a fresh linear head of k logits.
    dropout : float
        Share of pooled features set to 0 in training, before the head; 0 to below 1.
    input_size : int, optional
        Keras only: fixes the input to this side in pixels. By default any size works.
    seed : int, optional
        For the random weights (the fresh head, or all). The same seed gives the same numbers in both
        frameworks. Default: drawn from numpy's global generator, which :func:`tlcourse.start` seeds.

    Returns
    -------
    torch.nn.Module
        Takes float32 (N, 3, H, W), on the picked device, in training mode as PyTorch's models are when made.
    keras.Model
        Takes float32 (N, H, W, 3).

    Both give logits (no softmax), and both have timm's names for their layers, such as "blocks.1.0.conv_dw".

    Raises
    ------
    UnknownNameError
        For an unknown model or framework.
    WeightsError
        If the weights are missing, damaged or do not fit: it names the first tensors that do not.
    ShapeError
        For impossible numbers.

    Examples
    --------
    In a notebook, after ``tlcourse.start``::

        backbone = tlcourse.models.load(num_classes=0)
        features = backbone(tlcourse.models.preprocess(images))       # (N, 1280)
    """
    card(name)
    framework = resolve_framework(framework)
    if isinstance(weights, str) and weights == "default":
        weights = "imagenet" if name == "efficientnet_lite0" else None
    _check_numbers(num_classes, dropout, input_size, seed)
    classes = num_classes if num_classes is not None else 1000
    if name == "small_cnn":
        if weights == "imagenet":
            raise WeightsError(
                "The model 'small_cnn' has no ImageNet weights: as the control it starts from random ones.",
                'Leave weights out, or load "efficientnet_lite0".',
            )
        if num_classes is None:
            raise ShapeError(
                "The model 'small_cnn' has no published head.",
                "Say how many classes: num_classes=10, for example.",
            )
    source = _source(weights, framework)
    start = initial_weights(name, classes, seed)
    if source == "imagenet":
        path = files.imagenet_file()
        published = files.fit(files.read_pth(path), tensors(name, 1000), path.name, by_order=True)
        start.update(published if num_classes is None else _body(published))
    elif isinstance(source, Path) and not _keras_only(source):
        given = files.read(source)
        if num_classes == 0:
            given = _body(given)
        start = files.fit(given, tensors(name, classes), str(source))
    prepare(framework)
    builder = importlib.import_module(f".build_{framework}", __package__)
    model = builder.build(name, start, classes, float(dropout), input_size)
    if isinstance(source, Path) and _keras_only(source):
        builder.load_file(model, source)
    return model


def _body(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The weights without the head's."""
    return {name: array for name, array in arrays.items() if not name.startswith("classifier.")}


def _keras_only(path: Path) -> bool:
    return path.suffix in (".h5", ".keras")


def _source(weights: str | Path | None, framework: str) -> str | Path | None:
    """What `weights` means: "imagenet", None, or an existing file."""
    if weights is None or weights == "imagenet":
        return weights  # type: ignore[return-value]
    if not isinstance(weights, (str, Path)):
        raise WeightsError(
            f"weights is a {type(weights).__name__}.",
            'Give "imagenet", None (random), or the path of a file.',
        )
    path = Path(weights)
    if not path.suffix and not path.exists():
        raise UnknownNameError("set of weights", str(weights), ["imagenet", "None (random)", "a file's path"])
    if framework == "torch" and _keras_only(path):
        raise WeightsError(
            f"The weight file {path.name} is Keras's own kind, which PyTorch does not read.",
            "Load it in the Keras notebook, or save the weights as .safetensors, which both read.",
        )
    if not path.is_file():
        files.read(path)  # raises, and says what is there
    return path


def _check_numbers(num_classes: Any, dropout: Any, input_size: Any, seed: Any) -> None:
    def whole(value: Any, least: int) -> bool:
        return isinstance(value, (int, np.integer)) and not isinstance(value, bool) and bool(value >= least)

    if num_classes is not None and not whole(num_classes, 0):
        raise ShapeError(
            f"num_classes is {num_classes!r}.",
            "Give the number of classes, 0 for pooled features, or None for the published head.",
        )
    if isinstance(dropout, bool) or not isinstance(dropout, (int, float)) or not 0 <= dropout < 1:
        raise ShapeError(f"dropout is {dropout!r}.", "Give a share from 0 to below 1, such as 0.2.")
    if input_size is not None and not whole(input_size, 8):
        raise ShapeError(
            f"input_size is {input_size!r}.", "Give the side in pixels, from 8, or None for any."
        )
    if seed is not None and not whole(seed, 0):
        raise CourseError(f"seed is {seed!r}.", "Give a whole number of at least 0, or None.")
