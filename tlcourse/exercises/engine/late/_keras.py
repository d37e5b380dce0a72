"""The late part of a network in Keras."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from tlcourse import models
from tlcourse.exercises.engine.late.state import State, collected

__all__ = ["freeze", "halves", "outputs", "state"]

_FIRST = {"efficientnet_lite0": "blocks.6.0.conv_pw", "squeezenet": "features.9.squeeze"}
"""The first layer of the late part."""


def halves(network: str, size: int, head: np.ndarray) -> tuple[Callable[[Any], np.ndarray], keras.Model]:
    """From preprocessed images to maps; and from maps to one output a class."""
    whole = models.load(network, "keras", num_classes=0, input_size=size)
    inside = whole.get_layer(_FIRST[network]).input
    early = keras.Model(whole.input, inside)
    # New layers, called once: so the output of each belongs to this model, and a learner may cut it anywhere.
    cut = keras.Model(inside, whole.output)
    late = keras.models.clone_model(cut, keras.Input(inside.shape[1:]))
    late.set_weights(cut.get_weights())
    n_classes = head.shape[1]
    model = keras.Model(late.input, keras.layers.Dense(n_classes, name="classifier")(late.output))
    model.get_layer("classifier").set_weights([head, np.zeros(n_classes)])
    return lambda images: np.asarray(early(images, training=False)), model


def freeze(model: keras.Model) -> None:
    """Let nothing but the head train."""
    for layer in model.layers[:-1]:
        layer.trainable = False


def state(model: keras.Model) -> State:
    """All its numbers."""
    return collected(
        (variable.path, variable.path.rpartition("/")[2].startswith("moving"), variable)
        for variable in model.variables
    )


def outputs(model: keras.Model, maps: np.ndarray) -> np.ndarray:
    """What the model gives, in inference mode."""
    return np.asarray(model(maps, training=False))
