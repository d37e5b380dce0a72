"""Answers to "Can the two be told apart?": right ones and wrong ones."""

# %% [right] predictions, and the mean of two recalls
import numpy as np
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import cross_val_predict


def told_apart(source, target):
    x = np.vstack([source, target])
    y = np.r_[np.zeros(len(source)), np.ones(len(target))]
    guess = cross_val_predict(RidgeClassifier(alpha=100, class_weight="balanced"), x, y, cv=5)
    return ((guess[y == 0] == 0).mean() + (guess[y == 1] == 1).mean()) / 2


# %% [right] as many of each, and a half kept back
import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis


def told_apart(source, target):
    n = min(len(source), len(target))
    scores = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        a, b = (side[rng.permutation(len(side))[:n]] for side in (source, target))
        half = n // 2
        model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
        model.fit(np.concatenate([a[:half], b[:half]]), np.repeat([0, 1], half))
        new = np.concatenate([a[half:], b[half:]])
        scores.append(model.score(new, np.repeat([0, 1], n - half)))
    return np.mean(scores)


# %% [right] nearest means
import numpy as np


def told_apart(source, target):
    rights = []
    for mine, other in ((source, target), (target, source)):
        hits = 0
        for row in range(len(mine)):
            rest = np.delete(mine, row, axis=0).mean(0)
            # As few neighbours on both sides, so that neither mean is the surer one.
            hits += np.linalg.norm(mine[row] - rest) < np.linalg.norm(mine[row] - other.mean(0))
        rights.append(hits / len(mine))
    return sum(rights) / 2


# %% [wrong] scored on what it learned: "kept from it"
import numpy as np
from sklearn.linear_model import LogisticRegression


def told_apart(source, target):
    x = np.concatenate([source, target])
    y = np.repeat([0, 1], [len(source), len(target)])
    return LogisticRegression(C=100, max_iter=2000).fit(x, y).score(x, y)


# %% [wrong] the larger side counts more: "Let both sides count the same"
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score


def told_apart(source, target):
    x = np.concatenate([source, target])
    y = np.repeat([0, 1], [len(source), len(target)])
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    return cross_val_score(LogisticRegression(C=1e-3), x, y, cv=folds).mean()


# %% [wrong] sees no shift: "A classifier can tell them"
def told_apart(source, target):
    return 0.5


# %% [wrong] no share: "from 0 to 1"
import numpy as np


def told_apart(source, target):
    return 10 + np.linalg.norm(source.mean(0) - target.mean(0))


# %% [wrong] true or false
import numpy as np


def told_apart(source, target):
    return float(np.abs(source.mean(0) - target.mean(0)).max() > 0.3)


# %% [wrong] one less the answer
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score


def told_apart(source, target):
    x = np.concatenate([source, target])
    y = np.repeat([0, 1], [len(source), len(target)])
    return 1 - cross_val_score(LogisticRegression(), x, y, cv=5).mean()
