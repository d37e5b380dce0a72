"""Answers to "The same few pictures of every class, again", in Keras: right ones and wrong ones."""

# %% [right] scikit-learn
import numpy as np
import tensorflow as tf
from sklearn.utils import resample


def draw_per_class(labels, n, seed):
    rows = [
        resample(np.flatnonzero(labels == c), replace=False, n_samples=n, random_state=seed)
        for c in range(labels.max() + 1)
    ]
    return tf.concat([tf.constant(r) for r in rows], axis=0)
