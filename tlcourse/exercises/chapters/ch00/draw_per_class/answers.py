"""Answers to "The same few pictures of every class, again", in any framework: right ones and wrong ones."""

# %% [right] random.Random, a flat list
import random


def draw_per_class(labels, n, seed):
    rng = random.Random(seed)
    chosen = []
    for c in sorted(set(labels.tolist())):
        of_class = [i for i, label in enumerate(labels) if label == c]
        chosen += rng.sample(of_class, n)
    return chosen


# %% [right] pandas groupby
import pandas as pd


def draw_per_class(labels, n, seed):
    return pd.Series(labels).groupby(labels).sample(n=n, random_state=seed).index.to_numpy()


# %% [right] shuffle all, then keep the first n of each class
import numpy as np


def draw_per_class(labels, n, seed):
    order = np.random.RandomState(seed).permutation(len(labels))
    count, rows = {}, set()
    for row in order:
        c = labels[row]
        if count.get(c, 0) < n:
            count[c] = count.get(c, 0) + 1
            rows.add(int(row))
    return rows


# %% [wrong] draws with replacement: "Draw without replacement"
import numpy as np


def draw_per_class(labels, n, seed):
    rng = np.random.default_rng(seed)
    rows = []
    for c in np.unique(labels):
        of_class = np.flatnonzero(labels == c)
        rows.extend(rng.choice(of_class[:3], n))
    return np.array(rows)


# %% [wrong] draws from all rows together: "Draw from each class apart"
import numpy as np


def draw_per_class(labels, n, seed):
    rng = np.random.default_rng(seed)
    return rng.choice(len(labels), size=n * len(np.unique(labels)), replace=False)


# %% [wrong] ignores the seed: "a generator that does not know the seed"
import numpy as np


def draw_per_class(labels, n, seed):
    rng = np.random.default_rng()
    rows = []
    for c in np.unique(labels):
        of_class = np.flatnonzero(labels == c)
        rows.extend(rng.choice(of_class, n, replace=False))
    return np.array(rows)


# %% [wrong] same rows for every seed: "Nothing is drawn by chance"
import numpy as np


def draw_per_class(labels, n, seed):
    rng = np.random.default_rng(seed)
    rows = []
    for c in np.unique(labels):
        of_class = np.flatnonzero(labels == c)
        rows.extend(of_class[:n])
    return np.array(rows)


# %% [wrong] labels instead of rows: "these are labels"
import numpy as np


def draw_per_class(labels, n, seed):
    rng = np.random.default_rng(seed)
    rows = []
    for c in np.unique(labels):
        of_class = np.flatnonzero(labels == c)
        rows.extend(rng.choice(of_class, n, replace=False))
    return labels[np.array(rows)]


# %% [wrong] one list per class
import numpy as np


def draw_per_class(labels, n, seed):
    rng = np.random.default_rng(seed)
    return [rng.choice(np.flatnonzero(labels == c), n, replace=False) for c in np.unique(labels)]


# %% [wrong] one class left out
import numpy as np


def draw_per_class(labels, n, seed):
    rng = np.random.default_rng(seed)
    classes = range(labels.max())
    return np.concatenate([rng.choice(np.flatnonzero(labels == c), n, replace=False) for c in classes])


# %% [wrong] one too many
import numpy as np


def draw_per_class(labels, n, seed):
    rng = np.random.default_rng(seed)
    classes = np.unique(labels)
    return np.concatenate([rng.permutation(np.flatnonzero(labels == c))[: n + 1] for c in classes])


# %% [wrong] return inside the loop
import numpy as np


def draw_per_class(labels, n, seed):
    rng = np.random.default_rng(seed)
    for c in np.unique(labels):
        return rng.choice(np.flatnonzero(labels == c), n, replace=False)


# %% [wrong] an endless generator
def draw_per_class(labels, n, seed):
    while True:
        yield seed
