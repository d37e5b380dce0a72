"""Answers to "The loss that fits the head", in Keras: right ones and wrong ones."""

# %% [right] functions
from functools import partial
import keras


def loss_for(answer):
    if answer == "exactly one":
        return partial(keras.losses.sparse_categorical_crossentropy, from_logits=True)
    if answer == "any number":
        return partial(keras.losses.binary_crossentropy, from_logits=True)
    return keras.losses.mean_squared_error


# %% [right] by hand
import tensorflow as tf


def loss_for(answer):
    def one(t, z):
        return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=t, logits=z)

    def many(t, z):
        return tf.nn.sigmoid_cross_entropy_with_logits(labels=t, logits=z)

    def number(t, z):
        return tf.square(t - z)

    return {"exactly one": one, "any number": many, "a number": number}[answer]


# %% [right] log-softmax and NLL, or names where they fit
import keras


def loss_for(answer):
    match answer:
        case "exactly one":
            return keras.losses.SparseCategoricalCrossentropy(True)
        case "any number":
            return keras.losses.BinaryFocalCrossentropy(gamma=0.0, from_logits=True)
    return "mse"


# %% [wrong] logits taken for probabilities: "takes them for"
def loss_for(answer):
    kinds = {"exactly one": "sparse_categorical_crossentropy", "any number": "binary_crossentropy"}
    return kinds.get(answer, "mse")


# %% [wrong] softmax before the loss: "go through it twice"
import keras
import numpy as np


def loss_for(answer):
    cross = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    kinds = {
        "exactly one": lambda t, z: cross(t, np.asarray(keras.ops.softmax(z))),
        "any number": keras.losses.BinaryCrossentropy(from_logits=True),
    }
    return kinds.get(answer, keras.losses.MeanSquaredError())


# %% [wrong] softmax for several labels: "the labels compete"
import keras


def loss_for(answer):
    if answer == "exactly one":
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    if answer == "any number":
        return keras.losses.CategoricalCrossentropy(from_logits=True)
    return keras.losses.MeanSquaredError()


# %% [wrong] one loss for all: "One loss cannot fit them all"
def loss_for(answer):
    return "mse"


# %% [wrong] targets of the wrong shape: "cannot read such outputs"
import keras


def loss_for(answer):
    if answer == "a number":
        return keras.losses.MeanSquaredError()
    if answer == "exactly one":
        return keras.losses.CategoricalCrossentropy(from_logits=True)
    return keras.losses.BinaryCrossentropy(from_logits=True)


# %% [wrong] the class, not a loss
import keras


def loss_for(answer):
    losses = keras.losses
    return {"exactly one": losses.SparseCategoricalCrossentropy, "any number": losses.BinaryCrossentropy}.get(
        answer, losses.MeanSquaredError
    )


# %% [wrong] summed
import keras


def loss_for(answer):
    if answer == "a number":
        return keras.losses.MeanSquaredError(reduction="sum")
    if answer == "any number":
        return keras.losses.BinaryCrossentropy(from_logits=True, reduction="sum")
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")


# %% [wrong] arguments turned round
import keras


def loss_for(answer):
    one = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    many = keras.losses.BinaryCrossentropy(from_logits=True)
    kinds = {"exactly one": one, "any number": many, "a number": keras.losses.MeanSquaredError()}
    return lambda outputs, targets: kinds[answer](targets, outputs)
