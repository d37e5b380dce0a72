"""Answers to "An anchor", in Keras: right ones and wrong ones."""

# %% [right] one long vector
import keras


def anchor(model, start):
    kept = len(model.trainable_variables) - len(model.get_layer("classifier").trainable_variables)
    flat = lambda arrays: keras.ops.concatenate([keras.ops.reshape(a, (-1,)) for a in arrays])
    return keras.ops.sum(keras.ops.square(flat(model.trainable_variables[:kept]) - flat(start[:kept])))


# %% [right] TensorFlow's own loss
import tensorflow as tf


def anchor(model, start):
    head = [id(v) for v in model.layers[-1].variables]
    pairs = [(w, s) for w, s in zip(model.trainable_variables, start) if id(w) not in head]
    return tf.add_n([2 * tf.nn.l2_loss(w - s) for w, s in pairs])


# %% [right] layer by layer
import keras


def anchor(model, start):
    penalty, rest = 0.0, list(start)
    for layer in model.layers:
        for weight in layer.trainable_variables:
            old = rest.pop(0)
            if layer.name != "classifier":
                penalty += keras.ops.sum(keras.ops.power(weight - old, 2))
    return penalty


# %% [wrong] the head is held as well: "leave it out"
import keras


def anchor(model, start):
    return sum(keras.ops.sum((w - s) ** 2) for w, s in zip(model.trainable_variables, start))


# %% [wrong] no gradient: "No gradient flows"
import numpy as np


def anchor(model, start):
    kept = model.trainable_variables[:-2]
    return float(sum(np.sum((w.numpy() - s) ** 2) for w, s in zip(kept, start)))


# %% [wrong] mean instead of sum: "a mean of the squares"
import keras


def anchor(model, start):
    return sum(keras.ops.mean((w - s) ** 2) for w, s in zip(model.trainable_variables[:-2], start))


# %% [wrong] pulls to zero: "That is weight decay"
import keras


def anchor(model, start):
    return sum(keras.ops.sum(w.value**2) for w in model.trainable_variables[:-2])


# %% [wrong] not squared: "the distance itself"
import keras


def anchor(model, start):
    return keras.ops.sqrt(
        sum(keras.ops.sum((w - s) ** 2) for w, s in zip(model.trainable_variables[:-2], start))
    )


# %% [wrong] absolute differences
import keras


def anchor(model, start):
    return sum(keras.ops.sum(keras.ops.abs(w - s)) for w, s in zip(model.trainable_variables[:-2], start))


# %% [wrong] the first layer only
import keras


def anchor(model, start):
    return keras.ops.sum((model.trainable_variables[0] - start[0]) ** 2)
