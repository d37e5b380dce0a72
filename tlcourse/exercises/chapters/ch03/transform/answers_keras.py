"""Answers to "From an image to the network's input", in Keras: right ones and wrong ones."""

# %% [right] one rescaling does it all
import keras
import numpy as np


def make_transform(card):
    deviation = np.array(card["deviation"])
    resize = keras.layers.Resizing(card["size"], card["size"])
    rescale = keras.layers.Rescaling(
        card["range"] / 255 / deviation, offset=-np.array(card["mean"]) / deviation
    )

    def transform(images):
        images = np.broadcast_to(images, (*images.shape[:3], 3))
        x = resize(images.astype("float32"))
        return rescale(x[..., ::-1] if card["order"] == "BGR" else x)

    return transform


# %% [right] tf.image
import tensorflow as tf


def make_transform(card):
    def transform(images):
        x = tf.image.resize(tf.convert_to_tensor(images), (card["size"], card["size"]), antialias=True)
        if x.shape[-1] == 1:
            x = tf.image.grayscale_to_rgb(x)
        if card["order"] == "BGR":
            x = tf.reverse(x, axis=[-1])
        if card["range"] == 1:
            x = x / 255
        return (x - card["mean"]) / card["deviation"]

    return transform


# %% [right] a model of layers
import keras


class Pipeline(keras.Model):
    def __init__(self, card):
        super().__init__()
        self.card = card
        self.steps = keras.Sequential(
            [
                keras.layers.Resizing(card["size"], card["size"], interpolation="bicubic"),
                keras.layers.Rescaling(1 / 255 if card["range"] == 1 else 1.0),
            ]
        )
        self.normalise = keras.layers.Normalization(
            mean=card["mean"], variance=[d**2 for d in card["deviation"]]
        )
        self.normalise.build((None, None, None, 3))

    def call(self, images):
        x = self.steps(images)
        if x.shape[-1] == 1:
            x = keras.layers.Concatenate()([x, x, x])
        if self.card["order"] == "BGR":
            x = keras.ops.flip(x, axis=-1)
        return self.normalise(x)


def make_transform(card):
    return Pipeline(card)


# %% [wrong] not scaled to 0 to 1: "were still 0 to 255"
import keras
import numpy as np


def make_transform(card):
    normalise = keras.layers.Normalization(mean=card["mean"], variance=np.square(card["deviation"]))
    resize = keras.layers.Resizing(card["size"], card["size"])

    def transform(images):
        images = images.astype("float32")
        x = resize(keras.ops.repeat(images, 3, axis=-1) if images.shape[-1] == 1 else images)
        return normalise(x[..., ::-1] if card["order"] == "BGR" else x)

    return transform


# %% [wrong] scaled where the card keeps 255: "were divided by 255"
import keras
import numpy as np


def make_transform(card):
    normalise = keras.layers.Normalization(mean=card["mean"], variance=np.square(card["deviation"]))
    resize = keras.layers.Resizing(card["size"], card["size"])

    def transform(images):
        images = images.astype("float32")
        x = resize(keras.ops.repeat(images, 3, axis=-1) if images.shape[-1] == 1 else images) / 255
        return normalise(x[..., ::-1] if card["order"] == "BGR" else x)

    return transform


# %% [wrong] not normalised: "the mean of the card has not been taken off"
import keras


def make_transform(card):
    resize = keras.layers.Resizing(card["size"], card["size"])

    def transform(images):
        images = images.astype("float32")
        x = resize(keras.ops.repeat(images, 3, axis=-1) if images.shape[-1] == 1 else images)
        x = x[..., ::-1] if card["order"] == "BGR" else x
        return x * card["range"] / 255

    return transform


# %% [wrong] deviation given as variance: "your layer asks for variances"
import keras


def make_transform(card):
    normalise = keras.layers.Normalization(mean=card["mean"], variance=card["deviation"])
    resize = keras.layers.Resizing(card["size"], card["size"])

    def transform(images):
        images = images.astype("float32")
        x = resize(keras.ops.repeat(images, 3, axis=-1) if images.shape[-1] == 1 else images)
        x = x[..., ::-1] if card["order"] == "BGR" else x
        return normalise(x * card["range"] / 255)

    return transform


# %% [wrong] order of the colours: "Red and blue are the wrong way round"
import keras
import numpy as np


def make_transform(card):
    normalise = keras.layers.Normalization(mean=card["mean"], variance=np.square(card["deviation"]))
    resize = keras.layers.Resizing(card["size"], card["size"])

    def transform(images):
        images = images.astype("float32")
        x = resize(keras.ops.repeat(images, 3, axis=-1) if images.shape[-1] == 1 else images)
        return normalise(x * card["range"] / 255)

    return transform


# %% [wrong] mean in the other order: "before you turned the channels round"
import keras
import numpy as np


def make_transform(card):
    normalise = keras.layers.Normalization(mean=card["mean"], variance=np.square(card["deviation"]))
    resize = keras.layers.Resizing(card["size"], card["size"])

    def transform(images):
        images = images.astype("float32")
        x = resize(keras.ops.repeat(images, 3, axis=-1) if images.shape[-1] == 1 else images)
        x = normalise(x * card["range"] / 255)
        return x[..., ::-1] if card["order"] == "BGR" else x

    return transform


# %% [wrong] cropped: "its left and right ends are missing"
import keras
import numpy as np


def make_transform(card):
    normalise = keras.layers.Normalization(mean=card["mean"], variance=np.square(card["deviation"]))
    resize = keras.layers.Resizing(card["size"], card["size"], crop_to_aspect_ratio=True)

    def transform(images):
        images = images.astype("float32")
        x = resize(keras.ops.repeat(images, 3, axis=-1) if images.shape[-1] == 1 else images)
        x = x[..., ::-1] if card["order"] == "BGR" else x
        return normalise(x * card["range"] / 255)

    return transform


# %% [wrong] channels at the other end: "the axis of the channels"
import keras
import numpy as np


def make_transform(card):
    normalise = keras.layers.Normalization(mean=card["mean"], variance=np.square(card["deviation"]))
    resize = keras.layers.Resizing(card["size"], card["size"])

    def transform(images):
        images = images.astype("float32")
        x = resize(keras.ops.repeat(images, 3, axis=-1) if images.shape[-1] == 1 else images)
        x = x[..., ::-1] if card["order"] == "BGR" else x
        return keras.ops.transpose(normalise(x * card["range"] / 255), (0, 3, 1, 2))

    return transform


# %% [wrong] not an image each: "Each image is three axes"
import keras
import numpy as np


def make_transform(card):
    normalise = keras.layers.Normalization(mean=card["mean"], variance=np.square(card["deviation"]))
    resize = keras.layers.Resizing(card["size"], card["size"])

    def transform(images):
        images = images.astype("float32")
        x = resize(keras.ops.repeat(images, 3, axis=-1) if images.shape[-1] == 1 else images)
        x = x[..., ::-1] if card["order"] == "BGR" else x
        return normalise(x * card["range"] / 255)[0]

    return transform


# %% [wrong] grey stays one channel: "The network reads three channels"
import keras
import numpy as np


def make_transform(card):
    resize = keras.layers.Resizing(card["size"], card["size"])

    def transform(images):
        images = images.astype("float32")
        x = resize(images) * card["range"] / 255
        if images.shape[-1] == 1:
            return (x - np.mean(card["mean"])) / np.mean(card["deviation"])
        x = x[..., ::-1] if card["order"] == "BGR" else x
        return (x - np.array(card["mean"])) / np.array(card["deviation"])

    return transform


# %% [wrong] its own mean and deviation
import keras


def make_transform(card):
    resize = keras.layers.Resizing(card["size"], card["size"])

    def transform(images):
        images = images.astype("float32")
        x = resize(keras.ops.repeat(images, 3, axis=-1) if images.shape[-1] == 1 else images)
        normalise = keras.layers.Normalization()
        normalise.adapt(x)
        return normalise(x)

    return transform
