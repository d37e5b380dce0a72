"""Answers to "No answer is an answer", in Keras: right ones and wrong ones."""

# %% [right] limit by sorting
import keras
import numpy as np


def classes_or_nothing(model, x_val, x, keep):
    p_val, p = (
        keras.ops.convert_to_numpy(keras.ops.softmax(model.predict(some, verbose=0))) for some in (x_val, x)
    )
    limit = np.sort(p_val.max(axis=1))[::-1][round(keep * len(p_val)) - 1]
    return [int(row.argmax()) if row.max() >= limit else -1 for row in p]


# %% [right] called without training
import keras
import numpy as np


def classes_or_nothing(model, x_val, x, keep):
    sure_val = keras.ops.max(keras.ops.softmax(model(x_val, training=False)), axis=-1)
    p = keras.ops.softmax(model(x, training=False))
    limit = float(np.quantile(keras.ops.convert_to_numpy(sure_val), 1 - keep, method="midpoint"))
    return keras.ops.where(keras.ops.max(p, axis=-1) < limit, -1, keras.ops.argmax(p, axis=-1))


# %% [wrong] training mode: "Is it in evaluation mode?"
import keras
import numpy as np


def classes_or_nothing(model, x_val, x, keep):
    p_val = keras.ops.softmax(model(x_val, training=True)).numpy()
    p = keras.ops.softmax(model(x, training=True)).numpy()
    return np.where(p.max(axis=1) >= np.quantile(p_val.max(axis=1), 1 - keep), p.argmax(axis=1), -1)


# %% [wrong] answers everything: "Every image gets an answer"
import keras
import numpy as np


def classes_or_nothing(model, x_val, x, keep):
    return np.argmax(model.predict(x, verbose=0), axis=1)


# %% [wrong] the sure ones refused: "those about which the network is sure"
import keras
import numpy as np


def classes_or_nothing(model, x_val, x, keep):
    p_val, p = (
        keras.ops.convert_to_numpy(keras.ops.softmax(model.predict(some, verbose=0))) for some in (x_val, x)
    )
    return np.where(p.max(axis=1) >= np.quantile(p_val.max(axis=1), 1 - keep), -1, p.argmax(axis=1))


# %% [wrong] limit from the new images: "the least sure of the new images"
import keras
import numpy as np


def classes_or_nothing(model, x_val, x, keep):
    p_val, p = (
        keras.ops.convert_to_numpy(keras.ops.softmax(model.predict(some, verbose=0))) for some in (x_val, x)
    )
    limit = np.sort(p.max(axis=1))[::-1][round(keep * len(p)) - 1]
    return np.where(p.max(axis=1) >= limit, p.argmax(axis=1), -1)


# %% [wrong] the share taken for the limit: "with the share itself as the limit"
import keras
import numpy as np


def classes_or_nothing(model, x_val, x, keep):
    p_val, p = (
        keras.ops.convert_to_numpy(keras.ops.softmax(model.predict(some, verbose=0))) for some in (x_val, x)
    )
    return np.where(p.max(axis=1) >= keep, p.argmax(axis=1), -1)


# %% [wrong] logits
import keras
import numpy as np


def classes_or_nothing(model, x_val, x, keep):
    z_val, z = (model.predict(some, verbose=0) for some in (x_val, x))
    return np.where(z.max(axis=1) >= np.quantile(z_val.max(axis=1), 1 - keep), z.argmax(axis=1), -1)


# %% [wrong] the other share
import keras
import numpy as np


def classes_or_nothing(model, x_val, x, keep):
    p_val, p = (
        keras.ops.convert_to_numpy(keras.ops.softmax(model.predict(some, verbose=0))) for some in (x_val, x)
    )
    limit = np.quantile(p_val.max(axis=1), keep)
    return np.where(p.max(axis=1) >= limit, p.argmax(axis=1), -1)


# %% [wrong] not one number for each: "One number for each is needed"
import keras
import numpy as np


def classes_or_nothing(model, x_val, x, keep):
    return keras.ops.softmax(model.predict(x, verbose=0))


# %% [wrong] no classes: "not classes from 0 to 3"
import keras
import numpy as np


def classes_or_nothing(model, x_val, x, keep):
    return np.argmax(model.predict(x, verbose=0), axis=1) + 1.5


# %% [wrong] half of the validation images
import keras
import numpy as np


def classes_or_nothing(model, x_val, x, keep):
    p_val, p = (
        keras.ops.convert_to_numpy(keras.ops.softmax(model.predict(some, verbose=0))) for some in (x_val, x)
    )
    return np.where(p.max(axis=1) >= np.quantile(p_val.max(axis=1), 0.5), p.argmax(axis=1), -1)


# %% [wrong] nothing
def classes_or_nothing(model, x_val, x, keep):
    return [-1] * len(x)


# %% [wrong] probabilities over the images
import keras
import numpy as np


def classes_or_nothing(model, x_val, x, keep):
    p_val, p = (keras.ops.softmax(model.predict(some, verbose=0), axis=0).numpy() for some in (x_val, x))
    return np.where(p.max(axis=1) >= np.quantile(p_val.max(axis=1), 1 - keep), p.argmax(axis=1), -1)
