"""Answers to "A threshold for a specificity", in Keras: right ones and wrong ones."""

# %% [right] sorted, and halfway to the next
import math

import keras
import numpy as np


def threshold_for(model, images, labels, specificity):
    p = keras.ops.convert_to_numpy(keras.ops.softmax(model(images, training=False)))[:, 1]
    healthy = np.sort(p[labels == 0])
    low = healthy[math.ceil(specificity * len(healthy) - 1e-9) - 1]
    limit = (low + p[p > low].min()) / 2
    return limit, np.mean(p[labels == 1] >= limit)


# %% [right] scikit-learn's curve
from scipy.special import softmax
from sklearn.metrics import roc_curve


def threshold_for(model, images, labels, specificity):
    p = softmax(model.predict(images, verbose=0).astype(float), axis=1)[:, 1]
    alarms, found, limits = roc_curve(labels, p, drop_intermediate=False)
    last = max(i for i in range(len(alarms)) if 1 - alarms[i] >= specificity - 1e-9)
    return limits[last], found[last]


# %% [right] every probability tried
import keras


def threshold_for(model, images, labels, specificity):
    z = model(images, training=False)
    p = keras.ops.convert_to_numpy(keras.ops.sigmoid(z[:, 1] - z[:, 0])).tolist()
    y = labels.tolist()
    healthy = [value for value, label in zip(p, y) if label == 0]
    for limit in sorted(p):
        if sum(value < limit for value in healthy) >= specificity * len(healthy) - 1e-9:
            ill = [value >= limit for value, label in zip(p, y) if label == 1]
            return [limit, sum(ill) / len(ill)]


# %% [wrong] a logit: "it is a logit"
import numpy as np


def threshold_for(model, images, labels, specificity):
    z = model.predict(images, verbose=0)[:, 1]
    limit = np.quantile(z[labels == 0], specificity)
    return limit, np.mean(z[labels == 1] >= limit)


# %% [wrong] from those with a tumour: "that fixes the sensitivity"
import keras
import numpy as np


def threshold_for(model, images, labels, specificity):
    p = np.asarray(keras.ops.softmax(model(images, training=False)))[:, 1]
    limit = np.quantile(p[labels == 1], 1 - specificity)
    return limit, np.mean(p[labels == 1] >= limit)


# %% [wrong] from all scans: "a quantile of all scans"
import keras
import numpy as np


def threshold_for(model, images, labels, specificity):
    p = np.asarray(keras.ops.softmax(model(images, training=False)))[:, 1]
    limit = np.quantile(p, specificity)
    return limit, np.mean(p[labels == 1] >= limit)


# %% [wrong] counted from the wrong end: "Which end did you count from"
import keras
import numpy as np


def threshold_for(model, images, labels, specificity):
    p = np.asarray(keras.ops.softmax(model(images, training=False)))[:, 1]
    limit = np.quantile(p[labels == 0], 1 - specificity)
    return limit, np.mean(p[labels == 1] >= limit)


# %% [wrong] one half: "without looking at any validation scan"
import keras
import numpy as np


def threshold_for(model, images, labels, specificity):
    p = np.asarray(keras.ops.softmax(model(images, training=False)))[:, 1]
    return 0.5, np.mean(p[labels == 1] >= 0.5)


# %% [wrong] training mode: "was in training mode"
import keras
import numpy as np


def threshold_for(model, images, labels, specificity):
    model.get_layer("dropout").rate = 0.0
    p = np.asarray(keras.ops.softmax(model(images, training=True)))[:, 1]
    limit = np.quantile(p[labels == 0], specificity)
    return limit, np.mean(p[labels == 1] >= limit)


# %% [wrong] another sensitivity: "at your threshold or above"
import keras
import numpy as np


def threshold_for(model, images, labels, specificity):
    p = np.asarray(keras.ops.softmax(model(images, training=False)))[:, 1]
    limit = np.quantile(p[labels == 0], specificity)
    return limit, np.mean(p[labels == 1] < limit)


# %% [wrong] share of all alarms: "the share of all scans"
import keras
import numpy as np


def threshold_for(model, images, labels, specificity):
    p = np.asarray(keras.ops.softmax(model(images, training=False)))[:, 1]
    limit = np.quantile(p[labels == 0], specificity)
    return limit, np.mean(p >= limit)


# %% [wrong] no pair: "should give a pair"
import keras
import numpy as np


def threshold_for(model, images, labels, specificity):
    p = np.asarray(keras.ops.softmax(model(images, training=False)))[:, 1]
    return np.quantile(p[labels == 0], specificity)


# %% [wrong] the specificity as the threshold
import keras
import numpy as np


def threshold_for(model, images, labels, specificity):
    p = np.asarray(keras.ops.softmax(model(images, training=False)))[:, 1]
    return specificity, np.mean(p[labels == 1] >= specificity)


# %% [wrong] of the other class
import keras
import numpy as np


def threshold_for(model, images, labels, specificity):
    p = np.asarray(keras.ops.softmax(model(images, training=False)))[:, 0]
    limit = np.quantile(p[labels == 0], specificity)
    return limit, np.mean(p[labels == 1] >= limit)


# %% [wrong] the highest probability of the healthy
import keras
import numpy as np


def threshold_for(model, images, labels, specificity):
    p = np.asarray(keras.ops.softmax(model(images, training=False)))[:, 1]
    limit = p[labels == 0].max() + 0.01
    return limit, np.mean(p[labels == 1] >= limit)
