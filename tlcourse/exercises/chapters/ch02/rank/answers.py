"""Answers to "Is the order right?", for both frameworks: right ones and wrong ones."""

# %% [right] scipy
from scipy import stats


def rank_correlation(scores, accuracies):
    return stats.spearmanr(scores, accuracies).statistic


# %% [right] pandas
import pandas as pd


def rank_correlation(scores, accuracies):
    return pd.Series(scores).corr(pd.Series(accuracies), method="spearman")


# %% [right] the formula, in a list
def rank_correlation(scores, accuracies):
    n = len(scores)
    rank = lambda x: [sum(other < one for other in x) for one in x]
    d = sum((int(a) - int(b)) ** 2 for a, b in zip(rank(scores), rank(accuracies)))
    return [1 - 6 * d / (n * (n * n - 1))]


# %% [wrong] values for ranks: "the correlation of the values themselves"
import numpy as np


def rank_correlation(scores, accuracies):
    def ranks(x):
        return np.argsort(np.argsort(x))

    return np.corrcoef(scores, accuracies)[0, 1]


# %% [wrong] argsort is not a rank: "taken `argsort` for the rank"
import numpy as np


def rank_correlation(scores, accuracies):
    def ranks(x):
        return np.argsort(np.argsort(x))

    return np.corrcoef(np.argsort(scores), np.argsort(accuracies))[0, 1]


# %% [wrong] the sign is turned: "Its sign is turned"
import numpy as np


def rank_correlation(scores, accuracies):
    def ranks(x):
        return np.argsort(np.argsort(x))

    return np.corrcoef(ranks(-scores), ranks(accuracies))[0, 1]


# %% [wrong] one side ranked: "Only the scores are ranked"
import numpy as np


def rank_correlation(scores, accuracies):
    def ranks(x):
        return np.argsort(np.argsort(x))

    return np.corrcoef(ranks(scores), accuracies)[0, 1]


# %% [wrong] pairs in order: "pairs in the same order"
import numpy as np


def rank_correlation(scores, accuracies):
    n = len(scores)
    pairs = [(i, j) for i in range(n) for j in range(i)]
    signs = [np.sign((scores[i] - scores[j]) * (accuracies[i] - accuracies[j])) for i, j in pairs]
    return np.mean(signs)


# %% [wrong] differences not squared: "are not squared"
import numpy as np


def rank_correlation(scores, accuracies):
    def ranks(x):
        return np.argsort(np.argsort(x))

    return 1 - 6 * np.abs(ranks(scores) - ranks(accuracies)).sum() / (len(scores) * (len(scores) ** 2 - 1))


# %% [wrong] the same place: "the same rank on both sides"
import numpy as np


def rank_correlation(scores, accuracies):
    def ranks(x):
        return np.argsort(np.argsort(x))

    return np.mean(ranks(scores) == ranks(accuracies))


# %% [wrong] no return
def rank_correlation(scores, accuracies):
    scores.argsort()


# %% [wrong] not a number
def rank_correlation(scores, accuracies):
    return float("nan")


# %% [wrong] the matrix
import numpy as np


def rank_correlation(scores, accuracies):
    return np.corrcoef(scores, accuracies)


# %% [wrong] scipy's whole result
from scipy import stats


def rank_correlation(scores, accuracies):
    return tuple(stats.spearmanr(scores, accuracies))


# %% [wrong] always 1
def rank_correlation(scores, accuracies):
    return 1.0


# %% [wrong] endless
def rank_correlation(scores, accuracies):
    while True:
        yield 1
