"""Chapter 5's sweep of heads for several labels, and for a number, on collages of emoji.

``task-head-collages`` asks which labels are on a collage, or how many images it holds, each in two ways.
``task-head-collages-rates`` chose a learning rate for each, of seven, on validation rows and with seeds that
the comparison does not use; :data:`RATES` holds the choice. It ran in PyTorch only: starts and batches are
the same numbers in both frameworks.
"""

from __future__ import annotations

import time
from functools import cache
from typing import Any

import numpy as np

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.shared import vision
from tlcourse.sweeps.topics.task_head import BATCH, SEEDS, STEPS, TUNING_RATES, TUNING_SEEDS

__all__ = ["RATES", "SWEEPS", "judge_collages", "try_rate"]

POOL = {"train": 600, "val": 300, "test": 400}
"""Collages of each split; a row draws :data:`LEARNED` of the first."""
LEARNED = 300
ANSWERS = ("sigmoid", "softmax", "number", "classes")
"""Several labels by a sigmoid each, or by one softmax; the number of images as a number, or as a class."""


@cache
def _collages(framework: str, split: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features, labels and counts of the collages of a split."""
    from tlcourse import data, training

    part = vision.dataset("fluent", 32).split(split)
    collages = data.collages(part, POOL[split], seed=list(POOL).index(split))
    features = training.cache_features(vision.backbone(framework, 64), collages.images, progress=False)
    return features, collages.labels, collages.counts


def _share_loss(framework: str) -> Any:
    """Cross-entropy of a softmax against labels that share the one."""
    if framework == "torch":
        import torch.nn.functional as F

        return lambda outputs, targets: F.cross_entropy(outputs, targets / targets.sum(1, keepdim=True))
    import keras

    crossed = keras.losses.CategoricalCrossentropy(from_logits=True)
    return lambda outputs, targets: crossed(targets / keras.ops.sum(targets, axis=1, keepdims=True), outputs)


def _answer(framework: str, answer: str, lr: float, seed: int, split: str) -> tuple[dict[str, float], float]:
    from sklearn.metrics import average_precision_score, f1_score

    from tlcourse import heads

    x, labels, counts = _collages(framework, "train")
    rows = np.random.default_rng([seed, 6]).permutation(len(x))[:LEARNED]
    x, labels, counts = x[rows], labels[rows], counts[rows]
    several = answer in ("sigmoid", "softmax")
    task = {"sigmoid": "any-of", "softmax": "any-of", "number": "number", "classes": "one-of"}[answer]
    targets = labels if several else (counts.astype(np.float32) if answer == "number" else counts - 1)
    started = time.process_time()
    width = labels.shape[1] if several else (1 if answer == "number" else 4)
    model = heads.build(x.shape[1], width, seed=seed, framework=framework)
    loss = _share_loss(framework) if answer == "softmax" else None
    heads.fit(model, x, targets, task, steps=STEPS, lr=lr, batch_size=BATCH, seed=seed, loss=loss)
    seconds = time.process_time() - started
    x, labels, counts = _collages(framework, split)
    outputs = heads.outputs(model, x)
    if several:
        stated = heads.activate(outputs, "any-of" if answer == "sigmoid" else "one-of")
        return {
            "precision": float(average_precision_score(labels, stated, average="macro")),
            "f1": float(f1_score(labels, stated > 0.5, average="micro", zero_division=0.0)),
            "found": float((stated > 0.5).sum(1).mean()),
        }, seconds
    value = outputs[:, 0] if answer == "number" else outputs.argmax(1) + 1.0
    return {
        "error": float(np.abs(value - counts).mean()),
        "exact": float((np.clip(np.rint(value), 1, 4) == counts).mean()),
    }, seconds


def judge_collages(framework: str, answer: str, lr: float, seed: int) -> dict[str, float]:
    """One row of ``task-head-collages``.

    Returns
    -------
    dict
        Several labels: ``precision`` (macro average precision, 0 to 1), ``f1`` (micro, threshold one half),
        ``found`` (labels stated for an image). A number: ``error`` (mean absolute, in images), ``exact``
        (share of images counted right after rounding). Those that do not apply are -1.
    """
    nothing = dict.fromkeys(("precision", "f1", "found", "error", "exact"), -1.0)
    metrics, seconds = _answer(framework, answer, lr, seed, "test")
    return {**nothing, **metrics, "train_cpu_seconds": seconds}


def try_rate(framework: str, answer: str, lr: float, seed: int) -> dict[str, float]:
    """One row of ``task-head-collages-rates``: average precision on validation, or minus the mean error."""
    metrics, seconds = _answer(framework, answer, lr, seed, "val")
    return {"val_score": metrics.get("precision", -metrics.get("error", 0.0)), "train_cpu_seconds": seconds}


RATES: dict[str, float] = {
    "sigmoid": 0.003,
    "softmax": 0.001,
    "number": 0.001,
    "classes": 0.01,
}
"""Answer -> the rate with the best mean validation score in the search."""


def _rates_grid() -> list[Settings]:
    return [
        {"answer": answer, "lr": lr, "seed": seed}
        for answer in ANSWERS
        for lr in TUNING_RATES
        for seed in TUNING_SEEDS
    ]


def _grid() -> list[Settings]:
    return [{"answer": answer, "lr": RATES[answer], "seed": seed} for answer in ANSWERS for seed in SEEDS]


def _cost(settings: Settings) -> float:
    """CPU seconds, roughly."""
    return 1.2


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "task-head-collages-rates",
        "tlcourse.sweeps.topics.collage_head:try_rate",
        _rates_grid,
        {"val_score": 0.03, "train_cpu_seconds": None},
        frameworks=("torch",),
        cost=_cost,
        title="Chapter 5: a learning rate for each kind of answer about collages",
    ),
    Sweep(
        "task-head-collages",
        "tlcourse.sweeps.topics.collage_head:judge_collages",
        _grid,
        {
            "precision": 0.03,
            "f1": 0.03,
            "found": 0.1,
            "error": 0.05,
            "exact": 0.05,
            "train_cpu_seconds": None,
        },
        cost=_cost,
        title="Chapter 5: several labels, and a number, for one image",
    ),
)
