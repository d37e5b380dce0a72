"""Chapter 1: other right answers, and wrong ones that are no listed misconception."""

_SGD = """
    optimizer = torch.optim.SGD({parameters}, lr=lr)
    for _ in range({steps}):
        optimizer.zero_grad()
        loss = nn.CrossEntropyLoss()(model(images), labels)
        loss.backward()
        optimizer.step()
"""


def _torch_head(before: str, parameters: str = "model.classifier.parameters()", steps: str = "steps") -> str:
    return (
        "import torch\nfrom torch import nn\n\ndef train_head(model, images, labels, steps, lr):\n    "
        + before
        + _SGD.format(parameters=parameters, steps=steps)
    )


def _keras_head(fit: str, optimizer: str = "keras.optimizers.SGD(learning_rate=lr)") -> str:
    return f"""
import keras

def train_head(model, images, labels, steps, lr):
    model.trainable = True
    for layer in model.layers:
        layer.trainable = layer.name == "classifier"
    model.compile(optimizer={optimizer}, loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    {fit}
"""


RIGHT = {
    "ch01-count": [
        (
            "state and flags, one array after the other",
            {
                "torch": """
import math

def count(model):
    trainable = everything = 0
    for name, p in model.named_parameters():
        size = math.prod(p.shape)
        everything += size
        if p.requires_grad:
            trainable += size
    return [trainable, everything]
""",
                "keras": """
import math

def count(model):
    trainable = everything = 0
    for layer in model.layers:
        for w in layer.weights:
            everything += math.prod(w.shape)
        for w in layer.trainable_variables:
            trainable += math.prod(w.shape)
    return [trainable, everything]
""",
            },
        ),
        (
            "tensors",
            {
                "torch": """
import torch
from torch.nn.utils import parameters_to_vector

def count(model):
    sizes = torch.tensor([p.numel() for p in model.parameters()])
    free = torch.tensor([p.requires_grad for p in model.parameters()])
    return sizes[free].sum(), parameters_to_vector(model.parameters()).numel()
""",
                "keras": """
import tensorflow as tf

def count(model):
    return tf.add_n([tf.size(w.value) for w in model.trainable_weights]), model.count_params()
""",
            },
        ),
        (
            "buffers counted as well, or get_weights",
            {
                "torch": """
def count(model):
    return (
        sum(p.nelement() for p in model.parameters() if p.requires_grad),
        sum(v.numel() for v in model.state_dict().values()),
    )
""",
                "keras": """
import numpy as np

def count(model):
    return np.array([sum(np.size(w) for w in model.trainable_variables), sum(w.size for w in model.get_weights())])
""",
            },
        ),
    ],
    "ch01-same-steps": [
        (
            "a queue that is refilled",
            """
import random

def batches(n_images, batch_size, steps, seed):
    rng = random.Random(seed)
    queue, out = [], []
    for _ in range(steps):
        batch = []
        while len(batch) < batch_size:
            if not queue:
                queue = list(range(n_images))
                rng.shuffle(queue)
            batch.append(queue.pop())
        out.append(batch)
    return out
""",
        ),
        (
            "a generator function",
            """
import itertools
import numpy as np

def batches(n_images: int, batch_size: int, steps: int, seed: int):
    def stream():
        rng = np.random.RandomState(seed)
        while True:
            yield from rng.permutation(n_images)

    images = stream()
    for _ in range(steps):
        yield list(itertools.islice(images, batch_size))
""",
        ),
        (
            "tensors",
            {
                "torch": """
import torch

def batches(n_images, batch_size, steps, seed):
    g = torch.Generator().manual_seed(seed)
    row = torch.cat([torch.randperm(n_images, generator=g) for _ in range(steps * batch_size)])
    return row[: steps * batch_size].split(batch_size)
""",
                "keras": """
import tensorflow as tf

def batches(n_images, batch_size, steps, seed):
    data = tf.data.Dataset.range(n_images).shuffle(n_images, seed=seed, reshuffle_each_iteration=True)
    return list(data.repeat().batch(batch_size).take(steps))
""",
            },
        ),
    ],
    "ch01-train-head": [
        (
            "flags by name, BatchNorm in evaluation mode alone",
            {
                "torch": _torch_head(
                    """for name, p in model.named_parameters():
        p.requires_grad = name.startswith("classifier")
    for m in model.modules():
        if isinstance(m, nn.modules.batchnorm._BatchNorm):
            m.eval()
""",
                    "filter(lambda p: p.requires_grad, model.parameters())",
                ),
                "keras": _keras_head(
                    "model.fit(images, labels, batch_size=len(labels), epochs=steps, verbose=0)"
                ),
            },
        ),
        (
            "features first, then the head alone",
            {
                "torch": """
import torch
import torch.nn.functional as F

def train_head(model, images, labels, steps, lr):
    kept = []
    hook = model.classifier.register_forward_pre_hook(lambda module, args: kept.append(args[0]))
    model.eval()
    with torch.no_grad():
        model(images)
    hook.remove()
    weight, bias = model.classifier.weight, model.classifier.bias
    for step in range(steps):
        loss = F.cross_entropy(F.linear(kept[0], weight, bias), labels)
        grads = torch.autograd.grad(loss, [weight, bias])
        with torch.no_grad():
            for p, g in zip([weight, bias], grads):
                p -= lr * g
    return model
""",
                "keras": """
import keras

def train_head(model, images, labels, steps, lr):
    classifier = model.get_layer("classifier")
    backbone = keras.Model(model.input, classifier.input)
    features = backbone(images, training=False)
    head = keras.Sequential([classifier])
    head.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), run_eagerly=True)
    head.optimizer.learning_rate = lr
    for _ in range(steps):
        head.train_on_batch(features, labels)
""",
            },
        ),
        (
            "the backbone apart",
            {
                "torch": _torch_head(
                    """for child in list(model.children())[:-1]:
        child.requires_grad_(False)
        child.eval()
""",
                    '[{"params": model.classifier.parameters()}]',
                ),
                "keras": """
import keras
import tensorflow as tf

def train_head(model, images, labels, steps, lr):
    optimizer = keras.optimizers.SGD(lr)
    head = model.layers[-1].trainable_variables
    for _ in range(steps):
        with tf.GradientTape() as tape:
            logits = model(images, training=False)
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
            )
        optimizer.apply_gradients(zip(tape.gradient(loss, [v.value for v in head]), head))
""",
            },
        ),
    ],
    "ch01-spread": [
        (
            "pandas",
            """
import pandas as pd

def summarise(rows):
    table = pd.DataFrame(rows).groupby("start")["accuracy"].agg(["mean", "std"])
    return {start: tuple(values) for start, values in table.iterrows()}
""",
        ),
        (
            "statistics, a defaultdict",
            """
import statistics
from collections import defaultdict

def summarise(rows):
    groups = defaultdict(list)
    for row in rows:
        groups[row["start"]].append(row["accuracy"])
    out = defaultdict(tuple)
    for start in groups:
        out[start] = [statistics.fmean(groups[start]), statistics.stdev(groups[start])]
    return out
""",
        ),
        (
            "tensors",
            {
                "torch": """
import torch

def summarise(rows):
    out = {}
    for start in {r["start"] for r in rows}:
        values = torch.tensor([r["accuracy"] for r in rows if r["start"] == start])
        out[start] = values.mean(), values.std()
    return out
""",
                "keras": """
import tensorflow as tf

def summarise(rows):
    out = {}
    for start in {r["start"] for r in rows}:
        v = tf.constant([r["accuracy"] for r in rows if r["start"] == start])
        mean = tf.reduce_mean(v)
        out[start] = tf.stack([mean, tf.sqrt(tf.reduce_sum((v - mean) ** 2) / (len(v) - 1))])
    return out
""",
            },
        ),
    ],
    "ch01-paired": [
        (
            "scipy",
            """
import numpy as np
from scipy import stats

def compare(a, b, t):
    seeds = sorted(a.keys() & b.keys())
    d = np.array([a[s] for s in seeds]) - np.array([b[s] for s in seeds])
    m, e = np.mean(d), stats.sem(d)
    low, high = m - t * e, m + t * e
    return m, e, "helped" if low > 0 else "hurt" if high < 0 else "cannot tell"
""",
        ),
        (
            "pandas",
            """
import pandas as pd

def compare(a, b, t):
    d = (pd.Series(a) - pd.Series(b)).dropna()
    verdict = "cannot tell"
    if abs(d.mean()) > t * d.sem():
        verdict = "helped" if d.mean() > 0 else "hurt"
    return [d.mean(), d.sem(), verdict]
""",
        ),
        (
            "plain Python",
            """
import math

def compare(a, b, t=2.78):
    pairs = []
    for seed, value in a.items():
        if seed in b:
            pairs.append(value - b[seed])
    n = len(pairs)
    mean = sum(pairs) / n
    s = math.sqrt(sum((x - mean) ** 2 for x in pairs) / (n - 1))
    error = s / n ** 0.5
    words = {(True, True): "helped", (False, False): "hurt"}
    return mean, error, words.get((mean - t * error > 0, mean + t * error >= 0), "cannot tell")
""",
        ),
    ],
    "ch01-label-ratio": [
        (
            "NumPy: the first segment that reaches it",
            """
import numpy as np

def label_ratio(sizes, random, pretrained, n):
    x, y = np.array(sizes, float), np.array(random)
    target = np.array(pretrained)[x == n][0]
    hits = np.flatnonzero(y >= target)
    if len(hits) == 0:
        return x.max() / n, np.True_
    i = hits[0]
    return np.interp(target, y[i - 1 : i + 1], x[i - 1 : i + 1]) / n, np.False_
""",
        ),
        (
            "a while loop",
            """
def label_ratio(sizes, random, pretrained, n):
    target = dict(zip(sizes, pretrained))[n]
    i = 0
    while i < len(sizes) and random[i] < target:
        i += 1
    if i == len(sizes):
        return [max(sizes) / n, True]
    share = (target - random[i - 1]) / (random[i] - random[i - 1])
    return [(sizes[i - 1] * (1 - share) + sizes[i] * share) / n, False]
""",
        ),
        (
            "a running maximum, then np.interp; 0 and 1 for no and yes",
            """
import numpy as np

def label_ratio(sizes, random, pretrained, n):
    target = pretrained[list(sizes).index(n)]
    if max(random) < target:
        return sizes[-1] / n, 1
    grid = np.linspace(sizes[0], sizes[-1], 200_001)
    line = np.interp(grid, sizes, random)
    return grid[np.argmax(line >= target)] / n, 0
""",
        ),
        (
            "tensors",
            {
                "torch": """
import torch

def label_ratio(sizes, random, pretrained, n):
    x, y = torch.tensor(sizes, dtype=torch.float64), torch.tensor(random, dtype=torch.float64)
    target = pretrained[sizes.index(n)]
    reached = torch.nonzero(y >= target).flatten()
    if not len(reached):
        return x[-1] / n, torch.tensor(True)
    k = reached[0]
    return (x[k - 1] + (x[k] - x[k - 1]) * (target - y[k - 1]) / (y[k] - y[k - 1])) / n, torch.tensor(False)
""",
                "keras": """
import tensorflow as tf

def label_ratio(sizes, random, pretrained, n):
    target = pretrained[sizes.index(n)]
    never = tf.reduce_all(tf.constant(random, tf.float64) < target)
    if never:
        return tf.constant(sizes[-1] / n), never
    k = int(tf.where(tf.constant(random, tf.float64) >= target)[0, 0])
    part = (target - random[k - 1]) / (random[k] - random[k - 1])
    return tf.constant((sizes[k - 1] + (sizes[k] - sizes[k - 1]) * part) / n), never
""",
            },
        ),
    ],
    "ch01-choose-rate": [
        (
            "pandas",
            """
import pandas as pd

def choose(rows):
    means = pd.DataFrame(rows).groupby(["start", "lr"])[["val_accuracy", "test_accuracy"]].mean()
    best = means.val_accuracy.groupby("start").idxmax()
    return {start: (key[1], means.test_accuracy[key]) for start, key in best.items()}
""",
        ),
        (
            "sums in a dictionary",
            """
def choose(rows):
    sums = {}
    for r in rows:
        entry = sums.setdefault(r["start"], {}).setdefault(r["lr"], [0, 0, 0])
        entry[0] += 1
        entry[1] += r["val_accuracy"]
        entry[2] += r["test_accuracy"]
    chosen = {}
    for start, by_rate in sums.items():
        lr, (n, _, test) = max(by_rate.items(), key=lambda item: item[1][1] / item[1][0])
        chosen[start] = [lr, test / n]
    return chosen
""",
        ),
        (
            "sorted, with helpers and keywords",
            """
from statistics import mean

def pick(rows, *, start):
    return [r for r in rows if r["start"] == start]

def choose(rows: list) -> dict:
    answer = {}
    for start in sorted(set(r["start"] for r in rows)):
        mine = pick(rows, start=start)
        scores = []
        for lr in sorted({r["lr"] for r in mine}):
            here = [r for r in mine if r["lr"] == lr]
            scores.append((mean(r["val_accuracy"] for r in here), lr, mean(r["test_accuracy"] for r in here)))
        best = sorted(scores)[-1]
        answer[start] = best[1:]
    print(answer)
    return answer
""",
        ),
    ],
}

WRONG = {
    "ch01-count": [
        ("no return", "def count(model):\n    print(model)\n"),
        (
            "text",
            {
                "torch": "def count(model):\n    n = sum(p.numel() for p in model.parameters())\n    return f'{n}/{n}'\n",
                "keras": "def count(model):\n    return str(model.count_params())\n",
            },
        ),
        (
            "the last array left out",
            {
                "torch": """
def count(model):
    p = list(model.parameters())[:-1]
    return sum(v.numel() for v in p if v.requires_grad), sum(v.numel() for v in p)
""",
                "keras": """
import numpy as np

def count(model):
    size = lambda ws: sum(int(np.prod(w.shape)) for w in ws)
    return size(model.trainable_weights[:-1]), size(model.weights[:-1])
""",
            },
        ),
        (
            "unfreezes everything first",
            {
                "torch": """
def count(model):
    model.requires_grad_(True)
    n = sum(p.numel() for p in model.parameters() if p.requires_grad)
    return n, n
""",
                "keras": """
import numpy as np

def count(model):
    for layer in model.layers:
        layer.trainable = True
    return sum(int(np.prod(w.shape)) for w in model.trainable_weights), model.count_params()
""",
            },
        ),
    ],
    "ch01-same-steps": [
        ("no return", "def batches(n_images, batch_size, steps, seed):\n    out = []\n"),
        (
            "one batch too many",
            """
import numpy as np

def batches(n_images, batch_size, steps, seed):
    rng = np.random.default_rng(seed)
    row = np.concatenate([rng.permutation(n_images) for _ in range(steps * batch_size // n_images + 2)])
    return [row[i * batch_size:(i + 1) * batch_size] for i in range(steps + 1)]
""",
        ),
        (
            "an endless generator",
            """
import numpy as np

def batches(n_images, batch_size, steps, seed):
    rng = np.random.default_rng(seed)
    while True:
        yield rng.permutation(n_images)[:batch_size]
""",
        ),
        (
            "a flat row",
            """
import numpy as np

def batches(n_images, batch_size, steps, seed):
    rng = np.random.default_rng(seed)
    row = np.concatenate([rng.permutation(n_images) for _ in range(steps * batch_size // n_images + 1)])
    return row[:steps * batch_size]
""",
        ),
        (
            "counted from 1",
            """
import numpy as np

def batches(n_images, batch_size, steps, seed):
    rng = np.random.default_rng(seed)
    row = np.concatenate([rng.permutation(n_images) for _ in range(steps * batch_size // n_images + 1)]) + 1
    return row[:steps * batch_size].reshape(steps, batch_size)
""",
        ),
    ],
    "ch01-train-head": [
        (
            "one step only",
            {
                "torch": _torch_head(
                    "model.requires_grad_(False); model.classifier.requires_grad_(); model.eval()", steps="1"
                ),
                "keras": _keras_head("model.train_on_batch(images, labels)"),
            },
        ),
        (
            "one step too many",
            {
                "torch": _torch_head(
                    "model.requires_grad_(False); model.classifier.requires_grad_(); model.eval()",
                    steps="steps + 1",
                ),
                "keras": _keras_head("model.fit(images, labels, batch_size=24, epochs=steps + 1, verbose=0)"),
            },
        ),
        (
            "small batches",
            {
                "torch": """
import torch

def train_head(model, images, labels, steps, lr):
    model.requires_grad_(False).eval()
    model.classifier.requires_grad_(True)
    optimizer = torch.optim.SGD(model.classifier.parameters(), lr=lr)
    for _ in range(steps):
        for x, y in zip(images.split(8), labels.split(8)):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()
""",
                "keras": _keras_head(
                    "model.fit(images, labels, batch_size=8, epochs=steps, shuffle=False, verbose=0)"
                ),
            },
        ),
        (
            "another optimizer",
            {
                "torch": _torch_head(
                    "model.requires_grad_(False); model.classifier.requires_grad_(); model.eval()"
                ).replace("optim.SGD", "optim.Adam"),
                "keras": _keras_head(
                    "model.fit(images, labels, batch_size=24, epochs=steps, verbose=0)",
                    "keras.optimizers.Adam(lr)",
                ),
            },
        ),
        (
            "gradients never set to zero",
            {
                "torch": _torch_head(
                    "model.requires_grad_(False); model.classifier.requires_grad_(); model.eval()"
                ).replace("        optimizer.zero_grad()\n", ""),
            },
        ),
        ("raises", "def train_head(model, images, labels, steps, lr):\n    model.classifer.train(steps)\n"),
    ],
    "ch01-spread": [
        (
            "no return",
            "def summarise(rows):\n    groups = {}\n    for row in rows:\n        groups.setdefault(row['start'], []).append(row['accuracy'])\n",
        ),
        (
            "the spread first",
            """
import statistics as st

def summarise(rows):
    starts = {r["start"] for r in rows}
    v = {s: [r["accuracy"] for r in rows if r["start"] == s] for s in starts}
    return {s: (st.stdev(v[s]), st.mean(v[s])) for s in v}
""",
        ),
        (
            "not a number",
            """
def summarise(rows):
    return {r["start"]: (float("nan"), float("nan")) for r in rows}
""",
        ),
        (
            "a list of rows",
            """
import statistics as st

def summarise(rows):
    starts = {r["start"] for r in rows}
    v = {s: [r["accuracy"] for r in rows if r["start"] == s] for s in starts}
    return [(s, st.mean(v[s]), st.stdev(v[s])) for s in v]
""",
        ),
        (
            "text",
            """
import statistics as st

def summarise(rows):
    starts = {r["start"] for r in rows}
    v = {s: [r["accuracy"] for r in rows if r["start"] == s] for s in starts}
    return {s: f"{st.mean(v[s]):.3f} ± {st.stdev(v[s]):.3f}" for s in v}
""",
        ),
    ],
    "ch01-paired": [
        ("always the same", 'def compare(a, b, t):\n    return 0.0, 0.0, "cannot tell"\n'),
        ("not a number", 'def compare(a, b, t):\n    return float("nan"), float("nan"), "cannot tell"\n'),
        (
            "no verdict",
            """
import numpy as np

def compare(a, b, t):
    d = [a[s] - b[s] for s in a if s in b]
    return np.mean(d), np.std(d, ddof=1) / len(d) ** 0.5
""",
        ),
        (
            "capital letters",
            """
import numpy as np

def compare(a, b, t):
    d = [a[s] - b[s] for s in a if s in b]
    m, e = np.mean(d), np.std(d, ddof=1) / len(d) ** 0.5
    return m, e, "Helped" if m - t * e > 0 else "Hurt" if m + t * e < 0 else "Cannot tell"
""",
        ),
        (
            "a seed that is not there",
            "def compare(a, b, t):\n    d = [a[s] - b[s] for s in a]\n    return d, 0, ''\n",
        ),
    ],
    "ch01-label-ratio": [
        (
            "no return at the end",
            """
def label_ratio(sizes, random, pretrained, n):
    target = pretrained[sizes.index(n)]
    for x0, x1, y0, y1 in zip(sizes, sizes[1:], random, random[1:]):
        if y0 < target <= y1:
            return (x0 + (x1 - x0) * (target - y0) / (y1 - y0)) / n, False
""",
        ),
        (
            "nan for never",
            """
def label_ratio(sizes, random, pretrained, n):
    target = pretrained[sizes.index(n)]
    for x0, x1, y0, y1 in zip(sizes, sizes[1:], random, random[1:]):
        if y0 < target <= y1:
            return (x0 + (x1 - x0) * (target - y0) / (y1 - y0)) / n, False
    return float("nan"), True
""",
        ),
        (
            "only the number",
            """
def label_ratio(sizes, random, pretrained, n):
    target = pretrained[sizes.index(n)]
    for x0, x1, y0, y1 in zip(sizes, sizes[1:], random, random[1:]):
        if y0 < target <= y1:
            return (x0 + (x1 - x0) * (target - y0) / (y1 - y0)) / n
    return sizes[-1] / n
""",
        ),
        (
            "the target of the wrong size",
            """
def label_ratio(sizes, random, pretrained, n):
    target = pretrained[0]
    for x0, x1, y0, y1 in zip(sizes, sizes[1:], random, random[1:]):
        if y0 < target <= y1:
            return (x0 + (x1 - x0) * (target - y0) / (y1 - y0)) / n, False
    return sizes[-1] / n, True
""",
        ),
    ],
    "ch01-choose-rate": [
        ("no return", "def choose(rows):\n    for row in rows:\n        print(row['lr'])\n"),
        (
            "the lowest rate",
            """
import numpy as np

def choose(rows):
    lr = min(r["lr"] for r in rows)
    return {
        s: (lr, np.mean([r["test_accuracy"] for r in rows if r["start"] == s and r["lr"] == lr]))
        for s in {r["start"] for r in rows}
    }
""",
        ),
        (
            "the pair turned round",
            """
import pandas as pd

def choose(rows):
    means = pd.DataFrame(rows).groupby(["start", "lr"])[["val_accuracy", "test_accuracy"]].mean()
    best = means.val_accuracy.groupby("start").idxmax()
    return {start: (means.test_accuracy[key], key[1]) for start, key in best.items()}
""",
        ),
        (
            "one start only",
            """
import pandas as pd

def choose(rows):
    means = pd.DataFrame(rows).groupby(["start", "lr"])[["val_accuracy", "test_accuracy"]].mean()
    best = means.val_accuracy.groupby("start").idxmax()
    for start, key in best.items():
        return {start: (key[1], means.test_accuracy[key])}
""",
        ),
    ],
}
