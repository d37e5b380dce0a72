"""Answers to "Texts as rows of numbers", in Keras: right ones and wrong ones."""

# %% [right] the vocabulary set afterwards
import keras


def encoder(words, length):
    layer = keras.layers.TextVectorization(standardize=None, output_sequence_length=length)
    layer.set_vocabulary(words)
    return layer


# %% [right] with padding and unknown words in the list, lower case
import keras


def encoder(words, length):
    return keras.layers.TextVectorization(
        max_tokens=len(words) + 2,
        standardize="lower",
        split="whitespace",
        output_sequence_length=length,
        vocabulary=["", "[UNK]", *words],
    )


# %% [right] a layer of one's own
import keras
import tensorflow as tf


class Encoder(keras.layers.Layer):
    def __init__(self, words, length):
        super().__init__()
        self.length = length
        self.index = keras.layers.StringLookup(vocabulary=words, mask_token="")

    def call(self, texts):
        parts = tf.strings.split(texts).to_tensor(default_value="", shape=(None, self.length))
        return self.index(parts)


def encoder(words, length):
    return Encoder(words, length)


# %% [wrong] signs stripped: "Look at `standardize`"
import keras


def encoder(words, length):
    return keras.layers.TextVectorization(output_sequence_length=length, vocabulary=words)


# %% [wrong] numbered anew: "have got new numbers"
import keras


def encoder(words, length):
    layer = keras.layers.TextVectorization(standardize=None, output_sequence_length=length)
    layer.adapt(words)
    return layer


# %% [wrong] not cut: "at most the first"
import keras


def encoder(words, length):
    return keras.layers.TextVectorization(
        standardize=None, output_sequence_length=length + 1, vocabulary=words
    )


# %% [wrong] no order: "in the order of the text"
import keras


def encoder(words, length):
    return keras.layers.TextVectorization(standardize=None, output_mode="multi_hot", vocabulary=words)


# %% [wrong] another shape: "your array has the shape"
import keras


def encoder(words, length):
    return keras.layers.TextVectorization(
        standardize=None, output_sequence_length=length - 2, vocabulary=words
    )


# %% [wrong] no encoder: "`encoder` gave"
import keras


def encoder(words, length):
    return keras.layers.TextVectorization


# %% [wrong] unknown is padding: "An unknown word is 1"
import keras
from keras import ops


def encoder(words, length):
    inside = keras.layers.TextVectorization(standardize=None, output_sequence_length=length, vocabulary=words)

    class Encoder(keras.layers.Layer):
        def call(self, texts):
            found = inside(texts)
            return ops.where(found == 1, 0, found)

    return Encoder()


# %% [wrong] the words the other way round
import keras


def encoder(words, length):
    return keras.layers.TextVectorization(
        standardize=None, output_sequence_length=length, vocabulary=words[::-1]
    )


# %% [wrong] letters
import keras


def encoder(words, length):
    return keras.layers.TextVectorization(
        standardize=None, split="character", output_sequence_length=length, vocabulary=words
    )
