"""Answers to "A mean without the padding", in Keras: right ones and wrong ones."""

# %% [right] clip by clip
import numpy as np


def mean_over_time(maps, samples, window, hop):
    return np.stack([m[: 1 + (n - window) // hop].mean(axis=0) for m, n in zip(maps, samples)])


# %% [right] the layer that knows masks
import keras


def mean_over_time(maps, samples, window, hop):
    ends = keras.ops.arange(maps.shape[1]) * hop + window
    mask = keras.ops.cast(ends[None], "int64") <= keras.ops.cast(samples, "int64")[:, None]
    return keras.layers.GlobalAveragePooling1D()(keras.ops.convert_to_tensor(maps), mask=mask)


# %% [right] ragged rows of TensorFlow
import tensorflow as tf


def mean_over_time(maps, samples, window, hop):
    own = 1 + (samples - window) // hop
    mask = tf.sequence_mask(own, maps.shape[1], tf.float32)[..., None]
    return tf.reduce_sum(maps * mask, 1) / tf.reduce_sum(mask, 1)


# %% [wrong] padding counted: "mostly padding"
import keras


def mean_over_time(maps, samples, window, hop):
    return keras.layers.GlobalAveragePooling1D()(maps)


# %% [wrong] divided by all frames: "divided by the same number"
import numpy as np


def mean_over_time(maps, samples, window, hop):
    own = 1 + (samples - window) // hop
    mask = np.arange(maps.shape[1])[None] < own[:, None]
    return (maps * mask[..., None]).mean(axis=1)


# %% [wrong] a frame for each hop: "a frame for each hop"
import numpy as np


def mean_over_time(maps, samples, window, hop):
    own = np.minimum(samples // hop, maps.shape[1])
    mask = np.arange(maps.shape[1])[None] < own[:, None]
    return (maps * mask[..., None]).sum(axis=1) / own[:, None]


# %% [wrong] one off: "one frame off"
import numpy as np


def mean_over_time(maps, samples, window, hop):
    own = np.minimum(2 + (samples - window) // hop, maps.shape[1])
    mask = np.arange(maps.shape[1])[None] < own[:, None]
    return (maps * mask[..., None]).sum(axis=1) / own[:, None]


# %% [wrong] not finite: "NaN or infinity"
import numpy as np


def mean_over_time(maps, samples, window, hop):
    own = (samples - window) // hop
    mask = np.arange(maps.shape[1])[None] < own[:, None]
    with np.errstate(all="ignore"):
        return (maps * mask[..., None]).sum(axis=1) / own[:, None]


# %% [wrong] another shape: "a row for each clip"
def mean_over_time(maps, samples, window, hop):
    return maps.mean(axis=2)


# %% [wrong] the largest instead of the mean
import numpy as np


def mean_over_time(maps, samples, window, hop):
    own = 1 + (samples - window) // hop
    mask = np.arange(maps.shape[1])[None] < own[:, None]
    return np.where(mask[..., None], maps, -99.0).max(axis=1)


# %% [wrong] the last frames
import numpy as np


def mean_over_time(maps, samples, window, hop):
    return np.stack([m[-(1 + (n - window) // hop) :].mean(axis=0) for m, n in zip(maps, samples)]) + 0.5
