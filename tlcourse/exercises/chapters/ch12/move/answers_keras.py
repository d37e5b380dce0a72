"""Answers to "The digits of another language", in Keras: right ones and wrong ones."""

# %% [right] the head on frozen features
import keras


def move(network, features, labels):
    for layer in network.layers[:-1]:
        layer.trainable = False
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(keras.optimizers.Adam(1e-2), loss)
    network.fit(features, labels, batch_size=10, epochs=25, verbose=0)


# %% [right] the last block and the head
import keras


def move(network, features, labels):
    for layer in network.layers:
        layer.trainable = layer.name in ("conv3", "norm3", "classifier")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(keras.optimizers.AdamW(2e-3), loss)
    network.fit(features, labels, batch_size=10, epochs=25, verbose=0)


# %% [right] a head by logistic regression
import keras
import numpy as np
from sklearn.linear_model import LogisticRegression


def move(network, features, labels):
    cut = keras.Model(network.inputs, network.layers[-2].output)
    head = LogisticRegression(C=1.0, max_iter=1000).fit(np.asarray(cut(features, training=False)), labels)
    network.layers[-1].set_weights([head.coef_.T, head.intercept_])


# %% [wrong] nothing trained: "still hears English"
def move(network, features, labels):
    network.trainable = False


# %% [wrong] not finite: "NaN or infinity"
import keras


def move(network, features, labels):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(keras.optimizers.SGD(1e30), loss)
    network.fit(features, labels, batch_size=50, epochs=10, verbose=0)


# %% [wrong] too little learned: "too little"
import keras


def move(network, features, labels):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(keras.optimizers.Adam(1e-4), loss)
    network.fit(features, labels, batch_size=10, epochs=1, verbose=0)


# %% [wrong] labels of other clips
import keras


def move(network, features, labels):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(keras.optimizers.Adam(1e-3), loss)
    network.fit(features, labels[::-1].copy(), batch_size=10, epochs=6, verbose=0)


# %% [wrong] away from the labels
import keras


def move(network, features, labels):
    class Away(keras.losses.Loss):
        def call(self, y, logits):
            return -keras.losses.sparse_categorical_crossentropy(y, logits, from_logits=True)

    network.compile(keras.optimizers.Adam(1e-3), Away())
    network.fit(features, labels, batch_size=50, epochs=20, verbose=0)
