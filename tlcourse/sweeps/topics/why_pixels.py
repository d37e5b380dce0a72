"""Chapter 1's plainest control: a logistic regression on the pixels, with no network at all.

It runs on all data sets of the chapter, at the sizes and with the drawn images of the sweeps that train
networks. Four strengths of regularisation are tried for each draw, on that draw's validation images. That is
more often than the networks' rates are searched, so it favours the control.

``why-brightness`` asks what the pixels of a solar cell tell: it keeps one number of each image, its mean.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.shared import camera, settled, vision
from tlcourse.sweeps.topics import why_photographs, why_transfer

__all__ = ["SWEEPS", "fit_brightness", "fit_pixels", "pixels_of"]

SIZE = 32
"""Side of the images, in pixels; Fashion-MNIST's have 28 and are left as they are."""
STRENGTHS = (1e-3, 1e-2, 1e-1, 1.0)
"""scikit-learn's C, the inverse of the regularisation."""
SIZES = {
    "photos": why_photographs.SIZES["photos"],
    "three-styles": why_transfer.SIZES["three-styles"],
    "fashion-mnist": why_transfer.SIZES["fashion-mnist"],
    "solar-cells": why_photographs.SIZES["solar-cells"],
}
OTHER = {"three-styles": ("twemoji", SIZE), "fashion-mnist": ("fashion-mnist", 28)}


def _part(dataset: str, split: str, seed: int) -> Any:
    if dataset in OTHER:
        return vision.dataset(*OTHER[dataset]).split(split)
    return camera.part(dataset, split, SIZE, seed)


def pixels_of(images: np.ndarray) -> np.ndarray:
    """Images uint8 (N, H, W, 3) as rows of numbers from 0 to 1, float32; of grey images one channel."""
    if (images == images[..., :1]).all():
        images = images[..., :1]
    return images.reshape(len(images), -1) / np.float32(255)


def fit_pixels(framework: str, dataset: str, per_class: int, seed: int) -> dict[str, float]:
    """One row of ``why-pixels``: accuracies, 0 to 1, and the CPU seconds of all the fits.

    Parameters
    ----------
    framework : {"plain"}
    dataset : {"photos", "three-styles", "fashion-mnist", "solar-cells"}
    per_class : int
        Training images per class, drawn by the seed.
    seed : int
        Of the drawn images, and of the solar cells' division into splits.
    """
    train = _part(dataset, "train", seed).per_class(per_class, seed=seed)
    val, test = (_part(dataset, split, seed) for split in ("val", "test"))
    drawn, judged = pixels_of(train.images), pixels_of(val.images)
    started = time.process_time()
    heads = settled.fitted(drawn, train.labels, STRENGTHS)
    seconds = time.process_time() - started
    scores = [model.score(judged, val.labels) for model in heads]
    best = heads[int(np.argmax(scores))]  # the strongest regularisation of those that tie
    return {
        "train_accuracy": float(best.score(drawn, train.labels)),
        "val_accuracy": float(max(scores)),
        "test_accuracy": float(best.score(pixels_of(test.images), test.labels)),
        "train_cpu_seconds": seconds,
    }


def fit_brightness(framework: str, dataset: str, per_class: int, seed: int) -> dict[str, float]:
    """One row of ``why-brightness``: test accuracy, 0 to 1, from the mean of each image alone."""
    from sklearn.linear_model import LogisticRegression

    train = _part(dataset, "train", seed).per_class(per_class, seed=seed)
    test = _part(dataset, "test", seed)
    drawn, judged = (pixels_of(part.images).mean(axis=1, keepdims=True) for part in (train, test))
    # One number needs no regularisation to speak of.
    model = LogisticRegression(C=100, max_iter=1000).fit(drawn, train.labels)
    return {"test_accuracy": float(model.score(judged, test.labels))}


def _grid() -> list[Settings]:
    return [
        {"dataset": dataset, "per_class": per_class, "seed": seed}
        for dataset, sizes in SIZES.items()
        for per_class in sizes
        for seed in why_transfer.SEEDS
    ]


def _tolerance(settings: Settings) -> float:
    """scikit-learn's own solver, on other versions of it: one of the 53 test photos, or two."""
    return 0.04


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "why-pixels",
        "tlcourse.sweeps.topics.why_pixels:fit_pixels",
        _grid,
        {
            "train_accuracy": None,
            "val_accuracy": _tolerance,
            "test_accuracy": _tolerance,
            "train_cpu_seconds": None,
        },
        frameworks=("plain",),
        cost=lambda settings: 1.0,
        title="Chapter 1: logistic regression on pixels, the control without a network",
    ),
    Sweep(
        "why-brightness",
        "tlcourse.sweeps.topics.why_pixels:fit_brightness",
        lambda: [row for row in _grid() if row["dataset"] == "solar-cells"],
        {"test_accuracy": _tolerance},
        frameworks=("plain",),
        title="Chapter 1: logistic regression on the mean brightness of a solar cell",
    ),
)
