"""Answers to "Train a head for a number", in any framework: right ones and wrong ones."""

# %% [right] scikit-learn's ridge regression
import numpy as np
from sklearn.linear_model import Ridge


def train_head(x, y, x_new):
    return Ridge(alpha=300.0).fit(np.asarray(x), np.asarray(y)).predict(np.asarray(x_new))


# %% [wrong] yes or no in place of a number: "A probability was asked for"
import numpy as np
from sklearn.linear_model import RidgeClassifier


def train_head(x, y, x_new):
    return (
        RidgeClassifier(alpha=3.0)
        .fit(np.asarray(x), np.asarray(y) > 0.5)
        .predict(np.asarray(x_new))
        .astype(int)
    )


# %% [wrong] nothing learned: "have hardly anything to do with the cells"
import numpy as np
from sklearn.linear_model import Ridge


def train_head(x, y, x_new):
    shuffled = np.random.default_rng(0).permutation(np.asarray(y))
    return Ridge(alpha=10.0).fit(np.asarray(x), shuffled).predict(np.asarray(x_new))


# %% [wrong] always the mean
def train_head(x, y, x_new):
    return [float(y.mean())] * len(x_new)


# %% [wrong] the head itself
from sklearn.linear_model import Ridge


def train_head(x, y, x_new):
    return Ridge().fit(x, y)


# %% [wrong] no return
def train_head(x, y, x_new):
    mean = y.mean()
