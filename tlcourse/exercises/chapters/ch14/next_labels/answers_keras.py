"""Answers to "What to label next", in Keras: right ones and wrong ones."""

# %% [right] a dictionary
import keras
import numpy as np


def label_next(model, x, series, n):
    p = keras.ops.convert_to_numpy(keras.ops.softmax(model.predict(x, verbose=0)))
    order = np.argsort(p.max(axis=1))
    best = {}
    for row in order:
        best.setdefault(int(series[row]), int(row))
    return list(best.values())[:n]


# %% [right] the least sure of each series first
import keras
import numpy as np


def label_next(model, x, series, n):
    sure = keras.ops.max(keras.ops.softmax(model(x, training=False)), axis=-1).numpy()
    rows = [min(np.flatnonzero(series == one), key=lambda row: sure[row]) for one in np.unique(series)]
    return sorted(rows, key=lambda row: sure[row])[:n]


# %% [wrong] several of a series: "some show the same thing"
import keras
import numpy as np


def label_next(model, x, series, n):
    p = keras.ops.convert_to_numpy(keras.ops.softmax(model.predict(x, verbose=0)))
    return np.argsort(p.max(axis=1))[:n]


# %% [wrong] the surest: "on which the model is surest"
import keras
import numpy as np


def label_next(model, x, series, n):
    p = keras.ops.convert_to_numpy(keras.ops.softmax(model.predict(x, verbose=0)))
    order = np.argsort(-p.max(axis=1))
    best = {}
    for row in order:
        best.setdefault(int(series[row]), int(row))
    return list(best.values())[:n]


# %% [wrong] logits: "You compare the highest logits"
import keras
import numpy as np


def label_next(model, x, series, n):
    order = np.argsort(model.predict(x, verbose=0).max(axis=1))
    best = {}
    for row in order:
        best.setdefault(int(series[row]), int(row))
    return list(best.values())[:n]


# %% [wrong] the first of each series: "may be another shot"
import keras
import numpy as np


def label_next(model, x, series, n):
    p = keras.ops.convert_to_numpy(keras.ops.softmax(model.predict(x, verbose=0)))
    _, first = np.unique(series, return_index=True)
    return first[np.argsort(p[first].max(axis=1))][:n]


# %% [wrong] not the least sure: "Is it in evaluation mode?"
import keras
import numpy as np


def label_next(model, x, series, n):
    p = keras.ops.softmax(model(x, training=True)).numpy()
    order = np.argsort(p.max(axis=1))
    best = {}
    for row in order:
        best.setdefault(int(series[row]), int(row))
    return list(best.values())[:n]


# %% [wrong] not so many rows: "rows are asked for"
import keras
import numpy as np


def label_next(model, x, series, n):
    p = keras.ops.convert_to_numpy(keras.ops.softmax(model.predict(x, verbose=0)))
    return np.argsort(p.max(axis=1))


# %% [wrong] no rows: "not the numbers of"
import keras
import numpy as np


def label_next(model, x, series, n):
    p = keras.ops.convert_to_numpy(keras.ops.softmax(model.predict(x, verbose=0)))
    return np.sort(p.max(axis=1))[:n]


# %% [wrong] the first rows
def label_next(model, x, series, n):
    return list(range(n))


# %% [wrong] one row many times
def label_next(model, x, series, n):
    return [3] * n
