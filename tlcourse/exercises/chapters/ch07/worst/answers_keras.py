"""Answers to "The most confident mistakes", in Keras: right ones and wrong ones."""

# %% [right] right ones counted out
import keras
import numpy as np


def worst(model, images, labels, n):
    p = np.array(keras.ops.softmax(model(images, training=False)))
    confidence = np.where(p.argmax(1) == labels, -1, p.max(1))
    return np.argsort(-confidence)[:n]


# %% [right] a sorted list, by predict
import keras


def worst(model, images, labels, n):
    p = keras.ops.softmax(model.predict(images, verbose=0))
    found = []
    for row, (shares, label) in enumerate(zip(p, labels, strict=True)):
        if int(keras.ops.argmax(shares)) != label:
            found.append((-float(keras.ops.max(shares)), row))
    return [row for _, row in sorted(found)[:n]]


# %% [wrong] in training mode: "Look at it in evaluation mode"
import keras
import numpy as np


def worst(model, images, labels, n):
    p = np.array(keras.ops.softmax(model(images, training=True)))
    confidence = np.where(p.argmax(1) == labels, -1, p.max(1))
    return np.argsort(-confidence)[:n]


# %% [wrong] another order: "the most confident mistake comes first"
import keras
import numpy as np


def worst(model, images, labels, n):
    p = np.array(keras.ops.softmax(model(images, training=False)))
    confidence = np.where(p.argmax(1) == labels, -1, p.max(1))
    return np.argsort(confidence)[-n:]


# %% [wrong] the least confident: "least confident"
import keras
import numpy as np


def worst(model, images, labels, n):
    p = np.array(keras.ops.softmax(model(images, training=False)))
    confidence = np.where(p.argmax(1) == labels, 2, p.max(1))
    return np.argsort(confidence)[:n]


# %% [wrong] sorted by the true class: "probability of the true class"
import keras
import numpy as np


def worst(model, images, labels, n):
    p = np.array(keras.ops.softmax(model(images, training=False)))
    true = np.where(p.argmax(1) == labels, 2, p[np.arange(len(labels)), labels])
    return np.argsort(true)[:n]


# %% [wrong] not sorted: "in the order of the images"
import numpy as np


def worst(model, images, labels, n):
    return np.flatnonzero(model.predict(images, verbose=0).argmax(1) != labels)[:n]


# %% [wrong] right ones among them: "is no mistake"
import keras
import numpy as np


def worst(model, images, labels, n):
    p = np.array(keras.ops.softmax(model(images, training=False)))
    return np.argsort(-p.max(1))[:n]


# %% [wrong] confidences in place of rows: "Row numbers are whole numbers"
import keras
import numpy as np


def worst(model, images, labels, n):
    p = np.array(keras.ops.softmax(model(images, training=False)))
    return -np.sort(-p.max(1)[p.argmax(1) != labels])[:n]
