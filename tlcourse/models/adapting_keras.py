"""Keras's side of `tlcourse.models.adapting`."""

from __future__ import annotations

import keras

from ..errors import CourseError

__all__ = ["cut_head", "one_channel"]


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
            "Give a network for RGB pictures; one for grey pictures needs no change.",
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
