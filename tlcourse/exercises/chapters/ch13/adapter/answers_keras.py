"""Answers to "Adapters for a new market", in Keras: right ones and wrong ones."""

# %% [right] a layer of one's own, no biases
import keras


class Adapter(keras.layers.Layer):
    def __init__(self, narrow):
        super().__init__()
        self.narrow = narrow

    def build(self, shape):
        self.down = self.add_weight(shape=(shape[-1], self.narrow), initializer="glorot_uniform")
        self.up = self.add_weight(shape=(self.narrow, shape[-1]), initializer="zeros")

    def call(self, x):
        return x + keras.ops.relu(x @ self.down) @ self.up


def with_adapters(network, narrow):
    first, second, last = network.layers
    first.trainable = False
    second.trainable = False
    return keras.Sequential(
        [keras.Input(network.input_shape[1:]), first, Adapter(narrow), second, Adapter(narrow), last]
    )


# %% [right] copies of the layers, another bend
import keras


def with_adapters(network, narrow):
    old = keras.models.clone_model(network)
    old.set_weights(network.get_weights())
    x = old.inputs[0]
    for layer in old.layers[:-1]:
        layer.trainable = False
        x = layer(x)
        down = keras.layers.Dense(narrow, activation="gelu")(x)
        x = keras.layers.Add()(
            [x, keras.layers.Dense(layer.units, kernel_initializer="zeros", use_bias=False)(down)]
        )
    return keras.Model(old.inputs, old.layers[-1](x))


# %% [right] a model that is called
import keras


class Adapted(keras.Model):
    def __init__(self, network, narrow):
        super().__init__()
        self.old, self.last = network.layers[:2], network.layers[2]
        self.down = [keras.layers.Dense(narrow, activation="relu") for _ in self.old]
        self.up = [keras.layers.Dense(layer.units, kernel_initializer="zeros") for layer in self.old]
        for layer in self.old:
            layer.trainable = False

    def call(self, x):
        for layer, down, up in zip(self.old, self.down, self.up):
            x = layer(x)
            x = x + up(down(x))
        return self.last(x)


def with_adapters(network, narrow):
    return Adapted(network, narrow)


# %% [wrong] random at the start: "begin with zeros"
import keras


def with_adapters(network, narrow):
    first, second, last = network.layers
    first.trainable = second.trainable = False
    x = inputs = keras.Input(network.input_shape[1:])
    for layer in (first, second):
        x = layer(x)
        down = keras.layers.Dense(narrow, activation="relu")(x)
        x = keras.layers.Add()([x, keras.layers.Dense(layer.units)(down)])
    return keras.Model(inputs, last(x))


# %% [wrong] adapters stuck: "did not learn"
import keras


def with_adapters(network, narrow):
    first, second, last = network.layers
    first.trainable = second.trainable = False
    x = inputs = keras.Input(network.input_shape[1:])
    for layer in (first, second):
        x = layer(x)
        down = keras.layers.Dense(narrow, activation="relu", kernel_initializer="zeros")(x)
        x = keras.layers.Add()(
            [x, keras.layers.Dense(layer.units, kernel_initializer="zeros", use_bias=False)(down)]
        )
    return keras.Model(inputs, last(x))


# %% [wrong] nothing frozen: "old hidden layers among them"
import keras


def with_adapters(network, narrow):
    first, second, last = network.layers
    x = inputs = keras.Input(network.input_shape[1:])
    for layer in (first, second):
        x = layer(x)
        down = keras.layers.Dense(narrow, activation="relu")(x)
        x = keras.layers.Add()([x, keras.layers.Dense(layer.units, kernel_initializer="zeros")(down)])
    return keras.Model(inputs, last(x))


# %% [wrong] no adapters: "no adapters that could learn"
def with_adapters(network, narrow):
    for layer in network.layers[:-1]:
        layer.trainable = False
    return network


# %% [wrong] last layer frozen: "Train both"
import keras


def with_adapters(network, narrow):
    network.trainable = False
    x = inputs = keras.Input(network.input_shape[1:])
    for layer in network.layers[:2]:
        x = layer(x)
        down = keras.layers.Dense(narrow, activation="relu")(x)
        x = keras.layers.Add()([x, keras.layers.Dense(layer.units, kernel_initializer="zeros")(down)])
    return keras.Model(inputs, network.layers[2](x))


# %% [wrong] nothing passes: "adds"
import keras


def with_adapters(network, narrow):
    first, second, last = network.layers
    first.trainable = second.trainable = False
    x = inputs = keras.Input(network.input_shape[1:])
    for layer in (first, second):
        x = keras.layers.Dense(narrow, activation="relu")(layer(x))
        x = keras.layers.Dense(layer.units, kernel_initializer="zeros")(x)
    return keras.Model(inputs, last(x))


# %% [wrong] no network: "should give a network"
def with_adapters(network, narrow):
    return network.layers


# %% [wrong] another number of them: "have others"
import keras


def with_adapters(network, narrow):
    first, second, last = network.layers
    first.trainable = second.trainable = False
    x = inputs = keras.Input(network.input_shape[1:])
    x = second(first(x))
    down = keras.layers.Dense(narrow, activation="relu")(x)
    x = keras.layers.Add()([x, keras.layers.Dense(second.units, kernel_initializer="zeros")(down)])
    return keras.Model(inputs, last(x))


# %% [wrong] everything frozen
def with_adapters(network, narrow):
    network.trainable = False
    return network


# %% [wrong] a new last layer
import keras


def with_adapters(network, narrow):
    first, second, last = network.layers
    first.trainable = second.trainable = False
    return keras.Sequential([keras.Input(network.input_shape[1:]), first, second, keras.layers.Dense(1)])
