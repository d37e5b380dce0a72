"""A gauge on a Keras network."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

__all__ = ["Watching"]


class Watching:
    """See `tlcourse.exercises.engine.gauge.Gauge`."""

    def __init__(self, model: keras.Model) -> None:
        self._model, self._by_batch = model, False
        self._norms = [
            layer for layer in model._flatten_layers() if isinstance(layer, layers.BatchNormalization)
        ]
        # Variables of TensorFlow's own: they are set inside of compiled steps, and are none of the network's.
        self._range = tf.Variable([math.inf, -math.inf], dtype="float32", trainable=False)
        self._before = self._sums()
        call = model.call

        def watched(inputs: Any, training: Any = None, mask: Any = None, **more: Any) -> Any:
            self._look(inputs, training)
            return call(inputs, training=training, mask=mask, **more)

        model.call = watched

    def _look(self, inputs: Any, training: Any) -> None:
        if training is not None and training is not False:
            self._by_batch |= any(norm.trainable for norm in self._norms)
        if tf.is_tensor(inputs) or isinstance(inputs, np.ndarray):
            values = tf.cast(inputs, "float32")
            low = tf.minimum(self._range[0], tf.reduce_min(values))
            high = tf.maximum(self._range[1], tf.reduce_max(values))
            self._range.assign(tf.stack([low, high]))

    def _sums(self) -> tuple[np.ndarray, np.ndarray]:
        def sums(variables: Any) -> np.ndarray:
            return np.array([np.abs(np.asarray(v.value, "float64")).sum() for v in variables])

        moving = {id(v) for norm in self._norms for v in (norm.moving_mean, norm.moving_variance)}
        mine = self._model.weights
        return sums([v for v in mine if id(v) not in moving]), sums([v for v in mine if id(v) in moving])

    def seen(self) -> dict[str, Any]:
        """See `tlcourse.exercises.engine.gauge.Gauge`."""
        (weights, statistics), (weights_now, statistics_now) = self._before, self._sums()
        low, high = (float(value) for value in self._range.numpy())
        return {
            "low": low if low <= high else math.nan,
            "high": high if low <= high else math.nan,
            "by_batch": self._by_batch,
            "weights": np.stack([weights, weights_now]),
            "statistics": np.stack([statistics, statistics_now]),
        }
