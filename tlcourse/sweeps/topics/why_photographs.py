"""Chapter 1's ways to start, on images that a camera made: photos, and solar cells.

The ways, steps and batches are those of :mod:`tlcourse.sweeps.topics.why_transfer`, but for the large network
from random weights: it costs as much as fine-tuning, and on so few images it is a weak opponent. Fine-tuning
leaves BatchNorm as ImageNet did, as was chosen there. The solar cells are divided into training, validation
and test by modules, anew for each seed: a result is for modules that nothing was trained on.

``why-photographs-rates`` tries three rates for each way on validation images: for the photos with seeds that
the comparison does not use, for the solar cells within each seed, since another seed's validation modules may
be its test modules. It runs in PyTorch, and so does the comparison. ``why-photographs-keras`` repeats a
quarter of the comparison in Keras, from the same starts and with the same batches.
"""

from __future__ import annotations

import time
from functools import cache, partial
from typing import Any

import numpy as np

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.shared import camera, trainer, vision
from tlcourse.sweeps.shared.camera_rates import chosen_rate, search_grid

__all__ = ["METHODS", "SEEDS", "SIZES", "SWEEPS", "compare_starts", "try_rate"]

METHODS = ("small-cnn", "frozen", "fine-tuned")
SIZE = 64
STEPS = 100
BATCH = 16
SIZES = {"photos": (2, 10), "solar-cells": (20, 300)}
"""Training images per class. The smallest class of the photos has 11."""
SEEDS = (0, 1, 2, 3, 4)

TUNING_SIZE = {"photos": 10, "solar-cells": 100}
TUNING_SEEDS = {"photos": (100, 101), "solar-cells": SEEDS}
TUNING_RATES = {
    "small-cnn": (3e-4, 1e-3, 3e-3),
    "frozen": (1e-3, 3e-3, 1e-2),
    "fine-tuned": (1e-4, 3e-4, 1e-3),
}

# -------------------------------------------------------------------------------------------- one run


@cache
def _features(framework: str, dataset: str, split: str, seed: int) -> np.ndarray:
    """What the frozen backbone makes of a split, float32 (N, D)."""
    from tlcourse import training

    return training.cache_features(
        vision.backbone(framework, SIZE), camera.part(dataset, split, SIZE, seed), progress=False
    )


def _frozen(
    framework: str, dataset: str, train: Any, lr: float, seed: int, splits: tuple[str, ...]
) -> dict[str, float]:
    """A linear head on frozen features: accuracies, and the seconds of features and training together."""
    from tlcourse import training

    backbone = vision.backbone(framework, SIZE)
    started = time.process_time()
    features = training.cache_features(backbone, train, progress=False)
    head = training.fit_head(
        features,
        train.labels,
        len(train.class_names),
        steps=STEPS,
        batch_size=BATCH,
        lr=lr,
        seed=seed,
        framework=framework,
    )
    seconds = time.process_time() - started

    def accuracy(rows: np.ndarray, labels: np.ndarray) -> float:
        return float((head.predict(rows).argmax(1) == labels).mean())

    results = {"train_accuracy": accuracy(features, train.labels), "train_cpu_seconds": seconds}
    for split in splits:
        labels = camera.part(dataset, split, SIZE, seed).labels
        results[f"{split}_accuracy"] = accuracy(_features(framework, dataset, split, seed), labels)
    return results


def _run(
    framework: str, dataset: str, method: str, per_class: int, lr: float, seed: int, splits: tuple[str, ...]
) -> dict[str, float]:
    """One run: accuracy on the training images and on each of ``splits``, and the CPU seconds of training."""
    train = camera.part(dataset, "train", SIZE, seed).per_class(per_class, seed=seed)
    if method == "frozen":
        return _frozen(framework, dataset, train, lr, seed, splits)
    name = "small_cnn" if method == "small-cnn" else "efficientnet_lite0"
    network = trainer.get(framework, len(train.class_names), name, SIZE)
    network.start("imagenet" if method == "fine-tuned" else None, seed)
    seconds = network.train(
        train, steps=STEPS, lr=lr, seed=seed, batch_size=BATCH, keep_batch_norm=method == "fine-tuned"
    )
    judged = {split: camera.part(dataset, split, SIZE, seed) for split in splits}
    results = {f"{split}_accuracy": network.accuracy(data) for split, data in judged.items()}
    return {**results, "train_accuracy": network.accuracy(train), "train_cpu_seconds": seconds}


# ------------------------------------------------------------------------------------------- the rates


def try_rate(
    framework: str, dataset: str, method: str, per_class: int, lr: float, seed: int
) -> dict[str, float]:
    """One row of ``why-photographs-rates``: validation accuracy, 0 to 1, for one learning rate."""
    results = _run(framework, dataset, method, per_class, lr, seed, ("val",))
    return {name: results[name] for name in ("val_accuracy", "train_cpu_seconds")}


def _rates_grid() -> list[Settings]:
    return search_grid(TUNING_SIZE, TUNING_RATES, TUNING_SEEDS)


# -------------------------------------------------------------------------------------- the comparison


def compare_starts(
    framework: str, dataset: str, method: str, per_class: int, seed: int, lr: float
) -> dict[str, float]:
    """One row of ``why-photographs``: training and test accuracy, 0 to 1, and the CPU seconds of training.

    Parameters
    ----------
    framework : {"torch", "keras"}
    dataset : {"photos", "solar-cells"}
    method : {"small-cnn", "frozen", "fine-tuned"}
    per_class : int
        Training images per class, drawn by the seed.
    seed : int
        Of the drawn images, of the solar cells' division into splits, of whatever is random in the start, and
        of the order of the batches.
    lr : float
        Adam's learning rate.
    """
    return _run(framework, dataset, method, per_class, lr, seed, ("test",))


def _comparison_grid() -> list[Settings]:
    return [
        {"dataset": dataset, "method": method, "per_class": per_class, "seed": seed}
        for dataset, sizes in SIZES.items()
        for per_class in sizes
        for method in METHODS
        for seed in SEEDS
    ]


def _quarter() -> list[Settings]:
    """What Keras repeats: one seed of everything, and another one with the most photos."""
    return [
        row
        for row in _comparison_grid()
        if row["seed"] == 0 or (row["seed"] == 1 and (row["dataset"], row["per_class"]) == ("photos", 10))
    ]


def _cost(settings: Settings) -> float:
    """CPU seconds, roughly."""
    return {"frozen": 0.5, "small-cnn": 4.0}.get(settings["method"], 10.0)


def _tolerance(settings: Settings) -> float:
    """How far accuracy may move when only the rounding does; see ``why_transfer``."""
    return {"frozen": 0.04, "small-cnn": 0.1}.get(settings["method"], 0.12)


def _sweep(name: str, framework: str, grid: Any, title: str) -> Sweep:
    return Sweep(
        name,
        "tlcourse.sweeps.topics.why_photographs:compare_starts",
        grid,
        {"train_accuracy": None, "test_accuracy": _tolerance, "train_cpu_seconds": None},
        frameworks=(framework,),
        cost=_cost,
        given=partial(chosen_rate, "why-photographs-rates"),
        after=("why-photographs-rates",),
        title=title,
    )


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "why-photographs-rates",
        "tlcourse.sweeps.topics.why_photographs:try_rate",
        _rates_grid,
        {"val_accuracy": _tolerance, "train_cpu_seconds": None},
        frameworks=("torch",),
        cost=_cost,
        title="Chapter 1: a learning rate for each way on photographs, chosen on validation images",
    ),
    _sweep("why-photographs", "torch", _comparison_grid, "Chapter 1: the ways to start, on photographs"),
    _sweep("why-photographs-keras", "keras", _quarter, "Chapter 1: a quarter of the same, in Keras"),
)
