"""Answers to "A table becomes a layer", in Keras: right ones and wrong ones."""

# %% [right] set after it was built
import keras


def embedding_layer(table, trainable):
    layer = keras.layers.Embedding(*table.shape, mask_zero=True, trainable=trainable)
    layer.build((None, None))
    layer.set_weights([table])
    return layer


# %% [right] a constant to begin with
import keras


def embedding_layer(table, trainable):
    layer = keras.layers.Embedding(
        len(table),
        table.shape[1],
        mask_zero=True,
        embeddings_initializer=keras.initializers.Constant(table),
    )
    layer.trainable = trainable
    return layer


# %% [right] frozen afterwards
import keras
import numpy as np


def embedding_layer(table, trainable):
    layer = keras.layers.Embedding(
        len(table),
        table.shape[1],
        mask_zero=True,
        embeddings_initializer=keras.initializers.Constant(table),
    )
    layer(np.zeros((1, 1), "int32"))
    if not trainable:
        layer.trainable = False
    return layer


# %% [wrong] random start: "it starts at random numbers"
import keras


def embedding_layer(table, trainable):
    return keras.layers.Embedding(*table.shape, mask_zero=True, trainable=trainable)


# %% [wrong] never frozen: "With `trainable=False` a step of training has changed"
import keras


def embedding_layer(table, trainable):
    return keras.layers.Embedding(*table.shape, mask_zero=True, weights=[table])


# %% [wrong] always frozen: "With `trainable=True` a step of training changes nothing"
import keras


def embedding_layer(table, trainable):
    return keras.layers.Embedding(*table.shape, mask_zero=True, weights=[table], trainable=False)


# %% [wrong] the wrong way round: "the wrong way round"
import keras


def embedding_layer(table, trainable):
    return keras.layers.Embedding(*table.shape, mask_zero=True, weights=[table], trainable=not trainable)


# %% [wrong] no padding: "Padding is not known"
import keras


def embedding_layer(table, trainable):
    return keras.layers.Embedding(*table.shape, weights=[table], trainable=trainable)


# %% [wrong] half as large
import keras


def embedding_layer(table, trainable):
    return keras.layers.Embedding(*table.shape, mask_zero=True, weights=[0.5 * table], trainable=trainable)


# %% [wrong] a class
import keras


def embedding_layer(table, trainable):
    return keras.layers.Embedding
