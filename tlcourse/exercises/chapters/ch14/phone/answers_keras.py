"""Answers to "What a phone saves", in Keras: right ones and wrong ones."""

# %% [right] a Resizing layer
import keras
import numpy as np
from PIL import Image, ImageOps


def read_image(path, size):
    image = np.array(ImageOps.exif_transpose(Image.open(path)).convert("RGBA"), "float32")
    seen = image[..., 3:] / 255
    on_white = image[..., :3] * seen + 255 * (1 - seen)
    return keras.layers.Resizing(size, size, crop_to_aspect_ratio=True)(on_white)


# %% [right] tf.image
import numpy as np
import tensorflow as tf
from PIL import Image, ImageOps


def read_image(path, size):
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    white.alpha_composite(image)
    x = tf.constant(np.array(white.convert("RGB")))
    side = min(x.shape[:2])
    x = tf.image.resize_with_crop_or_pad(x, side, side)
    return tf.cast(tf.image.resize(x, (size, size), antialias=True), tf.uint8)


# %% [wrong] EXIF orientation ignored: "lies on its side"
import keras
from PIL import Image, ImageOps


def read_image(path, size):
    image = Image.open(path).convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return keras.utils.img_to_array(ImageOps.fit(white, (size, size)))


# %% [wrong] transparent becomes black: "comes out black"
import keras
from PIL import Image, ImageOps


def read_image(path, size):
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    return keras.utils.img_to_array(ImageOps.fit(image, (size, size)))


# %% [wrong] stretched: "pressed into the square"
import keras
from PIL import Image, ImageOps


def read_image(path, size):
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return keras.utils.img_to_array(white.resize((size, size)))


# %% [wrong] four channels: "The fourth channel says"
import keras
import numpy as np
from PIL import Image, ImageOps


def read_image(path, size):
    image = ImageOps.fit(ImageOps.exif_transpose(Image.open(path)), (size, size))
    x = keras.utils.img_to_array(image)
    return np.repeat(x, 3, axis=-1) if x.shape[-1] == 1 else x


# %% [wrong] grey stays one channel: "also of a grey image"
import keras
from PIL import Image, ImageOps


def read_image(path, size):
    return keras.utils.img_to_array(ImageOps.fit(ImageOps.exif_transpose(Image.open(path)), (size, size)))


# %% [wrong] channels at the other end: "the axis of the channels"
import keras
from PIL import Image, ImageOps


def read_image(path, size):
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return keras.utils.img_to_array(ImageOps.fit(white, (size, size)), data_format="channels_first")


# %% [wrong] not the size: "wants a square"
import keras
from PIL import Image, ImageOps


def read_image(path, size):
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    white.thumbnail((size, size))
    return keras.utils.img_to_array(white)


# %% [wrong] scaled already: "The highest number is"
import keras
from PIL import Image, ImageOps


def read_image(path, size):
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return keras.utils.img_to_array(ImageOps.fit(white, (size, size))) / 255


# %% [wrong] cut at the edge: "not from the middle"
import keras
from PIL import Image, ImageOps


def read_image(path, size):
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    side = min(white.size)
    return keras.utils.img_to_array(white.crop((0, 0, side, side)).resize((size, size)))


# %% [wrong] mirrored
import keras
from PIL import Image, ImageOps


def read_image(path, size):
    image = ImageOps.mirror(ImageOps.exif_transpose(Image.open(path)).convert("RGB"))
    return keras.utils.img_to_array(ImageOps.fit(image, (size, size)))


# %% [wrong] empty
import numpy as np


def read_image(path, size):
    return np.zeros((size, size, 3))
