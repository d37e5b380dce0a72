"""Heads in Keras; see `tlcourse.heads`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from tlcourse.training.batches import Plan
from tlcourse.training.loop_keras import Guard, build_optimizer, make_optimizer, seed_dropout
from tlcourse.training.progress import bar as progress_bar

__all__ = ["build", "fit", "outputs"]


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


def fit(
    head: keras.Model,
    x: np.ndarray,
    y: np.ndarray,
    task: str,
    *,
    steps: int,
    lr: float,
    batch_size: int,
    weight_decay: float,
    seed: int,
    optimizer: str,
    loss: Any,
) -> None:
    """Steps of the optimizer, in place, by ``compile`` and ``fit``."""
    if not steps:
        return
    seed_dropout(head, seed)
    wanted = (lambda targets, found: loss(found, targets)) if loss else loss_of(task)
    head.compile(optimizer=make_optimizer(optimizer, lr, weight_decay), loss=wanted, jit_compile=False)
    build_optimizer(head)
    rows = np.concatenate(list(Plan(len(x), batch_size, steps=steps, epochs=None, seed=seed)))
    with progress_bar(steps, "head", show=False) as bar:
        head.fit(
            x[rows],
            y[rows],
            batch_size=batch_size,
            shuffle=False,
            verbose=0,
            callbacks=[Guard(steps, lr, bar)],
        )


def outputs(head: keras.Model, x: np.ndarray) -> np.ndarray:
    """Raw outputs in inference mode."""
    return np.asarray(head(x, training=False))
