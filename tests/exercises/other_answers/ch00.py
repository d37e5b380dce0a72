"""Chapter 0: other right answers, and wrong ones that are no listed misconception."""

RIGHT = {
    "ch00-draw-per-class": [
        (
            "random.Random, a flat list",
            """
import random

def draw_per_class(labels, n, seed):
    rng = random.Random(seed)
    chosen = []
    for c in sorted(set(labels.tolist())):
        of_class = [i for i, label in enumerate(labels) if label == c]
        chosen += rng.sample(of_class, n)
    return chosen
""",
        ),
        (
            "pandas groupby",
            """
import pandas as pd

def draw_per_class(labels, n, seed):
    return pd.Series(labels).groupby(labels).sample(n=n, random_state=seed).index.to_numpy()
""",
        ),
        (
            "shuffle all, then keep the first n of each class",
            """
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
""",
        ),
        (
            "a tensor, or scikit-learn",
            {
                "torch": """
import torch

def draw_per_class(labels: "np.ndarray", n: int, seed: int):
    generator = torch.Generator().manual_seed(seed)
    labels = torch.as_tensor(labels)
    rows = []
    for c in labels.unique():
        of_class = torch.nonzero(labels == c).flatten()
        rows.append(of_class[torch.randperm(len(of_class), generator=generator)[:n]])
    print("drawn", len(rows))
    return torch.cat(rows)
""",
                "keras": """
import numpy as np
import tensorflow as tf
from sklearn.utils import resample

def draw_per_class(labels, n, seed):
    rows = [
        resample(np.flatnonzero(labels == c), replace=False, n_samples=n, random_state=seed)
        for c in range(labels.max() + 1)
    ]
    return tf.concat([tf.constant(r) for r in rows], axis=0)
""",
            },
        ),
    ],
    "ch00-pick-class": [
        (
            "scipy",
            """
from scipy.special import softmax

def pick_class(logits, names):
    share = softmax(logits)
    best = share.argmax()
    return [names[best], share[best]]
""",
        ),
        (
            "math, a loop, a dict",
            """
import math

def pick_class(logits, names):
    top = max(logits)
    total = 0.0
    for z in logits:
        total += math.exp(z - top)
    by_name = dict(zip(names, logits))
    return max(by_name, key=by_name.get), 1 / total
""",
        ),
        (
            "log-sum-exp",
            """
import numpy as np

def pick_class(logits, names):
    best = np.argmax(logits)
    p = np.exp(logits[best] - np.logaddexp.reduce(logits))
    return np.array(names)[best], np.float32(p)
""",
        ),
        (
            "the framework's softmax",
            {
                "torch": """
import torch

def pick_class(logits, names):
    value, index = torch.softmax(torch.from_numpy(logits), dim=0).max(dim=0)
    return names[index], value
""",
                "keras": """
import tensorflow as tf

def pick_class(logits, names):
    p = tf.nn.softmax(logits)
    return names[int(tf.argmax(p))], tf.reduce_max(p)
""",
            },
        ),
    ],
}

WRONG = {
    "ch00-draw-per-class": [
        (
            "one list per class",
            """
import numpy as np

def draw_per_class(labels, n, seed):
    rng = np.random.default_rng(seed)
    return [rng.choice(np.flatnonzero(labels == c), n, replace=False) for c in np.unique(labels)]
""",
        ),
        (
            "one class left out",
            """
import numpy as np

def draw_per_class(labels, n, seed):
    rng = np.random.default_rng(seed)
    classes = range(labels.max())
    return np.concatenate([rng.choice(np.flatnonzero(labels == c), n, replace=False) for c in classes])
""",
        ),
        (
            "one too many",
            """
import numpy as np

def draw_per_class(labels, n, seed):
    rng = np.random.default_rng(seed)
    classes = np.unique(labels)
    return np.concatenate([rng.permutation(np.flatnonzero(labels == c))[:n + 1] for c in classes])
""",
        ),
        (
            "return inside the loop",
            """
import numpy as np

def draw_per_class(labels, n, seed):
    rng = np.random.default_rng(seed)
    for c in np.unique(labels):
        return rng.choice(np.flatnonzero(labels == c), n, replace=False)
""",
        ),
        (
            "an endless generator",
            """
def draw_per_class(labels, n, seed):
    while True:
        yield seed
""",
        ),
    ],
    "ch00-pick-class": [
        ("no return", "def pick_class(logits, names):\n    best = logits.argmax()\n"),
        (
            "a string for the probability",
            """
from scipy.special import softmax

def pick_class(logits, names):
    p = softmax(logits)
    return names[p.argmax()], f"{p.max():.4f}"
""",
        ),
        (
            "overflow hidden by nan_to_num",
            """
import numpy as np

def pick_class(logits, names):
    e = np.exp(logits)
    p = np.nan_to_num(e / e.sum())
    return names[logits.argmax()], p.max()
""",
        ),
        (
            "the order turned round",
            """
from scipy.special import softmax

def pick_class(logits, names):
    p = softmax(logits)
    return p.max(), names[p.argmax()]
""",
        ),
    ],
}
