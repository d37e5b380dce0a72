"""Answers to "A threshold for what mistakes cost", in Keras: right ones and wrong ones."""

# %% [right] all at once
import keras
import numpy as np


def probabilities(model, images):
    return np.array(keras.ops.softmax(model(images, training=False))[:, 1])


def threshold(model, images, labels, missed, needless):
    p, y = probabilities(model, images), np.asarray(labels)
    tried = np.append(p, 1.1)
    yes = p[None] >= tried[:, None]
    cost = missed * ((y == 1) & ~yes).sum(1) + needless * ((y == 0) & yes).sum(1)
    return tried[cost.argmin()]


# %% [right] scikit-learn's curve
import keras
import numpy as np
from sklearn.metrics import roc_curve


def probabilities(model, images):
    return np.array(keras.ops.softmax(model(images, training=False))[:, 1])


def threshold(model, images, labels, missed, needless):
    p, y = probabilities(model, images), np.asarray(labels)
    needlessly, found, tried = roc_curve(y, p, drop_intermediate=False)
    ones = y.sum()
    cost = missed * (1 - found) * ones + needless * needlessly * (len(y) - ones)
    return float(tried[np.argmin(cost)])


# %% [wrong] fewest mistakes: "makes the fewest mistakes"
import keras
import numpy as np


def probabilities(model, images):
    return np.array(keras.ops.softmax(model(images, training=False))[:, 1])


def threshold(model, images, labels, missed, needless):
    p, y = probabilities(model, images), np.asarray(labels)

    def cost(t):
        yes = p >= t
        return ((y == 1) != yes).sum()

    return min(np.append(p, 1.1), key=cost)


# %% [wrong] costs swapped: "changed places"
import keras
import numpy as np


def probabilities(model, images):
    return np.array(keras.ops.softmax(model(images, training=False))[:, 1])


def threshold(model, images, labels, missed, needless):
    p, y = probabilities(model, images), np.asarray(labels)

    def cost(t):
        yes = p >= t
        return needless * ((y == 1) & ~yes).sum() + missed * ((y == 0) & yes).sum()

    return min(np.append(p, 1.1), key=cost)


# %% [wrong] nothing missed: "Nothing is missed"
import keras
import numpy as np


def probabilities(model, images):
    return np.array(keras.ops.softmax(model(images, training=False))[:, 1])


def threshold(model, images, labels, missed, needless):
    return probabilities(model, images)[np.asarray(labels) == 1].min()


# %% [right] a fine grid of tensors
import keras


def threshold(model, images, labels, missed, needless):
    p = keras.ops.softmax(model.predict(images, verbose=0))[:, 1]
    tried = keras.ops.linspace(0.0, 1.001, 20_001)
    yes = keras.ops.cast(p >= tried[:, None], "float32")
    y = keras.ops.cast(labels, "float32")
    cost = keras.ops.sum(missed * y * (1 - yes) + needless * (1 - y) * yes, axis=1)
    return tried[int(keras.ops.argmin(cost))]


# %% [wrong] in training mode: "Choose in evaluation mode"
import keras
import numpy as np


def threshold(model, images, labels, missed, needless):
    p = np.array(keras.ops.softmax(model(images, training=True))[:, 1])
    costs = [
        missed * ((labels == 1) & (p < t)).sum() + needless * ((labels == 0) & (p >= t)).sum() for t in p
    ]
    return p[np.argmin(costs)]


# %% [wrong] a threshold for logits: "for the difference of the logits"
import numpy as np


def threshold(model, images, labels, missed, needless):
    z = model.predict(images, verbose=0)
    z = z[:, 1] - z[:, 0]
    costs = [
        missed * ((labels == 1) & (z < t)).sum() + needless * ((labels == 0) & (z >= t)).sum() for t in z
    ]
    return z[np.argmin(costs)]
