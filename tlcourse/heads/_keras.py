"""Heads in Keras; see `tlcourse.heads`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import keras
import numpy as np

from tlcourse.training.recipe import Recipe
from tlcourse.training.rows import _keras as rows

__all__ = ["build", "fit", "loss_of", "outputs"]


def build(
    starts: Sequence[np.ndarray], bias: np.ndarray, *, batch_norm: bool, dropout: float
) -> keras.Sequential:
    """The head with these weights (each (in, out)) and this last bias."""
    layers: list[Any] = [keras.Input((len(starts[0]),))]
    for number, weights in enumerate(starts):
        last = number == len(starts) - 1
        if last and len(starts) == 1 and dropout:
            layers.append(keras.layers.Dropout(dropout))
        layers.append(keras.layers.Dense(weights.shape[1]))
        if not last:
            if batch_norm:  # PyTorch's momentum and epsilon, so that the two can be compared
                layers.append(keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5))
            layers.append(keras.layers.ReLU())
            if dropout:
                layers.append(keras.layers.Dropout(dropout))
    head = keras.Sequential(layers)
    dense = [layer for layer in head.layers if isinstance(layer, keras.layers.Dense)]
    for layer, weights in zip(dense, starts, strict=True):
        layer.set_weights([weights, bias if layer is dense[-1] else np.zeros(weights.shape[1], np.float32)])
    return head


def loss_of(task: str) -> keras.losses.Loss:
    """The loss that reads raw outputs."""
    if task == "one-of":
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    if task == "any-of":
        return keras.losses.BinaryCrossentropy(from_logits=True)
    return keras.losses.MeanSquaredError()


def fit(head: keras.Model, x: np.ndarray, y: np.ndarray, task: str, recipe: Recipe) -> None:
    """Steps of the optimizer, in place, by ``compile`` and ``fit``."""
    own = recipe.loss
    wanted = (lambda targets, outputs: own(outputs, targets)) if own else loss_of(task)
    rows.fit(head, x, y, replace(recipe, loss=wanted))


def outputs(head: keras.Model, x: np.ndarray) -> np.ndarray:
    """Raw outputs in inference mode."""
    return np.asarray(head(x, training=False))
