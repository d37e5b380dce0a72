"""Keras's side of `tlcourse.sweeps.shared.restated`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

__all__ = ["restate"]


def restate(network: keras.Model, batches: Sequence[Any]) -> None:
    """BatchNorm's statistics become the averages over these batches."""
    layers = [layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)]
    kept = [(layer.momentum, layer.trainable) for layer in layers]
    for number, batch in enumerate(batches):
        for layer in layers:
            layer.trainable = True  # a frozen one takes no statistics
            layer.momentum = number / (number + 1)  # the plain average over batches
        network(batch, training=True)
    for layer, (momentum, trainable) in zip(layers, kept, strict=True):
        layer.momentum, layer.trainable = momentum, trainable
