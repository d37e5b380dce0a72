"""Training in Keras."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

__all__ = ["train"]


def _network(weights: list[np.ndarray]) -> tuple[Any, list[Any]]:
    """The network, and its layers in the order of the weights: three dense ones, then the adapters."""
    hidden, narrow = weights[2].shape[0], weights[6].shape[1] if len(weights) > 6 else 0
    dense = [keras.layers.Dense(hidden, "relu"), keras.layers.Dense(hidden, "relu"), keras.layers.Dense(1)]
    adapters = [
        keras.layers.Dense(units, activation, use_bias=False)
        for _ in range(2 if narrow else 0)
        for units, activation in ((narrow, "relu"), (hidden, None))
    ]
    inputs = x = keras.Input((weights[0].shape[0],))
    for layer in range(2):
        x = dense[layer](x)
        if narrow:
            x = x + adapters[2 * layer + 1](adapters[2 * layer](x))
    return keras.Model(inputs, dense[2](x)), [*dense, *adapters]


def train(
    weights: list[np.ndarray], x: np.ndarray, y: np.ndarray, rows: np.ndarray, rate: float, part: str
) -> list[np.ndarray]:
    """The weights after a step on each row of `rows`."""
    network, layers = _network(weights)
    groups = [weights[0:2], weights[2:4], weights[4:6], *([one] for one in weights[6:])]
    for layer, arrays in zip(layers, groups, strict=True):
        layer.set_weights(arrays)
    for layer in layers[:2]:
        layer.trainable = part == "all"
    steps, size = rows.shape
    network.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(rate, steps), epsilon=1e-8),
        keras.losses.BinaryCrossentropy(from_logits=True),
    )
    order = rows.ravel()
    network.fit(x[order], y[order, None], batch_size=size, shuffle=False, verbose=0)
    return [array for layer in layers for array in layer.get_weights()]
