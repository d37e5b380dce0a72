"""Answers to "Statistics of the target", in Keras: right ones and wrong ones."""

# %% [right] block by block
import keras


def take_statistics(model, images):
    x = images
    for block in model.layers:
        for layer in getattr(block, "layers", []):
            if isinstance(layer, keras.layers.BatchNormalization):
                block.trainable = layer.trainable = True
                layer.momentum = 0.0
    model(x, training=True)


# %% [right] many passes instead of the momentum
def take_statistics(model, images):
    for block in model.layers:
        block.trainable = True
        for layer in getattr(block, "layers", []):
            layer.trainable = True
    for _ in range(80):
        model(images, training=True)


# %% [right] means and variances by hand
import keras
import numpy as np


def take_statistics(model, images):
    x = keras.ops.convert_to_tensor(images)
    for block in model.layers:
        if not getattr(block, "layers", None):
            continue
        for layer in block.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.moving_mean.assign(np.mean(x, axis=(0, 1, 2)))
                layer.moving_variance.assign(np.var(x, axis=(0, 1, 2)))
            x = layer(x, training=False) if not isinstance(layer, keras.layers.InputLayer) else x


# %% [wrong] mixed with the old ones: "a tenth of the way"
def take_statistics(model, images):
    for block in model.layers:
        block.trainable = True
        for layer in getattr(block, "layers", []):
            layer.trainable = True
    model(images, training=True)


# %% [wrong] nothing moved: "No statistic moved"
import keras


def take_statistics(model, images):
    for block in model.layers:
        for layer in getattr(block, "layers", []):
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.momentum = 0.0
    model.predict(images, verbose=0)


# %% [wrong] frozen blocks left out: "a frozen BatchNorm takes none"
import keras


def take_statistics(model, images):
    for block in model.layers:
        for layer in getattr(block, "layers", []):
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.momentum = 0.0
    model(images, training=True)


# %% [wrong] weights moved: "no weight should"
import keras


def take_statistics(model, images):
    for block in model.layers:
        block.trainable = True
        for layer in getattr(block, "layers", []):
            layer.trainable = True
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.momentum = 0.0
    model.compile(keras.optimizers.SGD(0.1), loss="mse", run_eagerly=True)
    model.train_on_batch(images, keras.ops.zeros((len(images), model.output_shape[-1])))


# %% [wrong] statistics of the pixels
import keras
import numpy as np


def take_statistics(model, images):
    for block in model.layers:
        for layer in getattr(block, "layers", []):
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.moving_mean.assign(np.full(layer.moving_mean.shape, images.mean()))
                layer.moving_variance.assign(np.full(layer.moving_variance.shape, images.var()))


# %% [wrong] zeros and ones
import keras


def take_statistics(model, images):
    for block in model.layers:
        for layer in getattr(block, "layers", []):
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.moving_mean.assign(keras.ops.zeros_like(layer.moving_mean))
                layer.moving_variance.assign(keras.ops.ones_like(layer.moving_variance))
