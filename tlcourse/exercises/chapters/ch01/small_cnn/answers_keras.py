"""Answers to "The control: a small CNN of your own", in Keras: right ones and wrong ones."""

# %% [right] functional, with BatchNorm
import keras
from keras import layers


def small_cnn(n_classes):
    inputs = keras.Input((None, None, 3))
    x = inputs
    for width in (16, 32, 64):
        x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
        x = layers.MaxPooling2D()(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(n_classes)(x))


# %% [right] strides, adaptive pooling, dropout
import keras
from keras import layers


def small_cnn(n_classes):
    return keras.Sequential(
        [
            keras.Input(shape=(None, None, 3)),
            layers.Conv2D(24, 5, strides=2, activation="gelu"),
            layers.Conv2D(32, 3, strides=2, activation="gelu"),
            layers.Conv2D(48, 3, activation="relu"),
            layers.GlobalMaxPooling2D(),
            layers.Dropout(0.2),
            layers.Dense(n_classes),
        ]
    )


# %% [right] a model class
import keras
from keras import layers


class SmallCNN(keras.Model):
    def __init__(self, n_classes):
        super().__init__()
        self.blocks = [layers.SeparableConv2D(width, 3, activation="relu") for width in (16, 32, 64)]
        self.pool = layers.GlobalAveragePooling2D()
        self.hidden = layers.Dense(64, activation="relu")
        self.head = layers.Dense(n_classes)

    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return self.head(self.hidden(self.pool(x)))


def small_cnn(n_classes):
    return SmallCNN(n_classes)


# %% [wrong] one size only: "weights for one size only"
import keras
from keras import layers


def small_cnn(n_classes):
    return keras.Sequential(
        [
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(n_classes),
        ]
    )


# %% [wrong] softmax at the end: "there is a softmax at the end"
import keras
from keras import layers


def small_cnn(n_classes):
    return keras.Sequential(
        [
            keras.Input((None, None, 3)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.Conv2D(32, 3, activation="relu"),
            layers.Conv2D(64, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(n_classes, activation="softmax"),
        ]
    )


# %% [wrong] nothing non-linear: "is linear"
import keras
from keras import layers


def small_cnn(n_classes):
    return keras.Sequential(
        [
            keras.Input((None, None, 3)),
            layers.Conv2D(16, 3),
            layers.Conv2D(32, 3),
            layers.Conv2D(64, 3),
            layers.GlobalAveragePooling2D(),
            layers.Dense(n_classes),
        ]
    )


# %% [wrong] wrong number of outputs: "Use `n_classes` in the last layer"
import keras
from keras import layers


def small_cnn(n_classes):
    return keras.Sequential(
        [
            keras.Input((None, None, 3)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.Conv2D(32, 3, activation="relu"),
            layers.Conv2D(64, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2),
        ]
    )


# %% [wrong] too large: "For some tens of images that is no small network"
import keras
from keras import layers


def small_cnn(n_classes):
    return keras.Sequential(
        [
            keras.Input((None, None, 3)),
            layers.Conv2D(64, 3, activation="relu"),
            layers.Conv2D(128, 3, activation="relu"),
            layers.Conv2D(256, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(n_classes),
        ]
    )


# %% [wrong] activation at the end: "there is a ReLU after the last layer"
import keras
from keras import layers


def small_cnn(n_classes):
    return keras.Sequential(
        [
            keras.Input((None, None, 3)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.Conv2D(32, 3, activation="relu"),
            layers.Conv2D(64, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(n_classes, activation="relu"),
        ]
    )


# %% [wrong] one convolution
import keras
from keras import layers


def small_cnn(n_classes):
    return keras.Sequential(
        [
            keras.Input((None, None, 3)),
            layers.Conv2D(64, 5, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(n_classes),
        ]
    )
