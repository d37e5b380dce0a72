"""Answers to "A low-rank addition", in Keras: right ones and wrong ones."""

# %% [right] a class
import keras


class Addition(keras.layers.Layer):
    def __init__(self, outputs, rank):
        super().__init__()
        self.down = keras.layers.Dense(rank, use_bias=False)
        self.up = keras.layers.Dense(outputs, use_bias=False, kernel_initializer="zeros")

    def call(self, x):
        return self.up(self.down(x))


def lora(layer, rank, alpha):
    layer.trainable = False
    return [Addition(layer.units, rank), alpha / rank]


# %% [right] matrices
import keras
from keras import ops


class Two(keras.layers.Layer):
    def __init__(self, features, rank, outputs):
        super().__init__()
        self.a = self.add_weight(shape=(features, rank), initializer="random_normal")
        self.b = self.add_weight(shape=(rank, outputs), initializer="zeros")

    def call(self, x):
        return ops.matmul(ops.matmul(x, self.a), self.b)


def lora(layer, rank, alpha):
    layer.trainable = False
    return Two(layer.kernel.shape[0], rank, layer.kernel.shape[1]), alpha * (1 / rank)


# %% [right] B is made before A, and is turned
import keras


class LoRA(keras.layers.Layer):
    def __init__(self, d_in, d_out, r):
        super().__init__()
        self.B = self.add_weight(shape=(d_out, r), initializer="zeros", name="B")
        self.A = self.add_weight(shape=(r, d_in), initializer="he_uniform", name="A")

    def call(self, x):
        return keras.ops.matmul(x, keras.ops.transpose(keras.ops.matmul(self.B, self.A)))


def lora(layer, rank, alpha):
    layer.trainable = False
    d_in, d_out = layer.kernel.shape
    return LoRA(d_in, d_out, rank), float(alpha) / rank


# %% [wrong] the layer learns too: "has changed the layer itself"
import keras


def lora(layer, rank, alpha):
    features, outputs = layer.kernel.shape
    down = keras.layers.Dense(rank, use_bias=False)
    up = keras.layers.Dense(outputs, use_bias=False, kernel_initializer="zeros")
    return keras.Sequential([keras.Input((features,)), down, up]), alpha / rank


# %% [wrong] not divided by the rank: "which is alpha"
import keras


def lora(layer, rank, alpha):
    layer.trainable = False
    features, outputs = layer.kernel.shape
    down = keras.layers.Dense(rank, use_bias=False)
    up = keras.layers.Dense(outputs, use_bias=False, kernel_initializer="zeros")
    return keras.Sequential([keras.Input((features,)), down, up]), alpha


# %% [wrong] no scale: "The scale is 1"
import keras


def lora(layer, rank, alpha):
    layer.trainable = False
    features, outputs = layer.kernel.shape
    down = keras.layers.Dense(rank, use_bias=False)
    up = keras.layers.Dense(outputs, use_bias=False, kernel_initializer="zeros")
    return keras.Sequential([keras.Input((features,)), down, up]), 1.0


# %% [wrong] turned over: "It is the other way round"
import keras


def lora(layer, rank, alpha):
    layer.trainable = False
    features, outputs = layer.kernel.shape
    down = keras.layers.Dense(rank, use_bias=False)
    up = keras.layers.Dense(outputs, use_bias=False, kernel_initializer="zeros")
    return keras.Sequential([keras.Input((features,)), down, up]), rank / alpha


# %% [wrong] divided by the root of the rank: "by the root of the rank"
import keras


def lora(layer, rank, alpha):
    layer.trainable = False
    features, outputs = layer.kernel.shape
    down = keras.layers.Dense(rank, use_bias=False)
    up = keras.layers.Dense(outputs, use_bias=False, kernel_initializer="zeros")
    return keras.Sequential([keras.Input((features,)), down, up]), alpha / rank**0.5


# %% [wrong] starts elsewhere: "At the start the addition is not 0"
import keras


def lora(layer, rank, alpha):
    layer.trainable = False
    features, outputs = layer.kernel.shape
    down = keras.layers.Dense(rank, use_bias=False)
    up = keras.layers.Dense(outputs, use_bias=False)
    return keras.Sequential([keras.Input((features,)), down, up]), alpha / rank


# %% [wrong] both at zero: "Both matrices start at zeros"
import keras


def lora(layer, rank, alpha):
    layer.trainable = False
    features, outputs = layer.kernel.shape
    down = keras.layers.Dense(rank, use_bias=False, kernel_initializer="zeros")
    up = keras.layers.Dense(outputs, use_bias=False, kernel_initializer="zeros")
    return keras.Sequential([keras.Input((features,)), down, up]), alpha / rank


# %% [wrong] biases: "LoRA adds two matrices and nothing else"
import keras


def lora(layer, rank, alpha):
    layer.trainable = False
    features, outputs = layer.kernel.shape
    down = keras.layers.Dense(rank, use_bias=True)
    up = keras.layers.Dense(outputs, use_bias=True, kernel_initializer="zeros")
    return keras.Sequential([keras.Input((features,)), down, up]), alpha / rank


# %% [wrong] not linear: "between the two matrices"
import keras


def lora(layer, rank, alpha):
    layer.trainable = False
    features, outputs = layer.kernel.shape
    down = keras.layers.Dense(rank, activation="relu", use_bias=False)
    up = keras.layers.Dense(outputs, use_bias=False, kernel_initializer="zeros")
    return keras.Sequential([keras.Input((features,)), down, up]), alpha / rank


# %% [wrong] a full matrix: "one full matrix"
import keras


def lora(layer, rank, alpha):
    layer.trainable = False
    features, outputs = layer.kernel.shape
    addition = keras.layers.Dense(outputs, use_bias=False, kernel_initializer="zeros")
    addition.build((None, features))
    return addition, alpha / rank


# %% [wrong] the addition is frozen: "Freeze the layer, and not the addition"
import keras


class Addition(keras.layers.Layer):
    def __init__(self, outputs, rank):
        super().__init__(trainable=False)
        self.down = keras.layers.Dense(rank, use_bias=False)
        self.up = keras.layers.Dense(outputs, use_bias=False, kernel_initializer="zeros")

    def call(self, x):
        return self.up(self.down(x))


def lora(layer, rank, alpha):
    layer.trainable = False
    return [Addition(layer.units, rank), alpha / rank]


# %% [wrong] scaled twice: "so it would count twice"
import keras


class Addition(keras.layers.Layer):
    def __init__(self, outputs, rank, scale):
        super().__init__()
        self.scale = scale
        self.down = keras.layers.Dense(rank, use_bias=False)
        self.up = keras.layers.Dense(outputs, use_bias=False, kernel_initializer="zeros")

    def call(self, x):
        return self.scale * self.up(self.down(x))


def lora(layer, rank, alpha):
    layer.trainable = False
    return [Addition(layer.units, rank, alpha / rank), alpha / rank]


# %% [wrong] not a pair: "A pair was asked for"
import keras


def lora(layer, rank, alpha):
    layer.trainable = False
    features, outputs = layer.kernel.shape
    down = keras.layers.Dense(rank, use_bias=False)
    up = keras.layers.Dense(outputs, use_bias=False, kernel_initializer="zeros")
    return keras.Sequential([keras.Input((features,)), down, up])


# %% [wrong] other matrices: "from the layer's inputs to the rank"
import keras


def lora(layer, rank, alpha):
    layer.trainable = False
    features, outputs = layer.kernel.shape
    down = keras.layers.Dense(2 * rank, use_bias=False)
    up = keras.layers.Dense(outputs, use_bias=False, kernel_initializer="zeros")
    return keras.Sequential([keras.Input((features,)), down, up]), alpha / rank


# %% [wrong] tanh inside
import keras


class Addition(keras.layers.Layer):
    def __init__(self, outputs, rank):
        super().__init__()
        self.down = keras.layers.Dense(rank, use_bias=False)
        self.up = keras.layers.Dense(outputs, use_bias=False, kernel_initializer="zeros")

    def call(self, x):
        return self.up(keras.ops.tanh(self.down(x)))


def lora(layer, rank, alpha):
    layer.trainable = False
    return [Addition(layer.units, rank), alpha / rank]


# %% [wrong] absolute values inside
import keras


class Addition(keras.layers.Layer):
    def __init__(self, outputs, rank):
        super().__init__()
        self.down = keras.layers.Dense(rank, use_bias=False)
        self.up = keras.layers.Dense(outputs, use_bias=False, kernel_initializer="zeros")

    def call(self, x):
        return self.up(abs(self.down(x)))


def lora(layer, rank, alpha):
    layer.trainable = False
    return [Addition(layer.units, rank), alpha / rank]


# %% [wrong] scaled by a number of its own
import keras


class Addition(keras.layers.Layer):
    def __init__(self, outputs, rank):
        super().__init__()
        self.down = keras.layers.Dense(rank, use_bias=False)
        self.up = keras.layers.Dense(outputs, use_bias=False, kernel_initializer="zeros")

    def call(self, x):
        return 2.5 * self.up(self.down(x))


def lora(layer, rank, alpha):
    layer.trainable = False
    return [Addition(layer.units, rank), alpha / rank]


# %% [wrong] the scale is a word
import keras


class Addition(keras.layers.Layer):
    def __init__(self, outputs, rank):
        super().__init__()
        self.down = keras.layers.Dense(rank, use_bias=False)
        self.up = keras.layers.Dense(outputs, use_bias=False, kernel_initializer="zeros")

    def call(self, x):
        return self.up(self.down(x))


def lora(layer, rank, alpha):
    layer.trainable = False
    return [Addition(layer.units, rank), "alpha"]


# %% [wrong] no return
import keras


class Addition(keras.layers.Layer):
    def __init__(self, outputs, rank):
        super().__init__()
        self.down = keras.layers.Dense(rank, use_bias=False)
        self.up = keras.layers.Dense(outputs, use_bias=False, kernel_initializer="zeros")

    def call(self, x):
        return self.up(self.down(x))


def lora(layer, rank, alpha):
    layer.trainable = False
    [Addition(layer.units, rank), alpha / rank]
