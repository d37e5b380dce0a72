"""Chapter 5's sweep of classifiers' heads on cached features of a frozen backbone.

``task-head`` holds four questions in one table, since one function answers them all:

* how large a head: linear, or one hidden layer of 64, 256 or 1,024 units, by the size of the data;
* what dropout and weight decay do to the gap between training and validation;
* what the wrong loss costs, at each of seven rates: a softmax before a loss that takes logits, no softmax
  before one that takes probabilities (in Keras such rows scatter by rounding alone, and the sampled check
  allows for it: :func:`_scatters`), a sigmoid for each of exclusive classes;
* what a bias from the class frequencies is worth, on imbalanced data, after 0, 10, 50 and 200 steps.

``task-head-rates`` chose a learning rate for each side, of seven, on validation rows and with seeds that the
comparison does not use; :data:`RATES` holds the choice. It ran in PyTorch only: starts and batches are the
same numbers in both frameworks.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.shared import vision

__all__ = [
    "BATCH",
    "RATES",
    "SEEDS",
    "STEPS",
    "SWEEPS",
    "TUNING_RATES",
    "TUNING_SEEDS",
    "train_head",
    "try_rate",
]

STEPS = 200
LONG = 400
"""Steps where overfitting is the question."""
BATCH = 16
SEEDS = (0, 1, 2, 3, 4)
TUNING_SEEDS = (100, 101)
TUNING_RATES = (3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2)
PIXELS = {"fluent": 64, "fashion-mnist": 32, "imbalanced": 32}
CELLS = (("fluent", 5), ("fluent", 20), ("fashion-mnist", 5), ("fashion-mnist", 20), ("fashion-mnist", 100))
"""(data set, training images per class)."""
HEADS: dict[str, tuple[int, ...]] = {"linear": (), "64": (64,), "256": (256,), "1024": (1024,)}
REGULARISED = (("fluent", 20), ("fashion-mnist", 20))
DROPOUT = (0.0, 0.2, 0.5, 0.8)
WEIGHT_DECAY = (0.1, 1.0, 10.0)
LOSSES = ("match", "softmax-twice", "no-softmax", "sigmoid")
LOOKED_AT = (0, 10, 50, 200)
"""Steps after which the imbalanced heads are looked at."""
IMBALANCED = (100, 60, 36, 22, 13, 8, 5, 3, 2, 1)
"""Training images of each class of Fashion-MNIST in the imbalanced data."""


def _features(framework: str, name: str, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Features and labels of a whole split."""
    size = PIXELS[name]
    return vision.features(framework, name, size, split), vision.dataset(name, size).split(split).labels


def _drawn(labels: np.ndarray, counts: np.ndarray, seed: int) -> np.ndarray:
    """Rows with ``counts`` of each class, drawn by the seed."""
    rng = np.random.default_rng([seed, 5])
    chosen = [rng.permutation(np.flatnonzero(labels == k))[:n] for k, n in enumerate(counts)]
    return np.sort(np.concatenate(chosen))


def _rows(
    framework: str, dataset: str, per_class: int, seed: int
) -> tuple[dict[str, tuple[np.ndarray, np.ndarray]], np.ndarray]:
    """(features, labels) of the drawn training rows and of the other splits; and the counts drawn."""
    name = "fashion-mnist" if dataset == "imbalanced" else dataset
    x, y = _features(framework, name, "train")
    counts = np.array(IMBALANCED) if dataset == "imbalanced" else np.full(y.max() + 1, per_class)
    rows = _drawn(y, counts, seed)
    parts = {"train": (x[rows], y[rows])}
    for split in ("val", "test"):
        x, y = _features(framework, name, split)
        if dataset == "imbalanced":  # as skewed as the training data, and the same rows for every seed
            rows = _drawn(y, counts * np.bincount(y).min() // counts.max(), 0)
            x, y = x[rows], y[rows]
        parts[split] = x, y
    return parts, counts


def _loss(framework: str, loss: str) -> Any:
    """The mismatched losses; None for the one that fits."""
    if loss == "match":
        return None
    if framework == "torch":
        import torch.nn.functional as F

        if loss == "softmax-twice":
            return lambda outputs, targets: F.cross_entropy(outputs.softmax(1), targets)
        if loss == "no-softmax":  # raw outputs where logarithms of probabilities are expected
            return F.nll_loss
        return lambda outputs, targets: F.binary_cross_entropy_with_logits(
            outputs, F.one_hot(targets, outputs.shape[1]).float()
        )
    import keras

    if loss == "softmax-twice":
        twice = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        return lambda outputs, targets: twice(targets, keras.ops.softmax(outputs))
    if loss == "no-softmax":  # raw outputs where probabilities are expected, which is Keras's default
        plain = keras.losses.SparseCategoricalCrossentropy()
        return lambda outputs, targets: plain(targets, outputs)
    sigmoid = keras.losses.BinaryCrossentropy(from_logits=True)
    return lambda outputs, targets: sigmoid(
        keras.ops.one_hot(keras.ops.reshape(keras.ops.cast(targets, "int32"), (-1,)), outputs.shape[-1]),
        outputs,
    )


def _cross_entropy(outputs: np.ndarray, labels: np.ndarray) -> float:
    from tlcourse.probabilities import softmax

    return float(-np.log(np.maximum(softmax(outputs)[np.arange(len(labels)), labels], 1e-12)).mean())


def _trained(
    framework: str,
    dataset: str,
    per_class: int,
    head: str,
    loss: str,
    dropout: float,
    weight_decay: float,
    bias: str,
    steps: int,
    lr: float,
    seed: int,
) -> tuple[dict[str, tuple[np.ndarray, np.ndarray]], float]:
    """(raw outputs, labels) of each split, and the CPU seconds of training."""
    from tlcourse import heads

    parts, counts = _rows(framework, dataset, per_class, seed)
    x, y = parts["train"]
    started = time.process_time()
    model = heads.build(
        x.shape[1],
        len(counts),
        hidden=HEADS[head],
        dropout=dropout,
        bias=heads.bias_for_classes(counts) if bias == "frequencies" else None,
        seed=seed,
        framework=framework,
    )
    heads.fit(
        model,
        x,
        y,
        "one-of",
        steps=steps,
        lr=lr,
        batch_size=BATCH,
        weight_decay=weight_decay,
        seed=seed,
        loss=_loss(framework, loss),
    )
    seconds = time.process_time() - started
    return {split: (heads.outputs(model, x), y) for split, (x, y) in parts.items()}, seconds


def train_head(
    framework: str,
    dataset: str,
    per_class: int,
    head: str,
    loss: str,
    dropout: float,
    weight_decay: float,
    bias: str,
    steps: int,
    lr: float,
    seed: int,
) -> dict[str, float]:
    """One row of ``task-head``.

    Parameters
    ----------
    framework : {"torch", "keras"}
    dataset : {"fluent", "fashion-mnist", "imbalanced"}
    per_class : int
        Training images per class, drawn by the seed; 0 for the imbalanced data, with counts of their own.
    head : {"linear", "64", "256", "1024"}
    loss : {"match", "softmax-twice", "no-softmax", "sigmoid"}
    dropout, weight_decay : float
    bias : {"zero", "frequencies"}
    steps, lr, seed
        Of Adam's training.

    Returns
    -------
    dict
        Losses in nats (cross-entropy of the softmax of the outputs, whatever the head was trained with),
        accuracies from 0 to 1, ``confidence`` (the mean of the largest probability that the head itself would
        state on the test images) and CPU seconds.
    """
    from tlcourse import heads

    splits, seconds = _trained(
        framework, dataset, per_class, head, loss, dropout, weight_decay, bias, steps, lr, seed
    )
    stated = heads.activate(splits["test"][0], "any-of" if loss == "sigmoid" else "one-of")
    metrics = {f"{split}_loss": _cross_entropy(*splits[split]) for split in ("train", "val")}
    metrics |= {
        f"{split}_accuracy": float((outputs.argmax(1) == labels).mean())
        for split, (outputs, labels) in splits.items()
    }
    return {**metrics, "confidence": float(stated.max(1).mean()), "train_cpu_seconds": seconds}


def try_rate(
    framework: str, dataset: str, per_class: int, head: str, bias: str, lr: float, seed: int
) -> dict[str, float]:
    """One row of ``task-head-rates``: validation accuracy and loss for one learning rate."""
    splits, seconds = _trained(framework, dataset, per_class, head, "match", 0.0, 0.0, bias, STEPS, lr, seed)
    outputs, labels = splits["val"]
    return {
        "val_accuracy": float((outputs.argmax(1) == labels).mean()),
        "val_loss": _cross_entropy(outputs, labels),
        "train_cpu_seconds": seconds,
    }


SEARCHED: tuple[tuple[str, int, str, str], ...] = (
    *((d, n, head, "zero") for d, n in CELLS for head in HEADS),
    *(("imbalanced", 0, "linear", bias) for bias in ("zero", "frequencies")),
)
"""(data set, per class, head, bias) that each get a search of their own."""


def _rates_grid() -> list[Settings]:
    return [
        {"dataset": d, "per_class": n, "head": head, "bias": bias, "lr": lr, "seed": seed}
        for d, n, head, bias in SEARCHED
        for lr in TUNING_RATES
        for seed in TUNING_SEEDS
    ]


RATES: dict[tuple[str, int, str, str], float] = {
    ("fluent", 5, "linear", "zero"): 0.0001,
    ("fluent", 5, "64", "zero"): 0.0001,
    ("fluent", 5, "256", "zero"): 0.0001,
    ("fluent", 5, "1024", "zero"): 0.0001,
    ("fluent", 20, "linear", "zero"): 0.0003,
    ("fluent", 20, "64", "zero"): 0.0003,
    ("fluent", 20, "256", "zero"): 0.001,
    ("fluent", 20, "1024", "zero"): 0.01,
    ("fashion-mnist", 5, "linear", "zero"): 0.003,
    ("fashion-mnist", 5, "64", "zero"): 0.001,
    ("fashion-mnist", 5, "256", "zero"): 0.0003,
    ("fashion-mnist", 5, "1024", "zero"): 0.0003,
    ("fashion-mnist", 20, "linear", "zero"): 0.003,
    ("fashion-mnist", 20, "64", "zero"): 0.001,
    ("fashion-mnist", 20, "256", "zero"): 0.001,
    ("fashion-mnist", 20, "1024", "zero"): 0.0003,
    ("fashion-mnist", 100, "linear", "zero"): 0.003,
    ("fashion-mnist", 100, "64", "zero"): 0.003,
    ("fashion-mnist", 100, "256", "zero"): 0.003,
    ("fashion-mnist", 100, "1024", "zero"): 0.001,
    ("imbalanced", 0, "linear", "zero"): 0.01,
    ("imbalanced", 0, "linear", "frequencies"): 0.03,
}
"""Of :data:`SEARCHED` -> the rate with the best mean validation accuracy in the search."""


def _comparison_grid() -> list[Settings]:
    grid: dict[tuple[Any, ...], Settings] = {}

    def add(d: str, n: int, head: str, loss: str, bias: str, steps: int, lr: float, **more: float) -> None:
        for seed in SEEDS:
            settings: Settings = {
                "dataset": d,
                "per_class": n,
                "head": head,
                "loss": loss,
                "dropout": 0.0,
                "weight_decay": 0.0,
                "bias": bias,
                "steps": steps,
                "lr": lr,
                "seed": seed,
            }
            settings |= more
            grid[tuple(settings.values())] = settings

    for d, n in CELLS:
        for head in HEADS:
            add(d, n, head, "match", "zero", STEPS, RATES[d, n, head, "zero"])
    for d, n in REGULARISED:
        lr = RATES[d, n, "256", "zero"]
        for dropout in DROPOUT:
            add(d, n, "256", "match", "zero", LONG, lr, dropout=dropout)
        for decay in WEIGHT_DECAY:
            add(d, n, "256", "match", "zero", LONG, lr, weight_decay=decay)
        for loss in LOSSES:
            for lr in TUNING_RATES:  # a mismatch may want a rate of its own
                add(d, n, "linear", loss, "zero", STEPS, lr)
    for bias in ("zero", "frequencies"):
        for steps in LOOKED_AT:
            for start in ("zero", "frequencies"):  # the rate of each: so both are seen at the same rates
                add("imbalanced", 0, "linear", "match", bias, steps, RATES["imbalanced", 0, "linear", start])
    return list(grid.values())


def _cost(settings: Settings) -> float:
    """CPU seconds, roughly."""
    return 1.0 + settings.get("steps", STEPS) * (0.004 if settings.get("head") == "1024" else 0.001)


def _scatters(settings: Settings) -> bool:
    """Whether rounding alone moves a row far: raw outputs in Keras's loss for probabilities.

    That loss clips them to what a probability may be and divides by their sum. Which of them are clipped can
    hang on the last digit, and the head then learns something else. On one processor with one number of
    threads such a row repeats itself. All 70 of them were run with four kinds of arithmetic (two processors,
    one and two threads, with and without oneDNN) and five times more with features that were changed in their
    last digit: accuracies moved by up to 0.094, losses by up to 0.16 nats at rates up to 0.001, and by up to
    1.35, of as many as 26, at higher ones. In PyTorch the same rows moved by less than 0.0002.
    """
    return settings.get("loss") == "no-softmax" and settings["framework"] == "keras"


def _strays(settings: Settings) -> bool:
    """Whether the rate is so high on so few emoji that rounding alone moves a row.

    With other numbers of threads and on another processor accuracies of such rows moved by up to 0.083 and
    losses by up to 0.41 nats; with the softmax twice, in PyTorch, by up to 0.172 and 5.1.
    """
    return settings.get("dataset") == "fluent" and settings["lr"] >= 1e-2


def _strays_far(settings: Settings) -> bool:
    twice = settings.get("loss") == "softmax-twice" and settings["framework"] == "torch"
    return twice and _strays(settings)


def _tolerance(settings: Settings) -> float:
    """How far accuracy may move when only the rounding does: a linear head hardly moves."""
    if _scatters(settings):
        return 0.15
    if _strays(settings):
        return 0.3 if _strays_far(settings) else 0.12
    return 0.02 if settings.get("head") == "linear" and settings.get("dropout", 0) == 0 else 0.05


def _loss_tolerance(settings: Settings) -> float:
    """In nats."""
    if _scatters(settings):
        return 0.3 if settings["lr"] <= 1e-3 else 2.5
    if _strays(settings):
        return 8.0 if _strays_far(settings) else 0.7
    return 0.05 if settings.get("head") == "linear" else 0.3


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "task-head-rates",
        "tlcourse.sweeps.topics.task_head:try_rate",
        _rates_grid,
        {"val_accuracy": _tolerance, "val_loss": None, "train_cpu_seconds": None},
        frameworks=("torch",),
        cost=_cost,
        title="Chapter 5: a learning rate for each head, chosen on validation rows",
    ),
    Sweep(
        "task-head",
        "tlcourse.sweeps.topics.task_head:train_head",
        _comparison_grid,
        {
            "train_loss": _loss_tolerance,
            "val_loss": _loss_tolerance,
            "train_accuracy": _tolerance,
            "val_accuracy": _tolerance,
            "test_accuracy": _tolerance,
            "confidence": _tolerance,
            "train_cpu_seconds": None,
        },
        cost=_cost,
        title=(
            "Chapter 5: head size, dropout and weight decay, mismatched losses, a bias from the frequencies"
        ),
    ),
)
