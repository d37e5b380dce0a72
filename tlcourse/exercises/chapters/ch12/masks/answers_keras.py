"""Answers to "SpecAugment as a layer", in Keras: right ones and wrong ones."""

# %% [right] TensorFlow's random numbers
import keras
import tensorflow as tf


class Masks(keras.layers.Layer):
    def __init__(self, bands, frames):
        super().__init__()
        self.widest = (frames, bands)

    def call(self, x, training=False):
        if not training:
            return x
        for axis, widest in zip((1, 2), self.widest):
            n, length = x.shape[0], x.shape[axis]
            width = tf.random.uniform((n, 1), 0, widest + 1, dtype=tf.int32)
            start = tf.cast(tf.random.uniform((n, 1)) * tf.cast(length - width + 1, tf.float32), tf.int32)
            place = tf.range(length)[None]
            keep = tf.cast((place < start) | (place >= start + width), x.dtype)
            x = x * (keep[:, :, None] if axis == 1 else keep[:, None, :])
        return x


def masks(bands, frames):
    return Masks(bands, frames)


# %% [right] NumPy, at least one wide
import keras
import numpy as np


class Masks(keras.layers.Layer):
    def __init__(self, bands, frames):
        super().__init__()
        self.widest, self.rng = (frames, bands), np.random.default_rng(0)

    def call(self, x, training=None):
        keep = np.ones(x.shape, "float32")
        if training:
            for one in keep:
                t, b = (int(self.rng.integers(1, w + 1)) for w in self.widest)
                at, low = (int(self.rng.integers(0, s - w + 1)) for s, w in zip(one.shape, (t, b)))
                one[at : at + t] = 0
                one[:, low : low + b] = 0
        return x * keep


def masks(bands, frames):
    return Masks(bands, frames)


# %% [right] one layer for each axis
import keras


class Bar(keras.layers.Layer):
    def __init__(self, widest, axis):
        super().__init__()
        self.widest, self.axis, self.seeds = widest, axis, keras.random.SeedGenerator(3)

    def call(self, x, training=False):
        if not training:
            return x
        n, length = x.shape[0], x.shape[self.axis]
        width = keras.random.randint((n, 1), 0, self.widest + 1, seed=self.seeds)
        start = keras.random.uniform((n, 1), seed=self.seeds) * keras.ops.cast(length - width + 1, "float32")
        start = keras.ops.cast(keras.ops.floor(start), "int32")
        place = keras.ops.arange(length)[None]
        gone = (place >= start) & (place < start + width)
        gone = keras.ops.expand_dims(gone, 2 if self.axis == 1 else 1)
        return keras.ops.where(gone, 0.0, x)


class Masks(keras.layers.Layer):
    def __init__(self, bands, frames):
        super().__init__()
        self.time, self.pitch = Bar(frames, 1), Bar(bands, 2)

    def call(self, x, training=False):
        return self.pitch(self.time(x, training=training), training=training)


def masks(bands, frames):
    return Masks(bands, frames)


# %% [wrong] active in use: "evaluation mode as well"
import keras
import numpy as np


class Masks(keras.layers.Layer):
    def __init__(self, bands, frames):
        super().__init__()
        self.widest, self.rng = (frames, bands), np.random.default_rng(0)

    def call(self, x):
        keep = np.ones(x.shape, "float32")
        for one in keep:
            t, b = (int(self.rng.integers(1, w + 1)) for w in self.widest)
            at, low = (int(self.rng.integers(0, s - w + 1)) for s, w in zip(one.shape, (t, b)))
            one[at : at + t] = 0
            one[:, low : low + b] = 0
        return x * keep


def masks(bands, frames):
    return Masks(bands, frames)


# %% [wrong] never active: "nothing is masked"
import keras


class Masks(keras.layers.Layer):
    def __init__(self, bands, frames):
        super().__init__()

    def call(self, x, training=False):
        return x


def masks(bands, frames):
    return Masks(bands, frames)


# %% [wrong] others changed: "unlike dropout"
import keras


class Masks(keras.layers.Layer):
    def __init__(self, bands, frames):
        super().__init__()
        self.drop = keras.layers.SpatialDropout1D(0.2, seed=1)

    def call(self, x, training=False):
        return self.drop(x, training=training)


def masks(bands, frames):
    return Masks(bands, frames)


# %% [wrong] single numbers: "Single numbers"
import keras


class Masks(keras.layers.Layer):
    def __init__(self, bands, frames):
        super().__init__()
        self.seeds = keras.random.SeedGenerator(1)

    def call(self, x, training=False):
        if not training:
            return x
        return x * keras.ops.cast(keras.random.uniform(x.shape, seed=self.seeds) > 0.2, x.dtype)


def masks(bands, frames):
    return Masks(bands, frames)


# %% [wrong] bands alone: "No frame is ever masked"
import keras
import numpy as np


class Masks(keras.layers.Layer):
    def __init__(self, bands, frames):
        super().__init__()
        self.widest, self.rng = bands, np.random.default_rng(0)

    def call(self, x, training=False):
        keep = np.ones(x.shape, "float32")
        if training:
            for one in keep:
                width = int(self.rng.integers(0, self.widest + 1))
                low = int(self.rng.integers(0, one.shape[1] - width + 1))
                one[:, low : low + width] = 0
        return x * keep


def masks(bands, frames):
    return Masks(bands, frames)


# %% [wrong] one mask for the batch: "All clips of a batch"
import keras
import numpy as np


class Masks(keras.layers.Layer):
    def __init__(self, bands, frames):
        super().__init__()
        self.widest, self.rng = (frames, bands), np.random.default_rng(0)

    def call(self, x, training=False):
        keep = np.ones(x.shape[1:], "float32")
        if training:
            t, b = (int(self.rng.integers(1, w + 1)) for w in self.widest)
            at, low = (int(self.rng.integers(0, s - w + 1)) for s, w in zip(keep.shape, (t, b)))
            keep[at : at + t] = 0
            keep[:, low : low + b] = 0
        return x * keep


def masks(bands, frames):
    return Masks(bands, frames)


# %% [wrong] too wide: "wider than"
import keras
import numpy as np


class Masks(keras.layers.Layer):
    def __init__(self, bands, frames):
        super().__init__()
        self.widest, self.rng = (2 * frames, 2 * bands), np.random.default_rng(0)

    def call(self, x, training=False):
        keep = np.ones(x.shape, "float32")
        if training:
            for one in keep:
                t, b = (int(self.rng.integers(1, w + 1)) for w in self.widest)
                at, low = (int(self.rng.integers(0, s - w + 1)) for s, w in zip(one.shape, (t, b)))
                one[at : at + t] = 0
                one[:, low : low + b] = 0
        return x * keep


def masks(bands, frames):
    return Masks(bands, frames)


# %% [wrong] another shape: "numbers, not shapes"
import keras


class Masks(keras.layers.Layer):
    def __init__(self, bands, frames):
        super().__init__()
        self.first = frames

    def call(self, x, training=False):
        return x[:, self.first :] if training else x


def masks(bands, frames):
    return Masks(bands, frames)


# %% [wrong] one width: "have one width"
import keras
import numpy as np


class Masks(keras.layers.Layer):
    def __init__(self, bands, frames):
        super().__init__()
        self.widest, self.rng = (frames, bands), np.random.default_rng(0)

    def call(self, x, training=False):
        keep = np.ones(x.shape, "float32")
        if training:
            for one in keep:
                t, b = self.widest
                at, low = (int(self.rng.integers(0, s - w + 1)) for s, w in zip(one.shape, (t, b)))
                one[at : at + t] = 0
                one[:, low : low + b] = 0
        return x * keep


def masks(bands, frames):
    return Masks(bands, frames)


# %% [wrong] turned round
import keras


class Masks(keras.layers.Layer):
    def __init__(self, bands, frames):
        super().__init__()

    def call(self, x, training=False):
        return x if training else x * 0


def masks(bands, frames):
    return Masks(bands, frames)


# %% [wrong] noise
import keras


class Masks(keras.layers.Layer):
    def __init__(self, bands, frames):
        super().__init__()
        self.noise = keras.layers.GaussianNoise(0.1, seed=1)

    def call(self, x, training=False):
        return self.noise(x, training=True)


def masks(bands, frames):
    return Masks(bands, frames)
