"""Answers to "One channel, and nothing lost", in Keras: right ones and wrong ones."""

# %% [right] the channel repeated inside
import keras


def grey(model):
    inputs = keras.Input((*model.input_shape[1:3], 1))
    return keras.Model(inputs, model(keras.layers.Concatenate()([inputs] * 3)))


# %% [right] a convolution in front
import keras


def grey(model):
    three = keras.layers.Conv2D(3, 1, use_bias=False, kernel_initializer="ones")
    return keras.Sequential([keras.Input((*model.input_shape[1:3], 1)), three, model])


# %% [right] the first layer built anew
import keras


def grey(model):
    old = model.get_layer("stem").get_layer("conv")
    inputs = keras.Input((None, None, 1))
    new = keras.layers.Conv2D(old.filters, old.kernel_size, padding=old.padding, use_bias=False)
    x = new(inputs)
    new.kernel.assign(keras.ops.sum(old.kernel, axis=2, keepdims=True))
    for layer in model.get_layer("stem").layers[1:] + model.layers[2:]:
        x = layer(x)
    return keras.Model(inputs, x)


# %% [right] a class of its own
import keras


class Grey(keras.Model):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def call(self, x, training=False):
        return self.model(keras.ops.repeat(x, 3, axis=-1), training=training)


def grey(model):
    return Grey(model)


# %% [wrong] mean of the filters: "are the mean over the channels"
import keras


def grey(model):
    stem = model.get_layer("stem")
    old = stem.get_layer("conv")
    inputs = keras.Input((8, 8, 1))
    new = keras.layers.Conv2D(old.filters, 3, padding="same", use_bias=False)
    x = new(inputs)
    new.set_weights([old.get_weights()[0].mean(2, keepdims=True)])
    for layer in stem.layers[1:] + model.layers[2:]:
        x = layer(x)
    return keras.Model(inputs, x)


# %% [wrong] one colour only: "only the filters for one colour"
import keras


def grey(model):
    inputs = keras.Input((8, 8, 1))
    zeros = keras.ops.zeros_like(inputs)
    x = keras.layers.Concatenate()([inputs, zeros, zeros])
    return keras.Model(inputs, model(x))


# %% [wrong] other weights: "has to stay"
import keras


def grey(model):
    stem = model.get_layer("stem")
    inputs = keras.Input((8, 8, 1))
    x = keras.layers.Conv2D(stem.get_layer("conv").filters, 3, padding="same", use_bias=False)(inputs)
    for layer in stem.layers[1:] + model.layers[2:]:
        x = layer(x)
    return keras.Model(inputs, x)


# %% [wrong] no model for one channel: "does not take images with one channel"
import keras


def grey(model):
    return keras.Model(model.input, model.output)


# %% [wrong] the padding forgotten
import keras


def grey(model):
    stem = model.get_layer("stem")
    old = stem.get_layer("conv")
    inputs = keras.Input((10, 10, 1))
    new = keras.layers.Conv2D(old.filters, 3, use_bias=False)
    x = new(keras.layers.Resizing(10, 10)(inputs))
    new.set_weights([old.get_weights()[0].sum(2, keepdims=True)])
    for layer in stem.layers[1:] + model.layers[2:]:
        x = layer(x)
    return keras.Model(inputs, x)


# %% [wrong] a layer in front that learns nothing
import keras


def grey(model):
    inputs = keras.Input((8, 8, 1))
    return keras.Model(inputs, model(keras.layers.Conv2D(3, 1)(inputs)))
