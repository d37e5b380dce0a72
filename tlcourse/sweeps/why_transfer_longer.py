"""The sceptic's question to chapter 1's sweep: do the random starts lack labels, or do they lack steps?

The comparison ``why-transfer`` gives every start 100 steps of 16 images, fewer images than the largest
training set has. Here they get six times the steps, on Fashion-MNIST, with few labels and with many; all else
is as it was: rates, pixels, seeds and so the drawn rows. (He, Girshick and Dollár 2018, "Rethinking ImageNet
Pre-training", arXiv:1811.08883, found that training from scratch catches up, given labels and time.)
"""

from __future__ import annotations

import time
from typing import Any

from tlcourse.sweeps import why_transfer as base
from tlcourse.sweeps.spec import Settings, Sweep

__all__ = ["STEPS", "SWEEPS", "train_longer"]

STEPS = 600
DATASET = "fashion-mnist"
SIZES = (20, 200)
METHODS = ("random", "small-cnn", "frozen")


def train_longer(
    framework: str, dataset: str, method: str, per_class: int, steps: int, lr: float, seed: int
) -> dict[str, float]:
    """One row: validation and test accuracy, 0 to 1, after ``steps`` steps, and their CPU seconds."""
    from tlcourse import training

    data = base._data(dataset)
    train = data.split("train").per_class(per_class, seed=seed)
    options: dict[str, Any] = {"steps": steps, "batch_size": base.BATCH, "lr": lr, "seed": seed}
    found: dict[str, float] = {}
    started = time.process_time()
    if method == "frozen":
        backbone = base._backbone(framework)
        features = training.cache_features(backbone, train, progress=False)
        head = training.fit_head(
            features, train.labels, len(data.class_names), framework=framework, **options
        )
    else:
        model = base._network(framework, method, len(data.class_names), seed)
        started = time.process_time()
        if framework == "keras":
            model.optimizer.learning_rate = lr
            base._steps_keras(model, train.images, train.labels, steps, seed)
        else:
            training.fit(model, train, progress=False, **options)
    seconds = time.process_time() - started
    for split in ("val", "test"):
        held_out = data.split(split)
        if method == "frozen":
            predicted = head.predict(base._features(framework, dataset, split))
        else:
            predicted = training.predict(model, held_out, progress=False)
        found[f"{split}_accuracy"] = float((predicted.argmax(1) == held_out.labels).mean())
    return {**found, "train_cpu_seconds": seconds}


def _grid() -> list[Settings]:
    return [
        {
            "dataset": DATASET,
            "method": method,
            "per_class": per_class,
            "steps": STEPS,
            "lr": base.RATES[DATASET, method],
            "seed": seed,
        }
        for per_class in SIZES
        for method in METHODS
        for seed in base.SEEDS
    ]


def _cost(settings: Settings) -> float:
    return {"frozen": 2.0, "small-cnn": 24.0}.get(settings["method"], 60.0)


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "why-transfer-longer",
        "tlcourse.sweeps.why_transfer_longer:train_longer",
        _grid,
        {"val_accuracy": base._tolerance, "test_accuracy": base._tolerance, "train_cpu_seconds": None},
        cost=_cost,
        title="Chapter 1: six times the steps on Fashion-MNIST",
    ),
)
