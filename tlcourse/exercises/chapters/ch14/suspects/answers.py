"""Answers to "Find the wrong labels", in any framework: right ones and wrong ones."""

# %% [right] scikit-learn's cross-validation
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def suspects(x, y, n):
    x, y = np.asarray(x), np.asarray(y)
    head = make_pipeline(StandardScaler(), LogisticRegression(C=1e-3, max_iter=300))
    folds = StratifiedKFold(8, shuffle=True, random_state=0)
    p = cross_val_predict(head, x, y, cv=folds, method="predict_proba")
    return np.argsort(p[np.arange(len(y)), y])[:n]


# %% [right] neighbours
import numpy as np


def suspects(x, y, n):
    x, y = np.asarray(x), np.asarray(y)
    unit = x - x.mean(0)
    unit = unit / np.linalg.norm(unit, axis=1, keepdims=True)
    near = np.exp(12 * unit @ unit.T)
    np.fill_diagonal(near, 0)
    votes = near @ np.eye(y.max() + 1)[y]
    p = votes / votes.sum(1, keepdims=True)
    return np.argsort(p[np.arange(len(y)), y])[:n]


# %% [wrong] not by the given label: "about which the model is unsure"
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict


def suspects(x, y, n):
    x, y = np.asarray(x), np.asarray(y)
    p = cross_val_predict(LogisticRegression(C=1e-2, max_iter=300), x, y, method="predict_proba")
    return np.argsort(p.max(axis=1))[:n]


# %% [wrong] not so many rows: "Give the numbers of"
def suspects(x, y, n):
    return list(range(len(y)))


# %% [wrong] no rows: "no numbers of rows"
import numpy as np


def suspects(x, y, n):
    return np.linspace(0, 1, n)


# %% [wrong] rows named twice: "of your rows are different"
import numpy as np


def suspects(x, y, n):
    return np.zeros(n, int)


# %% [wrong] the first rows
def suspects(x, y, n):
    return list(range(n))


# %% [wrong] the likeliest labels
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict


def suspects(x, y, n):
    x, y = np.asarray(x), np.asarray(y)
    p = cross_val_predict(LogisticRegression(C=1e-2, max_iter=300), x, y, method="predict_proba")
    return np.argsort(-p[np.arange(len(y)), y])[:n]
