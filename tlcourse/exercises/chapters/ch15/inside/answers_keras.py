"""Answers to "The preprocessing inside", in Keras: right ones and wrong ones."""

# %% [right] a normalization layer
import keras
import numpy as np


def deployable(network, mean, std):
    images = keras.Input(network.input_shape[1:], dtype="uint8")
    x = keras.ops.cast(images, "float32") / 255
    x = keras.layers.Normalization(mean=mean, variance=np.square(std))(x)
    return keras.Model(images, keras.layers.Softmax()(network(x)))


# %% [right] arithmetic, any size
import keras
import numpy as np


def deployable(network, mean, std):
    mean, std = np.float32(mean), np.float32(std)
    images = keras.Input((None, None, 3), dtype="uint8")
    x = (keras.ops.cast(images, "float32") / 255 - mean) / std
    return keras.Model(images, keras.ops.softmax(network(x), axis=1))


# %% [right] one traced function
import tensorflow as tf


def deployable(network, mean, std):
    @tf.function(input_signature=[tf.TensorSpec((None, *network.input_shape[1:]), tf.uint8)])
    def run(images):
        x = (tf.cast(images, tf.float32) / 255 - tf.constant(mean)) / tf.constant(std)
        return tf.nn.softmax(network(x, training=False))

    return run


# %% [wrong] training mode: "still works in training mode"
import keras
import numpy as np


def deployable(network, mean, std):
    mean, std = np.float32(mean), np.float32(std)
    images = keras.Input((8, 8, 3), dtype="uint8")
    x = (keras.ops.cast(images, "float32") / 255 - mean) / std
    return keras.Model(images, keras.ops.softmax(network(x, training=True)))


# %% [wrong] logits: "Each row should sum to 1"
import keras
import numpy as np


def deployable(network, mean, std):
    mean, std = np.float32(mean), np.float32(std)
    images = keras.Input((8, 8, 3), dtype="uint8")
    x = (keras.ops.cast(images, "float32") / 255 - mean) / std
    return keras.Model(images, network(x))


# %% [wrong] not divided: "from 0 to 255"
import keras
import numpy as np


def deployable(network, mean, std):
    mean, std = np.float32(mean), np.float32(std)
    images = keras.Input((8, 8, 3), dtype="uint8")
    x = (keras.ops.cast(images, "float32") - mean) / std
    return keras.Model(images, keras.ops.softmax(network(x)))


# %% [wrong] not scaled: "change nothing"
import keras


def deployable(network, mean, std):
    images = keras.Input((8, 8, 3), dtype="uint8")
    x = keras.layers.Rescaling(1 / 255)(keras.ops.cast(images, "float32"))
    return keras.Model(images, keras.ops.softmax(network(x)))


# %% [wrong] channels turned round: "red for blue"
import keras
import numpy as np


def deployable(network, mean, std):
    mean, std = np.float32(mean), np.float32(std)
    images = keras.Input((8, 8, 3), dtype="uint8")
    x = (keras.ops.flip(keras.ops.cast(images, "float32"), axis=-1) / 255 - mean) / std
    return keras.Model(images, keras.ops.softmax(network(x)))


# %% [wrong] on its side: "on its side"
import keras
import numpy as np


def deployable(network, mean, std):
    mean, std = np.float32(mean), np.float32(std)
    images = keras.Input((8, 8, 3), dtype="uint8")
    x = (keras.ops.cast(images, "float32") / 255 - mean) / std
    return keras.Model(images, keras.ops.softmax(network(keras.ops.transpose(x, (0, 2, 1, 3)))))


# %% [wrong] another shape: "a row for each image"
import keras
import numpy as np


def deployable(network, mean, std):
    mean, std = np.float32(mean), np.float32(std)
    return lambda x: keras.ops.softmax(network((keras.ops.cast(x[:1], "float32") / 255 - mean) / std))


# %% [wrong] no network: "can be called with images"
def deployable(network, mean, std):
    return {"network": network.get_weights(), "mean": mean, "std": std}


# %% [wrong] softmax over the batch
import keras
import numpy as np


def deployable(network, mean, std):
    mean, std = np.float32(mean), np.float32(std)
    return lambda x: keras.ops.softmax(network((keras.ops.cast(x, "float32") / 255 - mean) / std), axis=0)


# %% [wrong] the mean is added
import keras
import numpy as np


def deployable(network, mean, std):
    mean, std = np.float32(mean), np.float32(std)
    images = keras.Input((8, 8, 3), dtype="uint8")
    x = (keras.ops.cast(images, "float32") / 255 + mean) / std
    return keras.Model(images, keras.ops.softmax(network(x)))
