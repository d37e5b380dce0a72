"""Answers to "An augmentation that keeps labels", in Keras: right ones and wrong ones."""

# %% [right] brightness and contrast
import keras
from keras import layers


def make_augment():
    return keras.Sequential([layers.RandomBrightness(0.15), layers.RandomContrast(0.2)])


# %% [right] small shifts, turns and zooms
import keras
from keras import layers


def make_augment():
    return keras.Sequential(
        [
            layers.RandomTranslation(0.06, 0.06, fill_mode="nearest"),
            layers.RandomRotation(0.03, fill_mode="nearest"),
            layers.RandomZoom(0.1, fill_mode="nearest"),
        ]
    )


# %% [right] noise, by a layer of its own
import keras


class Noise(keras.layers.Layer):
    def call(self, images, training=None):
        if not training:
            return images
        noise = keras.random.normal(keras.ops.shape(images), 0.0, 5.0)
        return keras.ops.clip(images + noise, 0, 255)


def make_augment():
    return Noise()


# %% [wrong] mirrored: "A mirror swaps the two"
import keras
from keras import layers


def make_augment():
    return keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomBrightness(0.1)])


# %% [wrong] turned too far: "A few degrees are safe"
import keras
from keras import layers


def make_augment():
    return keras.Sequential([layers.RandomRotation(0.5, fill_mode="nearest"), layers.RandomBrightness(0.1)])


# %% [wrong] the arrow is gone: "no arrow can be seen any more"
import keras


def make_augment():
    return lambda images, training: keras.random.uniform(keras.ops.shape(images), 0, 255)


# %% [wrong] nothing happens: "came out as they went in"
import keras
from keras import layers


def make_augment():
    return keras.Sequential([layers.Resizing(32, 32)])


# %% [wrong] scaled: "would do it twice"
import keras
from keras import layers


def make_augment():
    return keras.Sequential([layers.RandomContrast(0.2), layers.Rescaling(1 / 255)])


# %% [wrong] one change for all: "Draw for each image"
import keras


def make_augment():
    return lambda images, training: images * keras.random.uniform((), 0.7, 0.95)


# %% [wrong] always the same: "every epoch would show the same"
import keras


def make_augment():
    return lambda images, training: images * keras.random.uniform((len(images), 1, 1, 1), 0.7, 0.95, seed=3)


# %% [wrong] another size
from keras import layers


def make_augment():
    return layers.RandomCrop(28, 28)


# %% [wrong] upside down
import keras
from keras import layers


def make_augment():
    return keras.Sequential([layers.RandomFlip("vertical"), layers.RandomContrast(0.1)])


# %% [wrong] an augmented image
import numpy as np


def make_augment():
    return np.zeros((1, 32, 32, 3))
