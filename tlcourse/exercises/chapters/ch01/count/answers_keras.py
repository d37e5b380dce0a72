"""Answers to "What will train?", in Keras: right ones and wrong ones."""

# %% [right] state and flags, one array after the other
import math


def count(model):
    trainable = everything = 0
    for layer in model.layers:
        for w in layer.weights:
            everything += math.prod(w.shape)
        for w in layer.trainable_variables:
            trainable += math.prod(w.shape)
    return [trainable, everything]


# %% [right] tensors
import tensorflow as tf


def count(model):
    return tf.add_n([tf.size(w.value) for w in model.trainable_weights]), model.count_params()


# %% [right] buffers counted as well, or get_weights
import numpy as np


def count(model):
    return np.array(
        [sum(np.size(w) for w in model.trainable_variables), sum(w.size for w in model.get_weights())]
    )


# %% [wrong] counts arrays: "number of arrays"
def count(model):
    return len(model.trainable_weights), len(model.weights)


# %% [wrong] frozen parameters counted as trainable: "does not train"
def count(model):
    return model.count_params(), model.count_params()


# %% [wrong] trainable and frozen swapped: "Those are the frozen ones"
import numpy as np


def count(model):
    train = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    every = sum(int(np.prod(w.shape)) for w in model.weights if "moving" not in w.path)
    return every - train, every


# %% [wrong] frozen ones left out: "belong to the network too"
import numpy as np


def count(model):
    n = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    return n, n


# %% [wrong] text
def count(model):
    return str(model.count_params())


# %% [wrong] the last array left out
import numpy as np


def count(model):
    size = lambda ws: sum(int(np.prod(w.shape)) for w in ws)
    return size(model.trainable_weights[:-1]), size(model.weights[:-1])


# %% [wrong] unfreezes everything first
import numpy as np


def count(model):
    for layer in model.layers:
        layer.trainable = True
    return sum(int(np.prod(w.shape)) for w in model.trainable_weights), model.count_params()
