"""Keras's side of `tlcourse.deployment`: LiteRT, by TensorFlow's converter."""

from __future__ import annotations

import contextlib
import io
import warnings
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from tlcourse.deployment.running import quiet
from tlcourse.deployment.scaling import Scaling

__all__ = ["export"]


def whole(model: Any, scaling: Scaling, size: int) -> Any:
    """Bytes in, probabilities out, as one function for any number of images."""
    factor, offset = (tf.constant(one) for one in (scaling.factor, scaling.offset))

    @tf.function(input_signature=[tf.TensorSpec((None, size, size, 3), tf.uint8, name="images")])
    def forward(images: Any) -> Any:
        x = images if scaling.order == (0, 1, 2) else tf.gather(images, scaling.order, axis=-1)
        logits = model(tf.cast(x, tf.float32) * factor + offset, training=False)
        return {"probabilities": tf.nn.softmax(logits)}

    return forward


def export(
    model: keras.Model,
    size: int,
    scaling: Scaling,
    numbers: str,
    calibration: np.ndarray | None,
    per_channel: bool,
) -> bytes:
    """The bytes of a .tflite file."""
    with quiet(), warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        forward = whole(model, scaling, size)
        frozen = convert_variables_to_constants_v2(forward.get_concrete_function())
        converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen], model)
        if numbers != "float32":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter._experimental_disable_per_channel = not per_channel
        if numbers == "float16":
            converter.target_spec.supported_types = [tf.float16]
        if calibration is not None:
            converter.representative_dataset = lambda: ([one[None]] for one in calibration)
        return bytes(converter.convert())
