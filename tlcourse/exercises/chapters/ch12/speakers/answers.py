"""Answers to "Split by speaker": right ones and wrong ones."""

# %% [right] scikit-learn's splitter
import numpy as np
from sklearn.model_selection import GroupShuffleSplit


def split_by_speaker(speakers, share, seed):
    count = round(share * len(np.unique(speakers)))
    splitter = GroupShuffleSplit(n_splits=1, test_size=count, random_state=seed)
    return next(splitter.split(speakers, groups=speakers))


# %% [right] pure Python
import random


def split_by_speaker(speakers, share, seed):
    names = sorted(set(speakers))
    random.Random(seed).shuffle(names)
    chosen = set(names[: round(share * len(names))])
    test = [row for row, name in enumerate(speakers) if name in chosen]
    return [row for row, name in enumerate(speakers) if name not in chosen], test


# %% [right] numbers of speakers
import numpy as np


def split_by_speaker(speakers, share, seed):
    names, number = np.unique(speakers, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    tested = order[number] < round(share * len(names))
    return np.where(~tested)[0], np.where(tested)[0]


# %% [wrong] speakers on both sides: "on both sides"
import numpy as np


def split_by_speaker(speakers, share, seed):
    order = np.random.default_rng(seed).permutation(len(speakers))
    count = round(share * len(speakers))
    return order[count:], order[:count]


# %% [wrong] seed ignored: "Two seeds give"
import numpy as np


def split_by_speaker(speakers, share, seed):
    names = np.unique(speakers)
    tested = np.isin(speakers, names[: round(share * len(names))])
    return np.flatnonzero(~tested), np.flatnonzero(tested)


# %% [wrong] not repeatable: "two different splits"
import numpy as np


def split_by_speaker(speakers, share, seed):
    names = np.random.default_rng().permutation(np.unique(speakers))
    tested = np.isin(speakers, names[: round(share * len(names))])
    return np.flatnonzero(~tested), np.flatnonzero(tested)


# %% [wrong] another share: "of the speakers"
import numpy as np


def split_by_speaker(speakers, share, seed):
    names = np.random.default_rng(seed).permutation(np.unique(speakers))
    tested = np.isin(speakers, names[: len(names) // 2])
    return np.flatnonzero(~tested), np.flatnonzero(tested)


# %% [wrong] clips lost or doubled: "exactly one"
import numpy as np


def split_by_speaker(speakers, share, seed):
    names = np.random.default_rng(seed).permutation(np.unique(speakers))
    tested = np.isin(speakers, names[: round(share * len(names))])
    return np.arange(len(speakers)), np.flatnonzero(tested)


# %% [wrong] no rows: "numbers of rows"
import numpy as np


def split_by_speaker(speakers, share, seed):
    names = np.random.default_rng(seed).permutation(np.unique(speakers))
    return np.arange(len(speakers)) + 0.5, np.arange(len(names[:2])) + 0.5


# %% [wrong] training and test exchanged
import numpy as np


def split_by_speaker(speakers, share, seed):
    names = np.random.default_rng(seed).permutation(np.unique(speakers))
    tested = np.isin(speakers, names[: round(share * len(names))])
    return np.flatnonzero(tested), np.flatnonzero(~tested)


# %% [wrong] a clip of each speaker
import numpy as np


def split_by_speaker(speakers, share, seed):
    test = np.unique(speakers, return_index=True)[1]
    return np.setdiff1d(np.arange(len(speakers)), test), test
