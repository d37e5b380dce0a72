"""Keras's side of `tlcourse.sweeps.shared.tail`."""

from __future__ import annotations

from functools import cache
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tlcourse import models

__all__ = ["Block", "maps"]

FIRST_OF_LAST = "blocks.6.0.conv_pw"


@cache
def _network(size: int) -> Any:
    return models.load("efficientnet_lite0", "keras", num_classes=0, input_size=size)


def maps(images: np.ndarray, size: int) -> np.ndarray:
    """The last block's input, float32 (N, 3, 3, 192)."""
    made = _front(size).predict(_batches(images), verbose=0)
    return np.asarray(made)


@cache
def _front(size: int) -> Any:
    network = _network(size)
    return keras.Model(network.input, network.get_layer(FIRST_OF_LAST).input)


def _batches(images: np.ndarray) -> Any:
    batches = tf.data.Dataset.from_tensor_slices(images).batch(128)
    return batches.map(lambda x: (tf.cast(x, tf.float32) - 127) / 128)


class Block:
    """The last block, the last convolution and a head; always called with training=False."""

    def __init__(self, classes: int, size: int) -> None:
        network = _network(size)
        inside = network.get_layer(FIRST_OF_LAST).input
        head = keras.layers.Dense(classes, name="classifier")
        self.model = keras.Model(inside, head(network.output))
        self.pretrained = self.model.get_weights()
        self.head = head.trainable_variables
        self.last = [v for v in self.model.trainable_variables if all(v is not h for h in self.head)]
        self.optimizers = [keras.optimizers.Adam(), keras.optimizers.Adam()]
        self.optimizers[0].build(self.head)
        self.optimizers[1].build(self.last)
        self._loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self._both = tf.function(lambda x, y: self._train(x, y, True), reduce_retracing=True)
        self._head_only = tf.function(lambda x, y: self._train(x, y, False), reduce_retracing=True)
        self._forward = tf.function(lambda x: self.model(x, training=False), reduce_retracing=True)
        self.start(True)

    def start(self, last_opens: bool) -> None:
        """Begin again."""
        zeros = [np.zeros_like(value) for value in self.pretrained[-2:]]
        self.model.set_weights([*self.pretrained[:-2], *zeros])
        for optimizer in self.optimizers:
            for variable in optimizer.variables:
                if variable is not optimizer._learning_rate:
                    variable.assign(np.zeros(variable.shape, variable.dtype))
        self.last_opens = last_opens

    def _train(self, x: Any, y: Any, last_opens: bool) -> None:
        chosen = [self.head, self.last] if last_opens else [self.head]
        with tf.GradientTape() as tape:
            loss = self._loss(y, self.model(x, training=False))
        gradients = tape.gradient(loss, [[v.value for v in some] for some in chosen])
        for optimizer, some, found in zip(self.optimizers, chosen, gradients, strict=False):
            optimizer.apply(found, some)

    def step(self, x: np.ndarray, y: np.ndarray, head: float, last: float) -> None:
        """One step of Adam."""
        for optimizer, rate in zip(self.optimizers, (head, last), strict=True):
            optimizer.learning_rate = rate
        (self._both if self.last_opens else self._head_only)(tf.constant(x), tf.constant(y))

    def outputs(self, x: np.ndarray) -> np.ndarray:
        """Logits."""
        parts = [self._forward(tf.constant(x[at : at + 256])) for at in range(0, len(x), 256)]
        return np.concatenate([part.numpy() for part in parts])
