"""Chapter 7: other right answers, and wrong ones that are no listed misconception."""

_METRICS = """
import numpy as np

def metrics(matrix, of):
    right = np.diag(matrix)
    p, r = right / matrix.sum(0), right / matrix.sum(1)
    f = 2 * p * r / (p + r)
    out = {"accuracy": right.sum() / matrix.sum(), "precision": p[of], "recall": r[of], "macro_f1": f.mean()}
    out["micro_f1"] = out["accuracy"]
    return BODY
"""


def _metrics(body: str) -> str:
    return _METRICS.replace("BODY", body)


_BOOTSTRAP = """
import numpy as np

def difference(first, second, resamples, rng):
    n = len(first)
    return np.quantile((second - first)[DRAW].mean(1), ENDS)
"""
_LOG = """
import numpy as np

def entry(rows, t):
    val = {(row["model"], row["seed"]): row["val"] for row in rows}
    seeds = sorted({row["seed"] for row in rows})
    a, b = (np.array([val[model, seed] for seed in seeds]) for model in ("after", "before"))
    d, n = a - b, len(seeds)
    half = t * d.std(ddof=1) / np.sqrt(n)
    return d.mean(), half, RULE
"""


def _bootstrap(draw: str, ends: str) -> str:
    return _BOOTSTRAP.replace("DRAW", draw).replace("ENDS", ends)


def _log(rule: str) -> str:
    return _LOG.replace("RULE", rule)


RIGHT = {
    "ch07-metrics": [
        (
            "scikit-learn on the pictures behind the matrix",
            """
import numpy as np
from sklearn import metrics as m

def metrics(matrix, of):
    true, called = np.indices(matrix.shape).reshape(2, -1)
    true, called = np.repeat(true, matrix.ravel()), np.repeat(called, matrix.ravel())
    return {
        "accuracy": m.accuracy_score(true, called),
        "precision": m.precision_score(true, called, labels=[of], average=None),
        "recall": m.recall_score(true, called, average=None)[of],
        "macro_f1": m.f1_score(true, called, average="macro"),
        "micro_f1": m.f1_score(true, called, average="micro"),
    }
""",
        ),
        (
            "loops and counts",
            """
def metrics(matrix, of):
    k = len(matrix)
    f1, hits, misses, alarms = [], 0, 0, 0
    for c in range(k):
        tp = int(matrix[c][c])
        fn = sum(int(matrix[c][j]) for j in range(k)) - tp
        fp = sum(int(matrix[i][c]) for i in range(k)) - tp
        f1.append(2 * tp / (2 * tp + fp + fn))
        hits, misses, alarms = hits + tp, misses + fn, alarms + fp
        if c == of:
            precision, recall = tp / (tp + fp), tp / (tp + fn)
    return dict(
        accuracy=hits / (hits + misses), precision=precision, recall=recall,
        macro_f1=sum(f1) / k, micro_f1=2 * hits / (2 * hits + misses + alarms),
    )
""",
        ),
        (
            "tensors",
            {
                "torch": """
import torch

def metrics(matrix, of):
    m = torch.from_numpy(matrix).float()
    right = m.diag()
    f = 2 * right / (m.sum(0) + m.sum(1))
    share = m.trace() / m.sum()
    return {"micro_f1": share, "macro_f1": f.mean(), "accuracy": share,
            "precision": right[of] / m[:, of].sum(), "recall": right[of] / m[of].sum(), "f1": f}
""",
                "keras": """
import tensorflow as tf

def metrics(matrix, of):
    m = tf.cast(matrix, tf.float32)
    right = tf.linalg.diag_part(m)
    f = 2 * right / (tf.reduce_sum(m, 0) + tf.reduce_sum(m, 1))
    share = tf.linalg.trace(m) / tf.reduce_sum(m)
    return {"micro_f1": share, "macro_f1": tf.reduce_mean(f), "accuracy": share,
            "precision": right[of] / tf.reduce_sum(m[:, of]), "recall": right[of] / tf.reduce_sum(m[of])}
""",
            },
        ),
    ],
    "ch07-auc": [
        (
            "scikit-learn",
            "from sklearn.metrics import roc_auc_score\n\ndef auc(labels, scores):\n    return roc_auc_score(labels, scores)\n",
        ),
        (
            "ranks",
            """
from scipy.stats import rankdata

def auc(labels, scores):
    ones = labels.astype(bool)
    n, k = len(labels), ones.sum()
    return (rankdata(scores)[ones].sum() - k * (k + 1) / 2) / (k * (n - k))
""",
        ),
        (
            "a double loop",
            """
def auc(labels, scores):
    won, pairs = 0.0, 0
    for a, s in zip(labels, scores):
        for b, t in zip(labels, scores):
            if a == 1 and b == 0:
                pairs += 1
                won += 1.0 if s > t else 0.5 if s == t else 0.0
    return won / pairs
""",
        ),
        (
            "tensors",
            {
                "torch": """
import torch

def auc(labels, scores):
    labels, scores = torch.from_numpy(labels).bool(), torch.from_numpy(scores)
    d = scores[labels].unsqueeze(1) - scores[~labels].unsqueeze(0)
    return torch.heaviside(d, torch.tensor(0.5, dtype=d.dtype)).mean()
""",
                "keras": """
import tensorflow as tf

def auc(labels, scores):
    d = scores[labels == 1][:, None] - scores[labels == 0][None]
    return tf.reduce_mean((tf.sign(tf.constant(d)) + 1) / 2)
""",
            },
        ),
    ],
    "ch07-threshold": [
        (
            "a fine grid",
            """
import numpy as np

def threshold(labels, scores, missed, alarm):
    grid = np.linspace(0, 1.01, 20_001)
    yes = scores[None] >= grid[:, None]
    cost = missed * ((labels == 1) & ~yes).sum(1) + alarm * ((labels == 0) & yes).sum(1)
    return grid[cost.argmin()]
""",
        ),
        (
            "sorted, sums from below",
            """
import numpy as np

def threshold(labels, scores, missed, alarm):
    order = np.argsort(scores)
    y = labels[order]
    cost = np.append(0, np.cumsum(missed * y - alarm * (1 - y)))
    return np.append(scores[order], np.inf)[np.argmin(cost)]
""",
        ),
        (
            "scikit-learn's curve",
            """
import numpy as np
from sklearn.metrics import roc_curve

def threshold(labels, scores, missed, alarm):
    fpr, tpr, t = roc_curve(labels, scores, drop_intermediate=False)
    ones = labels.sum()
    cost = missed * (1 - tpr) * ones + alarm * fpr * (len(labels) - ones)
    return float(t[np.argmin(cost)])
""",
        ),
        (
            "tensors, single precision",
            {
                "torch": """
import torch

def threshold(labels, scores, missed, alarm):
    y, s = torch.tensor(labels), torch.tensor(scores, dtype=torch.float32)
    best, at = float("inf"), None
    for t in s:
        cost = missed * ((y == 1) & (s < t)).sum() + alarm * ((y == 0) & (s >= t)).sum()
        if cost < best:
            best, at = cost, t
    return at
""",
                "keras": """
import tensorflow as tf

def threshold(labels, scores, missed, alarm):
    s = tf.cast(scores, tf.float32)
    yes = s[None] >= s[:, None]
    ones = tf.cast(labels == 1, tf.float32)[None]
    cost = missed * ones * tf.cast(~yes, tf.float32) + alarm * (1 - ones) * tf.cast(yes, tf.float32)
    return s[int(tf.argmin(tf.reduce_sum(cost, 1)))]
""",
            },
        ),
    ],
    "ch07-bootstrap": [
        (
            "gains and losses counted",
            """
import numpy as np

def difference(first, second, resamples, rng):
    n = len(first)
    shares = [((second - first) == step).mean() for step in (-1, 0, 1)]
    counts = rng.multinomial(n, shares, resamples)
    means = (counts[:, 2] - counts[:, 0]) / n
    return tuple(np.percentile(means, (2.5, 97.5)).astype("float32"))
""",
        ),
        (
            "a generator",
            """
import numpy as np

def difference(first, second, resamples, rng):
    d = np.subtract(second, first)
    means = sorted(float(rng.choice(d, d.size).mean()) for _ in range(resamples))
    yield means[round(0.025 * resamples)]
    yield means[round(0.975 * resamples)]
""",
        ),
        (
            "a loop",
            """
import numpy as np

def difference(first, second, resamples, rng):
    n = len(first)
    found = []
    for _ in range(resamples):
        rows = rng.choice(n, size=n, replace=True)
        found.append(second[rows].mean() - first[rows].mean())
    return [np.percentile(found, 2.5), np.percentile(found, 97.5)]
""",
        ),
        (
            "scipy",
            """
import numpy as np
from scipy import stats

def difference(first, second, resamples, rng):
    done = stats.bootstrap((second - first,), np.mean, n_resamples=resamples, method="percentile", rng=rng)
    return done.confidence_interval
""",
        ),
        (
            "a multinomial draw, sorted",
            """
import numpy as np

def difference(first, second, resamples, rng):
    n = len(first)
    counts = rng.multinomial(n, np.full(n, 1 / n), size=resamples)
    d = np.sort(counts @ (second.astype(float) - first) / n)
    return d[int(0.025 * resamples)], d[int(0.975 * resamples) - 1]
""",
        ),
        (
            "tensors",
            {
                "torch": """
import torch

def difference(first, second, resamples, rng):
    d = torch.from_numpy(second - first).double()
    rows = torch.from_numpy(rng.integers(0, len(d), (resamples, len(d))))
    return torch.quantile(d[rows].mean(1), torch.tensor([0.025, 0.975], dtype=torch.float64))
""",
                "keras": """
import keras
import tensorflow as tf

def difference(first, second, resamples, rng):
    rows = rng.integers(len(first), size=(resamples, len(first)))
    d = tf.cast(second - first, tf.float32)
    return keras.ops.quantile(tf.reduce_mean(tf.gather(d, rows), 1), [0.025, 0.975])
""",
            },
        ),
    ],
    "ch07-leak": [
        (
            "a dict's keys",
            """
def shared(train, test):
    sides = {}
    for side, paths in (("train", train), ("test", test)):
        for path in paths:
            sides.setdefault(path.rpartition("/")[2].partition(".")[0], set()).add(side)
    return {name: True for name, on in sides.items() if len(on) == 2}.keys()
""",
        ),
        (
            "pathlib, a sorted list",
            """
from pathlib import PurePosixPath

def shared(train, test):
    return sorted({PurePosixPath(p).stem for p in train}.intersection(PurePosixPath(p).stem for p in test))
""",
        ),
        (
            "NumPy",
            """
import numpy as np

def shared(train, test):
    thing = np.vectorize(lambda path: path.split("/")[1].split(".")[0])
    return np.intersect1d(thing(train), thing(test))
""",
        ),
        (
            "a regular expression, with a repeat",
            """
import re

def shared(train, test):
    found = []
    for p in train:
        for q in test:
            a, b = re.search(r"/(.+)\\.png$", p)[1], re.search(r"/(.+)\\.png$", q)[1]
            if a == b:
                found += [a, b]
    return tuple(found)
""",
        ),
        (
            "a generator",
            """
import os

def shared(train, test):
    names = {os.path.splitext(os.path.basename(p))[0] for p in train}
    return (n for n in dict.fromkeys(os.path.basename(q)[:-4] for q in test) if n in names)
""",
        ),
    ],
    "ch07-log": [
        (
            "scipy's test of pairs",
            """
from scipy import stats

def entry(rows, t):
    rows = sorted(rows, key=lambda row: row["seed"])
    after, before = ([r["val"] for r in rows if r["model"] == m] for m in ("after", "before"))
    found = stats.ttest_rel(after, before)
    mean = sum(after) / len(after) - sum(before) / len(before)
    return mean, abs(t * mean / found.statistic), found.statistic > t
""",
        ),
        (
            "NumPy scalars and an integer",
            """
import numpy as np

def entry(rows, t):
    d = {}
    for row in rows:
        d[row["seed"]] = d.get(row["seed"], 0) + (1 if row["model"] == "after" else -1) * row["val"]
    d = np.fromiter(d.values(), "float32")
    half = np.float32(t) * d.std(ddof=1) / np.sqrt(d.size)
    return [np.float32(d.mean()), half, np.int8(d.mean() > half)]
""",
        ),
        (
            "pandas",
            """
import pandas as pd

def entry(rows, t):
    table = pd.DataFrame(rows).pivot(index="seed", columns="model", values="val")
    d = table["after"] - table["before"]
    return d.mean(), t * d.sem(), d.mean() - t * d.sem() > 0
""",
        ),
        (
            "plain Python",
            """
import statistics

def entry(rows, t):
    before = {r["seed"]: r["val"] for r in rows if r["model"] == "before"}
    d = [r["val"] - before[r["seed"]] for r in rows if r["model"] == "after"]
    mean, half = statistics.mean(d), t * statistics.stdev(d) / len(d) ** 0.5
    return [mean, half, 1 if mean > half else 0]
""",
        ),
        (
            "tensors",
            {
                "torch": """
import torch

def entry(rows, t):
    rows = sorted(rows, key=lambda r: r["seed"])
    column = lambda m: torch.tensor([r["val"] for r in rows if r["model"] == m])
    d = column("after") - column("before")
    half = t * d.std() / len(d) ** 0.5
    return d.mean(), half, d.mean() > half
""",
                "keras": """
import tensorflow as tf

def entry(rows, t):
    rows = sorted(rows, key=lambda r: (r["model"], r["seed"]))
    v = tf.constant([r["val"] for r in rows], tf.float64)
    after, before = tf.split(v, 2)
    d = after - before
    n = len(d)
    half = t * tf.math.reduce_std(d) / (n - 1) ** 0.5
    return tf.reduce_mean(d), half, tf.reduce_mean(d) > half
""",
            },
        ),
    ],
}

WRONG = {
    "ch07-metrics": [
        ("no return", "def metrics(matrix, of):\n    right = matrix.diagonal().sum()\n"),
        (
            "one name misspelt",
            _metrics("{('macro-f1' if k == 'macro_f1' else k): v for k, v in out.items()}"),
        ),
        ("per cent", _metrics("{k: 100 * v for k, v in out.items()}")),
        ("text", _metrics("{k: f'{v:.3f}' for k, v in out.items()}")),
        ("all classes", _metrics("{**out, 'precision': p, 'recall': r}")),
        ("the class after", _metrics("{**out, 'precision': p[of - 1], 'recall': r[of - 1]}")),
        ("rounded to two places", _metrics("{k: round(float(v), 2) + 0.001 for k, v in out.items()}")),
        ("not a number", _metrics("{k: float('nan') for k in out}")),
    ],
    "ch07-auc": [
        ("no return", "def auc(labels, scores):\n    yes = scores[labels == 1]\n"),
        (
            "a count",
            """
def auc(labels, scores):
    yes, no = scores[labels == 1][:, None], scores[labels == 0]
    return ((yes > no) + 0.5 * (yes == no)).sum()
""",
        ),
        (
            "all pairs",
            """
def auc(labels, scores):
    return ((scores[:, None] > scores) + 0.5 * (scores[:, None] == scores)).mean()
""",
        ),
        (
            "right without ties only",
            """
import numpy as np

def auc(labels, scores):
    rank = np.argsort(np.argsort(scores)) + 1
    k = labels.sum()
    return (rank[labels == 1].sum() - k * (k + 1) / 2) / (k * (len(labels) - k))
""",
        ),
        ("not a number", "def auc(labels, scores):\n    return float('nan')\n"),
        (
            "the whole matrix",
            "def auc(labels, scores):\n    return scores[labels == 1][:, None] > scores[labels == 0]\n",
        ),
    ],
    "ch07-threshold": [
        ("no return", "def threshold(labels, scores, missed, alarm):\n    t = scores.mean()\n"),
        (
            "the cost, not the threshold",
            """
def threshold(labels, scores, missed, alarm):
    return min(missed * ((labels == 1) & (scores < t)).sum() + alarm * ((labels == 0) & (scores >= t)).sum() for t in scores)
""",
        ),
        (
            "Elkan's formula on scores that are no probabilities",
            """
def threshold(labels, scores, missed, alarm):
    return alarm / (alarm + missed) / 4
""",
        ),
        ("all yes", "def threshold(labels, scores, missed, alarm):\n    return -float('inf')\n"),
        ("not a number", "def threshold(labels, scores, missed, alarm):\n    return float('nan')\n"),
        (
            "a row number",
            """
import numpy as np

def threshold(labels, scores, missed, alarm):
    return int(np.argmin([missed * ((labels == 1) & (scores < t)).sum() + alarm * ((labels == 0) & (scores >= t)).sum() for t in scores]))
""",
        ),
    ],
    "ch07-bootstrap": [
        *[
            (f"{title}", _bootstrap(draw, ends))
            for title, draw, ends in (
                ("an interval of 99 %", "rng.integers(0, n, (resamples, n))", "[0.005, 0.995]"),
                ("an interval of 80 %", "rng.integers(0, n, (resamples, n))", "[0.1, 0.9]"),
                ("the quartiles", "rng.integers(0, n, (resamples, n))", "[0.25, 0.75]"),
                ("half as many pictures", "rng.integers(0, n, (resamples, n // 2))", "[0.025, 0.975]"),
                ("twice as many pictures", "rng.integers(0, n, (resamples, 2 * n))", "[0.025, 0.975]"),
                (
                    "always 900 pictures, of the first 900",
                    "rng.integers(0, 900, (resamples, 900)) % n",
                    "[0.025, 0.975]",
                ),
                ("without the last pictures", "rng.integers(0, n // 2, (resamples, n))", "[0.025, 0.975]"),
                ("five resamples", "rng.integers(0, n, (5, n))", "[0.025, 0.975]"),
            )
        ],
        (
            "only where the models differ",
            """
import numpy as np

def difference(first, second, resamples, rng):
    d = (second - first)[first != second]
    return np.quantile(d[rng.integers(0, len(d), (resamples, len(d)))].mean(1), [0.025, 0.975])
""",
        ),
        (
            "the gains and losses of one seed",
            """
import numpy as np

def difference(first, second, resamples, rng):
    d = np.repeat([1, -1, 0], [81, 31, 788])
    return np.quantile(d[rng.integers(0, 900, (resamples, 900))].mean(1), [0.025, 0.975])
""",
        ),
        ("no return", "def difference(first, second, resamples, rng):\n    d = second - first\n"),
        (
            "one number",
            "def difference(first, second, resamples, rng):\n    return (second - first).mean()\n",
        ),
        (
            "another generator",
            """
import numpy as np

def difference(first, second, resamples, rng):
    rows = np.random.randint(0, len(first), (resamples, len(first)))
    return np.quantile((second - first)[rows].mean(1), [0.025, 0.975])
""",
        ),
        (
            "the accuracy of one model",
            """
import numpy as np

def difference(first, second, resamples, rng):
    rows = rng.integers(0, len(first), (resamples, len(first)))
    return np.quantile(second[rows].mean(1), [0.025, 0.975])
""",
        ),
        (
            "ten pictures each",
            """
import numpy as np

def difference(first, second, resamples, rng):
    rows = rng.integers(0, len(first), (resamples, 10))
    return np.quantile((second - first)[rows].mean(1), [0.025, 0.975])
""",
        ),
        (
            "not a number",
            "def difference(first, second, resamples, rng):\n    return float('nan'), float('nan')\n",
        ),
        (
            "lowest and highest",
            """
def difference(first, second, resamples, rng):
    rows = rng.integers(0, len(first), (resamples, len(first)))
    means = (second - first)[rows].mean(1)
    return means.min(), means.max()
""",
        ),
    ],
    "ch07-leak": [
        *[
            (f"always {answer}", f"def shared(train, test):\n    return {answer}\n")
            for answer in ("[]", "['lamp', 'ship']", "[p.split('/')[1].rstrip('.png') for p in test]")
        ],
        (
            "letters off both ends",
            "def shared(train, test):\n    f = lambda ps: {p.split('/')[1].strip('.png') for p in ps}\n    return f(train) & f(test)\n",
        ),
        (
            "one name in another, the other way",
            """
def shared(train, test):
    f = lambda ps: {p.split("/")[1][:-4] for p in ps}
    return {b for b in f(test) if any(b in a for a in f(train))}
""",
        ),
        (
            "the same letters to begin with",
            """
def shared(train, test):
    f = lambda ps: {p.split("/")[1][:3] for p in ps}
    return f(train) & f(test)
""",
        ),
        ("no return", "def shared(train, test):\n    set(train) & set(test)\n"),
        ("a count", "def shared(train, test):\n    return 3\n"),
        (
            "with the ending",
            "def shared(train, test):\n    f = lambda ps: {p.split('/')[1] for p in ps}\n    return f(train) & f(test)\n",
        ),
        (
            "both sides",
            "def shared(train, test):\n    f = lambda ps: {p.split('/')[1][:-4] for p in ps}\n    return f(train) | f(test)\n",
        ),
        (
            "the first only",
            "def shared(train, test):\n    f = lambda ps: {p.split('/')[1][:-4] for p in ps}\n    return sorted(f(train) & f(test))[:1]\n",
        ),
        ("letters", "def shared(train, test):\n    return set(''.join(train)) & set(''.join(test))\n"),
        ("endless", "def shared(train, test):\n    while True:\n        yield 'cat'\n"),
    ],
    "ch07-log": [
        *[
            (f"kept by another rule: {title}", _log(rule))
            for title, rule in (
                ("most seeds win", "(d > 0).sum() > n / 2"),
                ("all seeds win", "d.min() > 0"),
                ("all but one win", "(d > 0).sum() >= n - 1"),
                ("the median", "np.median(d) > 0"),
                ("a point in a hundred", "d.mean() > 0.01"),
                ("two points", "d.mean() > 0.02"),
                ("half a point", "d.mean() > 0.005"),
                ("z", "d.mean() > 1.96 * d.std(ddof=1) / n**0.5"),
                ("two standard errors", "d.mean() > 2 * d.std(ddof=1) / n**0.5"),
                ("one standard error", "d.mean() > d.std(ddof=1) / n**0.5"),
                ("one standard deviation", "d.mean() > d.std(ddof=1)"),
                ("divided by n", "d.mean() > t * d.std() / n**0.5"),
                ("t without a root", "d.mean() > t * d.std(ddof=1) / n"),
                ("either way", "abs(d.mean()) > half"),
                ("unpaired", "d.mean() > t * (a.var(ddof=1) / n + b.var(ddof=1) / n) ** 0.5"),
                ("intervals apart", "a.mean() - a.std(ddof=1) / n**0.5 > b.mean() + b.std(ddof=1) / n**0.5"),
                ("the best seed", "a.max() > b.max()"),
                ("the worst seed", "a.min() > b.min()"),
                ("the first seed", "d[0] > 0"),
                ("always", "True"),
                ("never", "False"),
            )
        ],
        ("no return", "def entry(rows, t):\n    d = [r['val'] for r in rows]\n"),
        (
            "a word for kept",
            """
import pandas as pd

def entry(rows, t):
    table = pd.DataFrame(rows).pivot(index="seed", columns="model", values="val")
    d = table["after"] - table["before"]
    return d.mean(), t * d.sem(), "kept" if d.mean() - t * d.sem() > 0 else "dropped"
""",
        ),
        (
            "the whole interval",
            """
import pandas as pd

def entry(rows, t):
    table = pd.DataFrame(rows).pivot(index="seed", columns="model", values="val")
    d = table["after"] - table["before"]
    return d.mean(), 2 * t * d.sem(), d.mean() - t * d.sem() > 0
""",
        ),
        (
            "divided by n",
            """
import numpy as np

def entry(rows, t):
    val = {(r["model"], r["seed"]): r["val"] for r in rows}
    d = np.array([val["after", s] - val["before", s] for s in range(5)])
    half = t * d.std() / np.sqrt(len(d))
    return d.mean(), half, d.mean() > half
""",
        ),
        (
            "in the order of the rows",
            """
import numpy as np

def entry(rows, t):
    after = np.array([r["val"] for r in rows if r["model"] == "after"])
    before = np.array([r["val"] for r in rows if r["model"] == "before"])
    d = after - before
    half = t * d.std(ddof=1) / np.sqrt(len(d))
    return d.mean(), half, d.mean() > half
""",
        ),
        ("not a number", "def entry(rows, t):\n    return float('nan'), float('nan'), False\n"),
    ],
}
