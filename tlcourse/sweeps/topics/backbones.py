"""Chapter 2's sweep: what the frozen features of seven published networks give, on two data sets.

``backbones`` puts the same linear probe on the features of each network, and on pixels:

* ``photos``: 216 photographs in six classes, the near domain, at :data:`SIZES` pixels. Each seed divides them
  into four parts, photographs of one kind of thing together; each part is predicted from the other three.
* ``solar-cells``: broken or not, the far domain. Each seed draws other solar modules for training and testing
  and, of these, as many cells of either class: :data:`TRAIN` and :data:`TEST`.

The probe is a logistic regression on standardised columns. Its strength of regularisation is chosen for every
row by itself, of :data:`STRENGTHS`, by cross-validation within the training images, in which things and
modules stay together as well. So every network has the same tries, and the test images are seen once.

Beside the accuracy stand the scores that need no training, of the training images alone, and what the network
costs at this size. It runs in PyTorch; ``backbones-keras`` runs the first seed of :data:`AGAIN` in Keras.
(That all seven give the same features in both frameworks is tested: ``tests/models/test_packs_parity.py``.)
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from tlcourse.sweeps.engine.spec import Settings, Sweep

__all__ = [
    "AGAIN",
    "CANDIDATES",
    "DATASETS",
    "NETWORKS",
    "SIZES",
    "STRENGTHS",
    "SWEEPS",
    "TEST",
    "TRAIN",
    "probe",
]

NETWORKS = (
    "squeezenet",
    "efficientnet_lite0",
    "efficientnet_lite1",
    "efficientnet_lite2",
    "densenet121_base",
    "vgg16_base",
    "xception_base",
)
CANDIDATES = (*NETWORKS, "random", "pixels")
"""The networks with ImageNet's weights; EfficientNet-Lite0 with random ones; no network at all."""
AGAIN = ("squeezenet", "efficientnet_lite0", "densenet121_base", "pixels")
"""Those that run in Keras as well."""
SIZES = {"photos": 128, "solar-cells": 96}
"""Side of the images in pixels, the same for every network."""
DATASETS = tuple(SIZES)
PIXELS = 32
"""Side of the images whose pixels are the features of "pixels"."""
TRAIN, TEST = 200, 100
"""Solar cells of each class."""
STRENGTHS = (0.001, 0.01, 0.1)
"""scikit-learn's C: smaller is stronger."""
SEEDS = (0, 1, 2, 3, 4)
PARTS = 4


@cache
def _photos() -> Any:
    from tlcourse import data

    return data.photos(size=SIZES["photos"])


@cache
def _cells(seed: int) -> tuple[Any, Any]:
    """Solar cells for training and for testing, of different modules, as many of either class."""
    from tlcourse import data

    whole = data.solar_cells(size=SIZES["solar-cells"], seed=seed)
    return (
        whole.split("train").per_class(TRAIN, seed=seed),
        whole.split("test").per_class(TEST, seed=seed),
    )


@cache
def _network(framework: str, candidate: str, seed: int) -> Any:
    from tlcourse import models

    if candidate == "random":
        return models.load("efficientnet_lite0", framework, weights=None, num_classes=0, seed=seed)
    return models.load(candidate, framework, num_classes=0)


def _features(framework: str, candidate: str, images: Any, seed: int) -> np.ndarray:
    """One row of features for each image of a data set: float (N, D)."""
    from tlcourse import training

    if candidate == "pixels":
        return images.resized(PIXELS).images.reshape(len(images), -1) / 255.0
    return training.cache_features(_network(framework, candidate, seed), images, progress=False)


@cache
def _of_photos(framework: str, candidate: str, seed: int) -> tuple[np.ndarray, float]:
    """Features of the photographs, and processor seconds for each; only random weights have a seed."""
    return _timed(framework, candidate, _photos(), seed)


def _timed(framework: str, candidate: str, images: Any, seed: int) -> tuple[np.ndarray, float]:
    started = time.process_time()
    features = _features(framework, candidate, images, seed)
    return features, (time.process_time() - started) / len(images)


def _coordinates(train: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Standardised columns, turned so that few are left: the training rows span no more dimensions.

    A logistic regression with a quadratic penalty gives the same predictions in any such coordinates.
    """
    mean, deviation = train.mean(0), train.std(0)
    deviation = np.where(deviation < 1e-6, 1.0, deviation)
    train, others = (train - mean) / deviation, (others - mean) / deviation
    *_, directions = np.linalg.svd(train, full_matrices=False)
    return train @ directions.T, others @ directions.T


def _fitted(features: np.ndarray, labels: np.ndarray, strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, max_iter=2000).fit(features, labels)


def _folds(
    labels: np.ndarray, groups: np.ndarray, parts: int, seed: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Training and held-out rows of each part; a group is in one part."""
    from sklearn.model_selection import StratifiedGroupKFold

    folds = StratifiedGroupKFold(parts, shuffle=True, random_state=seed)
    yield from folds.split(labels, labels, groups)


def _predicted(
    train: np.ndarray, labels: np.ndarray, groups: np.ndarray, test: np.ndarray, seed: int
) -> np.ndarray:
    """The probe's classes for the test rows: int (M,). The strength is chosen within the training rows."""
    right = dict.fromkeys(STRENGTHS, 0)
    for fitting, held in _folds(labels, groups, 3, seed):
        inner, outer = _coordinates(train[fitting], train[held])
        for strength in STRENGTHS:
            said = _fitted(inner, labels[fitting], strength).predict(outer)
            right[strength] += int((said == labels[held]).sum())
    inner, outer = _coordinates(train, test)
    chosen = max(STRENGTHS, key=lambda strength: right[strength])
    return _fitted(inner, labels, chosen).predict(outer)


def probe(framework: str, dataset: str, candidate: str, seed: int) -> dict[str, float]:
    """One row of ``backbones``.

    Parameters
    ----------
    framework : {"torch", "keras"}
    dataset : {"photos", "solar-cells"}
    candidate : str
        One of :data:`CANDIDATES`.
    seed : int
        Of the parts, the modules, the cells drawn, and the random weights.

    Returns
    -------
    dict
        ``accuracy`` (0 to 1, test images); ``knn`` (leave-one-out accuracy, 0 to 1) and ``logme`` (nats per
        image) of the training images, for the photographs of all; ``parameters`` and ``multiply_adds`` (for
        one image of this size) of the network, 0 for pixels; ``cpu_ms`` for the features of one image.
    """
    from tlcourse.models import costs
    from tlcourse.transferability import knn_accuracy, logme

    if dataset == "photos":
        photos = _photos()
        things = np.unique(photos.things, return_inverse=True)[1]
        features, seconds = _of_photos(framework, candidate, seed if candidate == "random" else 0)
        labels, right = photos.labels, 0
        for train, test in _folds(labels, things, PARTS, seed):
            said = _predicted(features[train], labels[train], things[train], features[test], seed)
            right += int((said == labels[test]).sum())
        accuracy = right / len(labels)
    else:
        cells, others = _cells(seed)
        features, seconds = _timed(framework, candidate, cells, seed)
        labels = cells.labels
        said = _predicted(features, labels, cells.blocks, _features(framework, candidate, others, seed), seed)
        accuracy = float((said == others.labels).mean())
    model = None if candidate == "pixels" else _network(framework, candidate, seed)
    return {
        "accuracy": accuracy,
        "knn": knn_accuracy(features, labels),
        "logme": logme(features, labels),
        "parameters": float(costs.parameters(model)) if model is not None else 0.0,
        "multiply_adds": float(costs.multiply_adds(model, SIZES[dataset])) if model is not None else 0.0,
        "cpu_ms": seconds * 1e3,
    }


def _grid(candidates: tuple[str, ...], seeds: tuple[int, ...]) -> list[Settings]:
    return [
        {"dataset": dataset, "candidate": candidate, "seed": seed}
        for dataset in DATASETS
        for candidate in candidates
        for seed in seeds
    ]


_MILLISECONDS = {
    "squeezenet": 8,
    "efficientnet_lite1": 15,
    "efficientnet_lite2": 18,
    "densenet121_base": 40,
    "vgg16_base": 90,
    "xception_base": 50,
    "pixels": 0,
}


def _cost(settings: Settings) -> float:
    """Processor seconds of a row by itself, roughly."""
    images, scale = (216, 1.0) if settings["dataset"] == "photos" else (2 * (TRAIN + TEST), (96 / 128) ** 2)
    return 5.0 + images * scale * _MILLISECONDS.get(settings["candidate"], 12) / 1e3


_METRICS: dict[str, Any] = {
    # A photograph is half a point in a hundred; the probe's choice of a strength may turn with the rounding.
    "accuracy": 0.03,
    "knn": 0.015,
    "logme": 0.005,
    "parameters": 1000.0,  # the tables keep six digits
    "multiply_adds": 1e6,
    "cpu_ms": None,
}

SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "backbones",
        "tlcourse.sweeps.topics.backbones:probe",
        lambda: _grid(CANDIDATES, SEEDS),
        _METRICS,
        frameworks=("torch",),
        cost=_cost,
        title="Chapter 2: a linear probe on the frozen features of seven networks, and on pixels",
    ),
    Sweep(
        "backbones-keras",
        "tlcourse.sweeps.topics.backbones:probe",
        lambda: _grid(AGAIN, SEEDS[:1]),
        _METRICS,
        frameworks=("keras",),
        cost=_cost,
        title="Chapter 2: the same in Keras, for four of the candidates and one seed",
    ),
)
