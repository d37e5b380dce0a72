"""Answers to "Weights for a rare class", in Keras: right ones and wrong ones."""

# %% [right] both weights, by scikit-learn
import numpy as np
from sklearn.utils.class_weight import compute_class_weight


def weighted(labels):
    return dict(enumerate(compute_class_weight("balanced", classes=np.array([0, 1]), y=labels)))


# %% [right] divided by the weights of the batch
import numpy as np


def weighted(labels):
    counts = np.bincount(labels)
    return {c: np.float32(1 / counts[c]) for c in (0, 1)}


# %% [right] a number from the mean
def weighted(labels):
    share = labels.mean()
    return {1: (1 - share) / share}


# %% [wrong] no weights: "a 1 counts as much as a 0"
def weighted(labels):
    return {0: 1.0, 1: 1.0}


# %% [wrong] upside down: "upside down"
def weighted(labels):
    n = len(labels)
    return {0: n / labels.sum(), 1: n / (labels == 0).sum()}


# %% [wrong] all rows for each 1: "how many rows there are for each 1"
def weighted(labels):
    return {0: 1.0, 1: len(labels) / labels.sum()}


# %% [wrong] always two to one
def weighted(labels):
    return {0: 1.0, 1: 2.2}


# %% [wrong] a list
def weighted(labels):
    return [1.0, (labels == 0).sum() / labels.sum()]


# %% [wrong] names for keys
def weighted(labels):
    return {"functional": 1.0, "defective": (labels == 0).sum() / labels.sum()}


# %% [wrong] the square root
def weighted(labels):
    return {0: 1.0, 1: ((labels == 0).sum() / labels.sum()) ** 0.5}
