"""Keras's side of `tlcourse.sweeps.shared.keeping`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tlcourse import models
from tlcourse.sweeps.shared.keeping import TEMPERATURE, Batch

__all__ = ["Network"]


class Network:
    """The backbone and its two heads."""

    def __init__(self, size: int) -> None:
        self.size = size

    def start(self, weight: np.ndarray, bias: np.ndarray, new: int, rank: int) -> None:
        """Begin again."""
        self.base = models.load("efficientnet_lite0", "keras", num_classes=0, input_size=self.size)
        for layer in self.base.layers:
            layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
        if rank:
            for layer in self.base.layers:
                pointwise = type(layer) is keras.layers.Conv2D and layer.kernel_size == (1, 1)
                if pointwise:
                    layer.enable_lora(rank, lora_alpha=rank)
                elif layer.trainable:
                    layer.trainable = False
        self.trained = list(self.base.trainable_variables)
        self.before = [tf.constant(v) for v in self.trained]
        self.fisher = [tf.Variable(tf.zeros(v.shape)) for v in self.trained]
        self.weight, self.bias = tf.constant(weight), tf.constant(bias)
        self.new = keras.layers.Dense(new, kernel_initializer="zeros")
        self.new.build((None, len(weight)))

    def _old(self, features: Any) -> Any:
        return features @ self.weight + self.bias

    def weigh(self, x: np.ndarray, y: np.ndarray) -> None:
        """The mean of the squared gradients of each image's log likelihood."""

        @tf.function
        def add(image: Any, label: Any) -> None:
            with tf.GradientTape() as tape:
                logits = self._old(self.base(image, training=False))
                loss = tf.nn.sparse_softmax_cross_entropy_with_logits(label, logits)
            gradients = tape.gradient(loss, [v.value for v in self.trained])
            for total, g in zip(self.fisher, gradients, strict=True):
                total.assign_add(g**2 / len(x))

        for image, label in zip(x, y, strict=True):
            add(tf.constant(image[None]), tf.constant([int(label)]))

    def _penalty(self, way: str) -> Any:
        moved = [(v.value - q) ** 2 for v, q in zip(self.trained, self.before, strict=True)]
        if way == "ewc":
            moved = [f * m for f, m in zip(self.fisher, moved, strict=True)]
        return tf.add_n([tf.reduce_sum(m) for m in moved]) / 2

    def _loss(self, x: Any, y: Any, answers: Any, old_y: Any, way: str, strength: float) -> Any:
        n = tf.shape(y)[0]
        features = self.base(x, training=False)
        entropy = tf.nn.sparse_softmax_cross_entropy_with_logits
        loss = tf.reduce_mean(entropy(y, self.new(features[:n])))
        if way == "rehearsal":
            loss += tf.reduce_mean(entropy(old_y, self._old(features[n:])))
        elif way == "lwf":
            now = tf.nn.log_softmax(self._old(features) / TEMPERATURE)
            then = tf.nn.log_softmax(answers / TEMPERATURE)
            apart = tf.reduce_mean(tf.reduce_sum(tf.exp(then) * (then - now), axis=1))
            loss += strength * TEMPERATURE**2 * apart
        elif way in ("l2-sp", "ewc"):
            loss += strength * self._penalty(way)
        return loss

    def train(
        self,
        batches: Iterable[Batch],
        way: str,
        strength: float,
        rate: float,
        head_rate: float,
        after_step: Callable[[int], Any],
    ) -> None:
        """Train on the new task."""
        both = [(keras.optimizers.Adam(rate), self.trained)]
        both += [(keras.optimizers.Adam(head_rate), self.new.trainable_variables)]
        for optimizer, variables in both:
            optimizer.build(variables)

        @tf.function(reduce_retracing=True)
        def step(x: Any, y: Any, answers: Any, old_y: Any) -> None:
            with tf.GradientTape() as tape:
                loss = self._loss(x, y, answers, old_y, way, strength)
            gradients = tape.gradient(loss, [[v.value for v in variables] for _, variables in both])
            for (optimizer, variables), some in zip(both, gradients, strict=True):
                optimizer.apply(some, variables)

        for number, batch in enumerate(batches, start=1):
            seen = np.concatenate([batch.x, batch.old_x]) if len(batch.old_x) else batch.x
            step(*map(tf.constant, (seen, batch.y, batch.answers, batch.old_y)))
            after_step(number)
        self.after = [tf.constant(v) for v in self.trained]

    def blend(self, share: float) -> None:
        """Between the old weights and the trained ones."""
        for v, old, new in zip(self.trained, self.before, self.after, strict=True):
            v.assign(old + share * (new - old))

    def outputs(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Logits of both heads."""
        features = self.base.predict(x, batch_size=128, verbose=0)
        return np.asarray(self._old(features)), np.asarray(self.new(features))
