"""Answers to "One vector for a text", in Keras: right ones and wrong ones."""

# %% [right] a product of matrices
import keras
from keras import ops


class MeanOfWords(keras.layers.Layer):
    def call(self, vectors, mask=None):
        share = ops.cast(mask, "float32")
        share = share / ops.maximum(ops.sum(share, axis=1, keepdims=True), 1.0)
        return ops.einsum("nl,nld->nd", share, vectors)


mean_layer = MeanOfWords


# %% [right] Keras's own pooling, with zeros for what is nothing
import keras
from keras import ops


class MeanOfWords(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.supports_masking = True

    def call(self, vectors, mask=None):
        kept = ops.where(mask[..., None], vectors, 0.0)
        number = ops.maximum(ops.count_nonzero(mask, axis=1), 1)
        return ops.sum(kept, axis=1) / ops.cast(number, "float32")[:, None]


mean_layer = MeanOfWords


# %% [right] in TensorFlow
import keras
import tensorflow as tf


class Mean(keras.layers.Layer):
    def call(self, vectors, mask=None):
        mask = tf.cast(mask[:, :, tf.newaxis], tf.float32)
        return tf.math.divide_no_nan(tf.reduce_sum(vectors * mask, 1), tf.reduce_sum(mask, 1))


def mean_layer():
    return Mean(name="mean")


# %% [wrong] padding counts: "the vectors at the padding are in your mean"
import keras
from keras import ops


class MeanOfWords(keras.layers.Layer):
    def call(self, vectors):
        return ops.mean(vectors, axis=1)


mean_layer = MeanOfWords


# %% [wrong] divided by the length: "Divide by the number of words"
import keras
from keras import ops


class MeanOfWords(keras.layers.Layer):
    def call(self, vectors, mask=None):
        return ops.mean(vectors * ops.cast(mask[..., None], "float32"), axis=1)


mean_layer = MeanOfWords


# %% [wrong] a sum: "that is the sum"
import keras
from keras import ops


class MeanOfWords(keras.layers.Layer):
    def call(self, vectors, mask=None):
        return ops.sum(vectors * ops.cast(mask[..., None], "float32"), axis=1)


mean_layer = MeanOfWords


# %% [wrong] divides by nought: "nothing to divide by"
import keras


class MeanOfWords(keras.layers.GlobalAveragePooling1D):
    pass


mean_layer = MeanOfWords


# %% [wrong] no gradient: "No gradient reaches the vectors"
import keras
import numpy as np
from keras import ops


class MeanOfWords(keras.layers.Layer):
    def call(self, vectors, mask=None):
        v, m = np.array(vectors), np.array(mask)[..., None]
        return ops.convert_to_tensor((v * m).sum(1) / np.maximum(m.sum(1), 1), dtype="float32")


mean_layer = MeanOfWords


# %% [wrong] another shape: "one vector a text"
import keras
from keras import ops


class MeanOfWords(keras.layers.Layer):
    def call(self, vectors, mask=None):
        return vectors * ops.cast(mask[..., None], "float32")


mean_layer = MeanOfWords


# %% [wrong] not a part of a network: "A part of a network was asked for"
from keras import ops


def mean_layer():
    return lambda vectors: ops.mean(vectors, axis=1)


# %% [wrong] the largest
import keras
from keras import ops


class MeanOfWords(keras.layers.Layer):
    def call(self, vectors, mask=None):
        return ops.max(vectors * ops.cast(mask[..., None], "float32"), axis=1)


mean_layer = MeanOfWords


# %% [wrong] the first word
import keras
from keras import ops


class MeanOfWords(keras.layers.Layer):
    def call(self, vectors, mask=None):
        return vectors[:, 0] * ops.cast(mask[:, :1], "float32")


mean_layer = MeanOfWords
