"""Chapter 4's six ways on images that a camera made: photos (near) and solar cells (far).

The ways are those of :mod:`tlcourse.sweeps.topics.freeze_or_tune`, from five labels of each class to all of
them. Two controls have no pretrained weights: the small network, and a logistic regression on pixels. Solar
cells are divided by modules anew for each seed, and judged on as many defective cells as functional ones.

``freeze-photographs-rates`` tries three rates for each way on validation images, with one number of labels
for each data set: for the photos with seeds that the comparison does not use, for the solar cells within each
division, since another seed's validation modules may be its test modules. It runs in PyTorch, and so does the
comparison. ``freeze-photographs-keras`` repeats a fifth of the comparison in Keras, from the same starts and
with the same batches: one seed of all of it.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.shared import camera, settled, trainer
from tlcourse.sweeps.shared.camera_rates import chosen_rate, search_grid
from tlcourse.sweeps.topics import freeze_or_tune, why_pixels

__all__ = [
    "ALL_LABELS",
    "CELLS",
    "METHODS",
    "SEEDS",
    "STEPS",
    "SWEEPS",
    "TUNING_RATES",
    "TUNING_SEEDS",
    "TUNING_SIZE",
    "compare_methods",
    "fit_pixels",
    "try_rate",
]

SIZE = 64
"""Side of the images, in pixels."""
ALL_LABELS = 0
"""In place of a number of images per class: every photo; of the solar cells every defective one of the
training modules and as many functional ones, since they are judged on as many of each."""
CELLS = (
    ("photos", 5),
    ("photos", ALL_LABELS),
    ("solar-cells", 5),
    ("solar-cells", 50),
    ("solar-cells", ALL_LABELS),
)
"""(data set, training images per class)."""
STEPS = dict.fromkeys(CELLS, 80) | {("solar-cells", ALL_LABELS): 240}
"""Of 16 images each. Of some 970 solar cells 240 steps see each four times."""
HEAD_ALONE = freeze_or_tune.STAGES["gradual"][0][1]
STAGES = {"frozen": ((1.0, HEAD_ALONE),), "small-cnn": ((1.0, ()),), **freeze_or_tune.STAGES}
METHODS = (*freeze_or_tune.METHODS, "small-cnn")
SEEDS = (0, 1, 2, 3, 4)

TUNING_SIZE = {"photos": ALL_LABELS, "solar-cells": 50}
TUNING_SEEDS = {"photos": (100, 101), "solar-cells": SEEDS}
TUNING_RATES = {
    "frozen": (1e-3, 3e-3, 1e-2),
    "last-block": (3e-4, 1e-3, 3e-3),
    "all": (3e-5, 1e-4, 3e-4),
    "all-bn": (3e-4, 1e-3, 3e-3),
    "gradual": (3e-5, 1e-4, 3e-4),
    "probe-then-tune": (3e-5, 1e-4, 3e-4),
    "small-cnn": (3e-4, 1e-3, 3e-3),
}


def _train_images(dataset: str, per_class: int, seed: int, size: int = SIZE) -> Any:
    whole = camera.part(dataset, "train", size, seed)
    if per_class != ALL_LABELS:
        return whole.per_class(per_class, seed=seed)
    return whole if dataset == "photos" else whole.per_class(min(whole.counts().values()), seed=seed)


def _run(
    framework: str, dataset: str, method: str, per_class: int, lr: float, seed: int, split: str
) -> dict[str, float]:
    """One run: accuracy on a split, and the CPU seconds of training."""
    train = _train_images(dataset, per_class, seed)
    small = method == "small-cnn"
    name = "small_cnn" if small else "efficientnet_lite0"
    network = trainer.get(framework, len(train.class_names), name, SIZE)
    network.start(None if small else "imagenet", seed)
    seconds = 0.0
    for number, (share, frozen) in enumerate(STAGES[method]):
        fixed = frozen == HEAD_ALONE and method != "frozen"
        seconds += network.train(
            train,
            steps=round(STEPS[dataset, per_class] * share),
            lr=freeze_or_tune.PROBE_RATE if fixed else lr,
            # Another order of the batches in each stage: the same few again would be less data.
            seed=seed + 1000 * number,
            batch_size=freeze_or_tune.BATCH,
            frozen=frozen,
            keep_batch_norm=method not in ("all-bn", "small-cnn"),
        )
    judged = camera.part(dataset, split, SIZE, seed)
    return {f"{split}_accuracy": network.accuracy(judged), "train_cpu_seconds": seconds}


# ------------------------------------------------------------------------------------------- the rates


def try_rate(
    framework: str, dataset: str, method: str, per_class: int, lr: float, seed: int
) -> dict[str, float]:
    """One row of ``freeze-photographs-rates``: validation accuracy, 0 to 1, for one learning rate."""
    return _run(framework, dataset, method, per_class, lr, seed, "val")


def _rates_grid() -> list[Settings]:
    return search_grid(TUNING_SIZE, TUNING_RATES, TUNING_SEEDS)


# -------------------------------------------------------------------------------------- the comparison


def compare_methods(
    framework: str, dataset: str, method: str, per_class: int, seed: int, lr: float
) -> dict[str, float]:
    """One row of ``freeze-photographs``: test accuracy, 0 to 1, and the CPU seconds of training.

    Parameters
    ----------
    framework : {"torch", "keras"}
    dataset : {"photos", "solar-cells"}
    method : str
        One of :data:`METHODS`.
    per_class : int
        Training images per class, drawn by the seed; :data:`ALL_LABELS` for all.
    seed : int
        Of the drawn images, of the solar cells' division into splits, of the head's start (of the small
        network: of all its weights), and of the order of the batches.
    lr : float
        Adam's learning rate (in ``gradual`` and ``probe-then-tune``: of the stages after the head's).
    """
    return _run(framework, dataset, method, per_class, lr, seed, "test")


def fit_pixels(framework: str, dataset: str, per_class: int, seed: int) -> dict[str, float]:
    """One row of ``freeze-pixels``: test accuracy, 0 to 1, of a logistic regression on 32 x 32 pixels.

    Its regularisation is chosen anew in each row, on the validation images of that row.
    """
    train = _train_images(dataset, per_class, seed, why_pixels.SIZE)
    val, test = (camera.part(dataset, split, why_pixels.SIZE, seed) for split in ("val", "test"))
    pixels = why_pixels.pixels_of(train.images)
    heads = settled.fitted(pixels, train.labels, why_pixels.STRENGTHS)
    scores = [model.score(why_pixels.pixels_of(val.images), val.labels) for model in heads]
    best = heads[int(np.argmax(scores))]  # the strongest regularisation of those that tie
    return {"test_accuracy": float(best.score(why_pixels.pixels_of(test.images), test.labels))}


def _comparison_grid() -> list[Settings]:
    return [
        {"dataset": dataset, "method": method, "per_class": per_class, "seed": seed}
        for dataset, per_class in CELLS
        for method in METHODS
        for seed in SEEDS
    ]


def _pixels_grid() -> list[Settings]:
    return [
        {"dataset": dataset, "per_class": per_class, "seed": seed}
        for dataset, per_class in CELLS
        for seed in SEEDS
    ]


def _cost(settings: Settings) -> float:
    """CPU seconds, roughly."""
    step = {"frozen": 0.05, "last-block": 0.06, "small-cnn": 0.06, "gradual": 0.1, "probe-then-tune": 0.1}
    steps = STEPS[settings["dataset"], settings["per_class"]]
    return 2 + steps * step.get(settings["method"], 0.16)


def _tolerance(settings: Settings) -> float:
    """How far accuracy may move when only the rounding does; see ``why_transfer``.

    At its highest rate the small network may or may not collapse on solar cells: one of five seeds ended at
    0.60, 0.504 or 0.50 by the number of threads.
    """
    if settings["method"] == "small-cnn" and settings.get("lr") == max(TUNING_RATES["small-cnn"]):
        return 0.2
    return {"frozen": 0.04, "small-cnn": 0.1}.get(settings["method"], 0.12)


def _comparison(name: str, framework: str, grid: Any, title: str) -> Sweep:
    return Sweep(
        name,
        "tlcourse.sweeps.topics.freeze_photographs:compare_methods",
        grid,
        {"test_accuracy": _tolerance, "train_cpu_seconds": None},
        frameworks=(framework,),
        cost=_cost,
        given=partial(chosen_rate, "freeze-photographs-rates"),
        after=("freeze-photographs-rates",),
        title=title,
    )


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "freeze-photographs-rates",
        "tlcourse.sweeps.topics.freeze_photographs:try_rate",
        _rates_grid,
        {"val_accuracy": _tolerance, "train_cpu_seconds": None},
        frameworks=("torch",),
        cost=_cost,
        title="Chapter 4: a learning rate for each way on photographs, chosen on validation images",
    ),
    _comparison("freeze-photographs", "torch", _comparison_grid, "Chapter 4: six ways, on photographs"),
    _comparison(
        "freeze-photographs-keras",
        "keras",
        lambda: [row for row in _comparison_grid() if row["seed"] == 0],
        "Chapter 4: a fifth of the same, in Keras",
    ),
    Sweep(
        "freeze-pixels",
        "tlcourse.sweeps.topics.freeze_photographs:fit_pixels",
        _pixels_grid,
        {"test_accuracy": 0.04},
        frameworks=("plain",),
        title="Chapter 4: logistic regression on pixels, the control without a network",
    ),
)
