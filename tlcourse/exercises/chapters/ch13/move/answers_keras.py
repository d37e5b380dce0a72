"""Answers to "Move a network to a new market", in Keras: right ones and wrong ones."""

# %% [right] larger batches, weight decay
import keras


def move(network, x, y):
    network.compile(
        keras.optimizers.AdamW(2e-3, weight_decay=0.01), keras.losses.BinaryCrossentropy(from_logits=True)
    )
    network.fit(x, y, batch_size=256, epochs=30, verbose=0)


# %% [right] frauds weigh more
import keras


def move(network, x, y):
    network.compile(keras.optimizers.Adam(1e-3), keras.losses.BinaryCrossentropy(from_logits=True))
    network.fit(x, y, batch_size=64, epochs=20, class_weight={0: 1.0, 1: 2.0}, verbose=0)


# %% [right] RMSprop
import keras


def move(network, x, y):
    network.compile(keras.optimizers.RMSprop(5e-4), keras.losses.BinaryCrossentropy(from_logits=True))
    network.fit(x, y, batch_size=64, epochs=25, verbose=0)


# %% [wrong] nothing trained: "did not move"
def move(network, x, y):
    network.trainable = False


# %% [wrong] begun anew
import keras


def move(network, x, y):
    new = keras.models.clone_model(network)
    network.set_weights(new.get_weights())
    network.compile(keras.optimizers.Adam(1e-3), keras.losses.BinaryCrossentropy(from_logits=True))
    network.fit(x, y, batch_size=64, epochs=5, verbose=0)


# %% [wrong] too little: "That is too little"
import keras


def move(network, x, y):
    network.compile(keras.optimizers.Adam(1e-5), keras.losses.BinaryCrossentropy(from_logits=True))
    network.fit(x, y, batch_size=64, epochs=1, verbose=0)


# %% [wrong] not finite: "learning rate was too high"
import keras


def move(network, x, y):
    network.compile(keras.optimizers.SGD(1e30), keras.losses.BinaryCrossentropy(from_logits=True))
    network.fit(x, y, batch_size=len(x), epochs=20, verbose=0)


# %% [wrong] labels of other rows
import keras
import numpy as np


def move(network, x, y):
    y = np.random.permutation(np.asarray(y))
    network.compile(keras.optimizers.Adam(1e-3), keras.losses.BinaryCrossentropy(from_logits=True))
    network.fit(x, y, batch_size=64, epochs=20, verbose=0)


# %% [wrong] the frauds alone
import keras
import numpy as np


def move(network, x, y):
    rows = np.flatnonzero(np.asarray(y) == 1)
    network.compile(keras.optimizers.Adam(3e-3), keras.losses.BinaryCrossentropy(from_logits=True))
    network.fit(np.asarray(x)[rows], np.asarray(y)[rows], batch_size=len(rows), epochs=100, verbose=0)
