"""Keras's side of `tlcourse.models.adapting`."""

from __future__ import annotations

import keras

from tlcourse.errors import CourseError, ShapeError
from tlcourse.models.adapting import HeadStart

__all__ = ["cut_at", "cut_head", "one_channel"]


def cut_at(model: keras.Model, block: str, later: tuple[str, ...], start: HeadStart | None) -> keras.Model:
    """See `tlcourse.models.cut_at`; ``later`` names the layers after the block, ``start`` draws the head."""
    x = _read_after(model, block, later)
    rank = len(x.shape)
    if rank == 4:
        x = keras.layers.GlobalAveragePooling2D(name="global_pool")(x)
    elif rank == 3:
        x = keras.layers.GlobalAveragePooling1D(name="global_pool")(x)
    if len(x.shape) != 2 or x.shape[1] is None:
        raise ShapeError(
            f"After {block!r} the network gives {tuple(x.shape)}; (None, D) is needed after pooling.",
            "Cut at another block.",
        )
    name = f"{model.name}_to_{block}"
    if start is None:
        return keras.Model(model.input, x, name=name)
    weight, bias = start(x.shape[1])
    head = keras.layers.Dense(len(bias), name="classifier")
    out = keras.Model(model.input, head(x), name=name)
    head.set_weights([weight.T, bias])
    return out


def _read_after(model: keras.Model, block: str, later: tuple[str, ...]) -> keras.KerasTensor:
    """What the first layer after the block reads; the network's own output if there is none."""
    own = {layer.name: layer for layer in getattr(model, "layers", [])}
    try:
        if not later:
            return model.output
        return own[later[0]].input
    except (KeyError, AttributeError, ValueError) as error:  # a layer of an inner model; no graph; two calls
        raise CourseError(
            f"The network cannot be cut after {block!r}: Keras does not know what the next layer reads.",
            "Give a functional model, such as models.load(...); of a model inside a model, the inner one.",
        ) from error


def cut_head(model: keras.Model) -> keras.Model:
    """See `tlcourse.models.cut_head`."""
    after = (keras.layers.Activation, keras.layers.Softmax, keras.layers.Dropout)
    layers = list(model.layers)
    while layers and isinstance(layers[-1], after):
        layers.pop()
    if not layers or not isinstance(layers[-1], keras.layers.Dense):
        last = type(layers[-1]).__name__ if layers else "nothing"
        raise CourseError(
            f"The network ends in {last}, not in a dense layer.",
            "Give a classifier with its head, such as models.load(name) without num_classes=0.",
        )
    return keras.Model(model.input, layers[-1].input, name=f"{model.name}_features")


def one_channel(model: keras.Model) -> keras.Model:
    """See `tlcourse.models.one_channel`."""
    first = next((layer for layer in model.layers if layer.weights), None)
    if not isinstance(first, keras.layers.Conv2D) or first.kernel.shape[2] != 3:
        raise CourseError(
            "The network does not begin with a convolution of three channels.",
            "Give a network for RGB images; one for grey images needs no change.",
        )
    grey = keras.Input((*model.input_shape[1:3], 1))
    out = keras.models.clone_model(model, input_tensors=grey)
    for old, new in zip(model.layers, out.layers, strict=True):
        weights = old.get_weights()
        if old is first:
            weights[0] = weights[0].sum(2, keepdims=True)
        new.set_weights(weights)
        new.trainable = old.trainable
    return out
