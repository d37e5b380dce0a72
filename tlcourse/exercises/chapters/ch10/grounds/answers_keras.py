"""Answers to "Any ground", in Keras: right ones and wrong ones."""

# %% [right] image by image
import keras


def on_any_ground(cutouts):
    images = []
    for cutout in cutouts:
        colour = keras.random.uniform((1, 1, 3))
        images.append(cutout[..., 3:] * cutout[..., :3] + (1 - cutout[..., 3:]) * colour)
    return keras.ops.stack(images)


# %% [right] TensorFlow, with colours from NumPy
import numpy as np
import tensorflow as tf


def on_any_ground(cutouts):
    colours = np.random.default_rng().integers(0, 256, (len(cutouts), 1, 1, 3)) / 255
    thing, alpha = tf.split(cutouts, [3, 1], axis=-1)
    ground = tf.constant(colours, tf.float32)
    return ground + alpha * (thing - ground)


# %% [right] a layer
import keras


class Ground(keras.layers.Layer):
    def call(self, x):
        ground = keras.random.uniform((keras.ops.shape(x)[0], 1, 1, 3))
        return keras.ops.multiply(x[..., 3:], x[..., :3]) + keras.ops.multiply(1 - x[..., 3:], ground)


def on_any_ground(cutouts):
    return Ground()(cutouts)


# %% [wrong] one ground for all: "Draw a colour for each image"
import keras


def on_any_ground(cutouts):
    alpha = cutouts[..., 3:]
    return alpha * cutouts[..., :3] + (1 - alpha) * keras.random.uniform((1, 1, 1, 3))


# %% [wrong] same at every call: "Draw anew at each call"
import keras


def on_any_ground(cutouts):
    ground = keras.random.uniform((len(cutouts), 1, 1, 3), seed=0)
    alpha = cutouts[..., 3:]
    return alpha * cutouts[..., :3] + (1 - alpha) * ground


# %% [wrong] hard edge: "a network can learn the rim"
import keras


def on_any_ground(cutouts):
    ground = keras.random.uniform((len(cutouts), 1, 1, 3))
    return keras.ops.where(cutouts[..., 3:] > 0.5, cutouts[..., :3], ground)


# %% [wrong] always the same ground: "any colour"
def on_any_ground(cutouts):
    return cutouts[..., :3] * cutouts[..., 3:]


# %% [wrong] alpha left out: "as they came"
def on_any_ground(cutouts):
    return cutouts[..., :3]


# %% [wrong] more than one colour: "has several"
import keras


def on_any_ground(cutouts):
    alpha = cutouts[..., 3:]
    return alpha * cutouts[..., :3] + (1 - alpha) * keras.random.uniform(cutouts[..., :3].shape)


# %% [wrong] only grey: "each by itself"
import keras


def on_any_ground(cutouts):
    alpha = cutouts[..., 3:]
    return alpha * cutouts[..., :3] + (1 - alpha) * keras.random.uniform((len(cutouts), 1, 1, 1))


# %% [wrong] alpha and its rest exchanged
import keras


def on_any_ground(cutouts):
    alpha = cutouts[..., 3:]
    return (1 - alpha) * cutouts[..., :3] + alpha * keras.random.uniform((len(cutouts), 1, 1, 3))


# %% [wrong] four channels
import keras


def on_any_ground(cutouts):
    alpha = cutouts[..., 3:]
    return alpha * cutouts + (1 - alpha) * keras.random.uniform((len(cutouts), 1, 1, 4))
