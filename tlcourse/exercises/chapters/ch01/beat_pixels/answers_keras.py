"""Answers to "Beat the pixels", in Keras: right ones and wrong ones."""

# %% [right] scikit-learn on the features
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def beat_the_pixels(backbone, images, labels, new_images):
    def features(images):
        return backbone.predict((images.astype("float32") - 127) / 128, verbose=0)

    head = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=500))
    head.fit(features(images), labels)
    return head.predict(features(new_images))


# %% [right] a hidden layer, dropout and batches
import keras
from keras import layers


def beat_the_pixels(backbone, images, labels, new_images):
    backbone.trainable = False
    known, new = (backbone((x.astype("float32") - 127) / 128, training=False) for x in (images, new_images))
    head = keras.Sequential([layers.Dense(64, activation="relu"), layers.Dropout(0.3), layers.Dense(5)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    head.compile(optimizer=keras.optimizers.AdamW(3e-3), loss=loss, metrics=["accuracy"])
    head.fit(known, labels, batch_size=16, epochs=30, verbose=0)
    return head.predict(new, verbose=0).argmax(axis=1)


# %% [right] the whole network, its backbone frozen, in few steps
import keras
from keras import layers


def beat_the_pixels(backbone, images, labels, new_images):
    backbone.trainable = False
    inputs = keras.Input(images.shape[1:])
    x = layers.Rescaling(1 / 128, offset=-127 / 128)(inputs)
    x = backbone(x, training=False)
    model = keras.Model(inputs, layers.Dense(int(labels.max()) + 1)(x))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=loss)
    model.fit(images, labels, batch_size=20, epochs=4, verbose=0)
    return keras.ops.argmax(model.predict(new_images, verbose=0), axis=-1)


# %% [right] the nearest mean of a class
import numpy as np


def beat_the_pixels(backbone, images, labels, new_images):
    both = [backbone.predict((x - 127.5) / 127.5, verbose=0) for x in (images, new_images)]
    means = np.stack([both[0][labels == c].mean(axis=0) for c in range(labels.max() + 1)])
    return np.linalg.norm(both[1][:, None] - means, axis=2).argmin(axis=1)


# %% [wrong] training mode: "The backbone was in training mode"
import keras
from keras import layers


def beat_the_pixels(backbone, images, labels, new_images):
    known, new = (backbone((x.astype("float32") - 127) / 128, training=True) for x in (images, new_images))
    head = keras.Sequential([layers.Dense(5)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    head.compile(optimizer=keras.optimizers.Adam(0.01), loss=loss)
    head.fit(known, labels, batch_size=60, epochs=60, verbose=0)
    return head.predict(new, verbose=0).argmax(axis=1)


# %% [wrong] scaled wrongly: "Scale the images like that"
import keras
from keras import layers


def beat_the_pixels(backbone, images, labels, new_images):
    known, new = (backbone.predict(x / 255, verbose=0) for x in (images, new_images))
    head = keras.Sequential([layers.Dense(5)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    head.compile(optimizer=keras.optimizers.Adam(0.01), loss=loss)
    head.fit(known, labels, batch_size=60, epochs=60, verbose=0)
    return head.predict(new, verbose=0).argmax(axis=1)


# %% [wrong] backbone trained: "Weights of the backbone moved"
import keras
from keras import layers


def beat_the_pixels(backbone, images, labels, new_images):
    inputs = keras.Input(images.shape[1:])
    x = backbone(layers.Rescaling(1 / 128, offset=-127 / 128)(inputs), training=False)
    model = keras.Model(inputs, layers.Dense(5)(x))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=loss, run_eagerly=True)
    model.fit(images, labels, batch_size=60, verbose=0)
    return model.predict(new_images, verbose=0).argmax(axis=1)


# %% [wrong] no better than guessing: "Does each label still belong to its image"
import keras
import numpy as np
from keras import layers


def beat_the_pixels(backbone, images, labels, new_images):
    images = images[np.random.default_rng(0).permutation(len(images))]  # and the labels stay where they are
    known, new = (
        backbone.predict((x.astype("float32") - 127) / 128, verbose=0) for x in (images, new_images)
    )
    head = keras.Sequential([layers.Dense(5)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    head.compile(optimizer=keras.optimizers.Adam(0.01), loss=loss)
    head.fit(known, labels, batch_size=60, epochs=60, verbose=0)
    return head.predict(new, verbose=0).argmax(axis=1)


# %% [wrong] scores
def beat_the_pixels(backbone, images, labels, new_images):
    return backbone.predict((new_images.astype("float32") - 127) / 128, verbose=0)[:, :5]
