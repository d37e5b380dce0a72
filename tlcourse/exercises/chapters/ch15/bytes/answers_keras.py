"""Answers to "Weights in 8 bits", in Keras: right ones and wrong ones."""

# %% [right] TensorFlow's own rounding
import tensorflow as tf


def in_bytes(kernel):
    scale = tf.reduce_max(tf.abs(kernel), axis=[0, 1, 2], keepdims=True) / 127
    scale = tf.where(scale > 0, scale, tf.ones_like(scale))
    return tf.cast(tf.cast(tf.round(kernel / scale), tf.int8), tf.float32) * scale


# %% [right] channel by channel
import numpy as np


def in_bytes(kernel):
    made = np.zeros_like(kernel)
    for channel in range(kernel.shape[-1]):
        weights = kernel[..., channel]
        largest = np.abs(weights).max()
        if largest > 0:
            made[..., channel] = np.round(weights / largest * 127) * largest / 127
    return made


# %% [right] Keras's quantizer
import keras


def in_bytes(kernel):
    whole, scale = keras.quantizers.abs_max_quantize(keras.ops.convert_to_tensor(kernel), axis=(0, 1, 2))
    return keras.ops.cast(whole, "float32") / scale


# %% [wrong] one scale for all: "share one scale"
import numpy as np


def in_bytes(kernel):
    scale = np.abs(kernel).max() / 127
    return np.round(kernel / scale) * scale


# %% [wrong] by input channel: "Each input channel"
import numpy as np


def in_bytes(kernel):
    scale = np.abs(kernel).max(axis=(0, 1, 3), keepdims=True) / 127
    return np.round(kernel / scale) * scale


# %% [wrong] divided by zero: "all zeros"
import keras


def in_bytes(kernel):
    scale = keras.ops.max(keras.ops.abs(kernel), axis=(0, 1, 2), keepdims=True) / 127
    return keras.ops.round(kernel / scale) * scale


# %% [wrong] whole numbers: "the whole numbers themselves"
import numpy as np


def in_bytes(kernel):
    scale = np.maximum(np.abs(kernel).max(axis=(0, 1, 2), keepdims=True) / 127, 1e-12)
    return np.round(kernel / scale).astype("int8")


# %% [wrong] cut off: "cut off towards zero"
import numpy as np


def in_bytes(kernel):
    scale = np.maximum(np.abs(kernel).max(axis=(0, 1, 2), keepdims=True) / 127, 1e-12)
    return np.trunc(kernel / scale) * scale


# %% [wrong] not rounded: "as they were"
import numpy as np


def in_bytes(kernel):
    scale = np.maximum(np.abs(kernel).max(axis=(0, 1, 2), keepdims=True) / 127, 1e-12)
    return kernel / scale * scale


# %% [wrong] kernel changed: "Give a new one"
import numpy as np


def in_bytes(kernel):
    scale = np.maximum(np.abs(kernel).max(axis=(0, 1, 2), keepdims=True) / 127, 1e-12)
    kernel /= scale
    np.round(kernel, out=kernel)
    kernel *= scale
    return kernel


# %% [wrong] another shape: "not that of the kernel"
import numpy as np


def in_bytes(kernel):
    flat = kernel.reshape(-1, kernel.shape[-1])
    scale = np.maximum(np.abs(flat).max(axis=0, keepdims=True) / 127, 1e-12)
    return np.round(flat / scale) * scale


# %% [wrong] four bits
import numpy as np


def in_bytes(kernel):
    scale = np.maximum(np.abs(kernel).max(axis=(0, 1, 2), keepdims=True) / 7, 1e-12)
    return np.round(kernel / scale) * scale


# %% [wrong] half precision
def in_bytes(kernel):
    return kernel.astype("float16").astype("float32") * 1.001
