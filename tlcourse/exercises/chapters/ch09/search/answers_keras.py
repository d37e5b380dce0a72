"""Answers to "Search by meaning", in Keras: right ones."""

# %% [right] the framework's own
import keras
from keras import ops


def search(query, texts, k):
    units = keras.utils.normalize(texts, axis=1)
    return ops.top_k(ops.matmul(units, query), k)[1]
