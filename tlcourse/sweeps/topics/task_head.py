"""Chapter 5's sweeps: heads on what a frozen backbone makes of solar cells, and of photographs.

``task-head`` trains one head on solar cells. Its setting ``aim`` says what the head is for, and with which
loss it is trained:

* ``yes or no``: is the cell defective? One output, binary cross-entropy;
* ``weighted``: the same, each defective cell counting as much more as there are fewer of them;
* ``doubt``: the same, with the experts' probability as the target in place of yes or no;
* ``number``: the probability itself, squared error; ``kind``: one of two classes, cross-entropy;
* ``softmax of one``, ``shapes``: mistakes with one output that raise no error.

Its setting ``head`` is the head's size, with or without batch normalisation and dropout. A seed draws which
modules are in which split, the head's start and the order of the batches. ``task-head-rates`` chose a rate
for each aim and head, of five, by the validation loss and with seeds that the comparison does not use. Both
ran in PyTorch; ``task-head-again`` repeats three of the ten seeds in Keras.

``task-head-pixels`` is the control: the same cells and splits, scikit-learn on 32 x 32 grey pixels.

``task-head-pairings`` makes three mistakes with a head for one of six classes, on cut-out photographs, at
each of five rates (in Keras such rows scatter by rounding alone where logits are taken for probabilities:
:func:`_pairing_tolerance`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.shared import vision
from tlcourse.sweeps.shared.rates import chosen_rates

__all__ = ["AIMS", "HEADS", "SWEEPS", "pair", "read_pixels", "train_head", "try_rate"]

SIZE = 128
"""Side of the images, in pixels."""
STEPS, BATCH = 400, 32
SEEDS = tuple(range(10))
REPEATED = SEEDS[:3]
"""Seeds that Keras repeats."""
TUNING_SEEDS = (100, 101)
RATES = (3e-5, 1e-4, 3e-4, 1e-3, 3e-3)
HEADS: dict[str, dict[str, Any]] = {
    "linear": {},
    "256": {"hidden": (256,)},
    "256, norm": {"hidden": (256,), "batch_norm": True},
    "256, norm, dropout": {"hidden": (256,), "batch_norm": True, "dropout": 0.5},
}
SEARCHED = (
    *(("yes or no", head) for head in HEADS),
    *((aim, "linear") for aim in ("weighted", "doubt", "number", "kind")),
)
"""(aim, head) that each get a search of their own."""
MISTAKES = {"softmax of one": "yes or no", "shapes": "number"}
"""A mistake -> the aim that it was meant for, at whose rate it is trained."""
AIMS = ("yes or no", "weighted", "doubt", "number", "kind", *MISTAKES)
NOTHING = -1.0
"""What stands in the table for a metric that an aim has not."""


@cache
def _cells(size: int) -> Any:
    from tlcourse import data

    return data.solar_cells(size=size)


@cache
def _features(framework: str) -> np.ndarray:
    """What the backbone makes of all cells, float32 (N, D)."""
    from tlcourse import training

    return training.cache_features(vision.backbone(framework, SIZE), _cells(SIZE), progress=False)


def _targets(aim: str) -> np.ndarray:
    """float32 (N, 1), or int64 (N,) for classes."""
    cells = _cells(SIZE)
    if aim == "kind":
        return np.array([kind == "polycrystalline" for kind in cells.kinds]).astype(np.int64)
    of = cells.probabilities if aim in ("doubt", "number", "shapes") else cells.labels
    return of.astype(np.float32)[:, None]


def _loss(framework: str, aim: str, weight: float) -> Callable[[Any, Any], Any] | None:
    """``loss(outputs, targets)``; None for the one that fits classes or a number."""
    if aim in ("kind", "number"):
        return None
    if framework == "torch":
        import torch.nn.functional as F

        sure = F.binary_cross_entropy_with_logits
        losses: dict[str, Callable[[Any, Any], Any]] = {
            "yes or no": sure,
            "doubt": sure,
            "weighted": lambda z, t: sure(z, t, pos_weight=z.new_tensor([weight])),
            "softmax of one": lambda z, t: F.binary_cross_entropy(z.softmax(dim=1), t),
            # (N, 1) against (N,): each output is compared with each target.
            "shapes": lambda z, t: ((z - t[:, 0]) ** 2).mean(),
        }
        return losses[aim]
    import keras
    from keras import ops

    sure = keras.losses.BinaryCrossentropy(from_logits=True)
    of_shares = keras.losses.BinaryCrossentropy()
    return {
        "yes or no": lambda z, t: sure(t, z),
        "doubt": lambda z, t: sure(t, z),
        # What `class_weight` does: the loss of a row times the weight of its class.
        "weighted": lambda z, t: sure(t, z, sample_weight=1 + (weight - 1) * t),
        "softmax of one": lambda z, t: of_shares(t, ops.softmax(z, axis=1)),
        "shapes": lambda z, t: ops.mean((z - t[:, 0]) ** 2),
    }[aim]


def _trained(
    framework: str, aim: str, head: str, lr: float, seed: int
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], float]:
    """Raw outputs of each split, its rows, and the CPU seconds of training."""
    from tlcourse import heads

    x, y, splits = _features(framework), _targets(aim), _cells(SIZE).split_again(seed=seed).splits
    rows = splits["train"]
    positive = float((y[rows] > 0.5).mean())
    started = time.process_time()
    model = heads.build(x.shape[1], 2 if aim == "kind" else 1, **HEADS[head], seed=seed, framework=framework)
    heads.fit(
        model,
        x[rows],
        y[rows],
        "one-of" if aim == "kind" else "number",
        steps=STEPS,
        lr=lr,
        batch_size=BATCH,
        seed=seed,
        loss=_loss(framework, aim, (1 - positive) / positive),
    )
    seconds = time.process_time() - started
    return {split: heads.outputs(model, x[some]) for split, some in splits.items()}, splits, seconds


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(z, np.float64)))


def _stated(aim: str, outputs: np.ndarray) -> np.ndarray:
    """What the head gives for each cell, a probability or what was trained as one: float64 (N,)."""
    if aim in ("number", "shapes"):
        return np.asarray(outputs[:, 0], np.float64)
    if aim == "softmax of one":
        return np.ones(len(outputs))
    return _sigmoid(outputs[:, 0])


def _own_loss(aim: str, outputs: np.ndarray, targets: np.ndarray) -> float:
    """What the aim's right loss says, in nats or squared: without the mistake, and without weights."""
    z = np.asarray(outputs, np.float64)
    if aim == "kind":
        highest = z.max(1, keepdims=True)
        logs = z - highest - np.log(np.exp(z - highest).sum(1, keepdims=True))
        return float(-logs[np.arange(len(z)), targets].mean())
    if aim in ("number", "shapes"):
        return float(((z - targets) ** 2).mean())
    return float((np.maximum(z, 0) - z * targets + np.log1p(np.exp(-np.abs(z)))).mean())


def train_head(framework: str, aim: str, head: str, lr: float, seed: int) -> dict[str, float]:
    """One row of ``task-head``.

    Parameters
    ----------
    framework : {"torch", "keras"}
    aim : str
        One of :data:`AIMS`.
    head : str
        A key of :data:`HEADS`.
    lr : float
        Of Adam.
    seed : int

    Returns
    -------
    dict
        ``train_loss`` and ``val_loss`` of the aim's own right loss. On the test cells: ``accuracy`` (0 to 1),
        for one output at one half; ``auc`` of ranking defective above functional cells; ``recall`` and
        ``precision`` of the defective ones at one half; ``stated``, the mean of what the head states;
        ``rmse`` between that and the experts' probability. What an aim has not is -1.
    """
    from sklearn.metrics import precision_score, recall_score, roc_auc_score

    outputs, splits, seconds = _trained(framework, aim, head, lr, seed)
    y, test = _targets(aim), splits["test"]
    losses = {f"{split}_loss": _own_loss(aim, outputs[split], y[splits[split]]) for split in ("train", "val")}
    named = ("accuracy", "auc", "recall", "precision", "stated", "rmse")
    metrics = dict.fromkeys(named, NOTHING)
    if aim == "kind":
        metrics["accuracy"] = float((outputs["test"].argmax(1) == y[test]).mean())
        return {**losses, **metrics, "train_cpu_seconds": seconds}
    defective, stated = _cells(SIZE).labels[test], _stated(aim, outputs["test"])
    said = stated > 0.5
    metrics = {
        "accuracy": float((said == defective).mean()),
        "auc": float(roc_auc_score(defective, stated)),
        "recall": float(recall_score(defective, said)),
        "precision": float(precision_score(defective, said, zero_division=0.0)),
        "stated": float(stated.mean()),
        "rmse": float(np.sqrt(((stated - _cells(SIZE).probabilities[test]) ** 2).mean())),
    }
    return {**losses, **metrics, "train_cpu_seconds": seconds}


def try_rate(framework: str, aim: str, head: str, lr: float, seed: int) -> dict[str, float]:
    """One row of ``task-head-rates``: the validation loss of the aim's own loss."""
    outputs, splits, seconds = _trained(framework, aim, head, lr, seed)
    loss = _own_loss(aim, outputs["val"], _targets(aim)[splits["val"]])
    return {"val_loss": loss, "train_cpu_seconds": seconds}


# ------------------------------------------------------------------------------------------------ pixels

PIXELS = 32
STRENGTHS = (1e-5, 1e-4, 1e-3, 1e-2)
"""Of scikit-learn's C; the best on validation cells is taken."""


def read_pixels(framework: str, aim: str, seed: int) -> dict[str, float]:
    """One row of ``task-head-pixels``: pixels, scaled to mean 0 and deviation 1, and a linear model.

    Logistic regression for ``yes or no`` and ``kind``, ridge regression for ``number``, its strength chosen
    on the validation cells.

    Returns
    -------
    dict
        On the test cells, as in :func:`train_head`; ``constant``: the accuracy of always saying the more
        frequent class, or the ``rmse`` of always saying the training cells' mean.
    """
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.metrics import roc_auc_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    cells = _cells(PIXELS)
    x = cells.images[..., 0].reshape(len(cells), -1) / 255.0
    splits = cells.split_again(seed=seed).splits
    train, val, test = (splits[name] for name in ("train", "val", "test"))
    kinds = np.array([kind == "polycrystalline" for kind in cells.kinds])
    y = {"yes or no": cells.labels == 1, "kind": kinds, "number": cells.probabilities}[aim]
    best: tuple[float, Any] | None = None
    for c in STRENGTHS:
        model = Ridge(1 / c) if aim == "number" else LogisticRegression(C=c, max_iter=300)
        fitted = make_pipeline(StandardScaler(), model).fit(x[train], y[train])
        score = fitted.score(x[val], y[val])
        if best is None or score > best[0]:
            best = score, fitted
    assert best is not None
    said = best[1].predict(x[test])
    metrics = dict.fromkeys(("accuracy", "auc", "rmse"), NOTHING)
    if aim == "number":
        off = np.array([said, np.full(len(test), y[train].mean())]) - y[test]
        metrics["rmse"], metrics["constant"] = (float(v) for v in np.sqrt((off**2).mean(1)))
        metrics["auc"] = float(roc_auc_score(cells.labels[test], said))
        return metrics
    metrics["accuracy"] = float((said == y[test]).mean())
    if aim == "yes or no":
        metrics["auc"] = float(roc_auc_score(y[test], best[1].decision_function(x[test])))
    return metrics | {"constant": float(max(y[test].mean(), 1 - y[test].mean()))}


# ---------------------------------------------------------------------------------------------- pairings

PAIRINGS = ("match", "softmax twice", "no softmax", "sigmoid")
PAIRING_SEEDS = (0, 1, 2, 3, 4)
PAIRING_RATES = (3e-4, 1e-3, 3e-3, 1e-2, 3e-2)
PAIRING_STEPS, PAIRING_BATCH = 200, 16


@cache
def _photos(framework: str) -> tuple[dict[str, tuple[np.ndarray, np.ndarray]], int]:
    """(features, labels) of the photographs to learn from and of all others, and how many classes."""
    from tlcourse import data, training

    photos = data.photos(SIZE)
    x = training.cache_features(vision.backbone(framework, SIZE), photos, progress=False)
    learned = photos.splits["train"]
    others = np.concatenate([photos.splits["val"], photos.splits["test"]])
    parts = {"train": (x[learned], photos.labels[learned]), "others": (x[others], photos.labels[others])}
    return parts, len(photos.class_names)


def _pairing_loss(framework: str, loss: str) -> Callable[[Any, Any], Any] | None:
    """The mismatched losses; None for the one that fits."""
    if loss == "match":
        return None
    if framework == "torch":
        import torch.nn.functional as F

        return {
            "softmax twice": lambda z, t: F.cross_entropy(z.softmax(1), t),
            "no softmax": F.nll_loss,  # raw outputs where logarithms of probabilities are expected
            "sigmoid": lambda z, t: F.binary_cross_entropy_with_logits(z, F.one_hot(t, z.shape[1]).float()),
        }[loss]
    import keras
    from keras import ops

    twice = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    plain = keras.losses.SparseCategoricalCrossentropy()
    each = keras.losses.BinaryCrossentropy(from_logits=True)
    return {
        "softmax twice": lambda z, t: twice(t, ops.softmax(z)),
        "no softmax": lambda z, t: plain(t, z),  # raw outputs where probabilities are expected: the default
        "sigmoid": lambda z, t: each(ops.one_hot(ops.reshape(ops.cast(t, "int32"), (-1,)), z.shape[-1]), z),
    }[loss]


def pair(framework: str, loss: str, lr: float, seed: int) -> dict[str, float]:
    """One row of ``task-head-pairings``: a linear head for one of six classes of photographs.

    Parameters
    ----------
    framework : {"torch", "keras"}
    loss : str
        One of :data:`PAIRINGS`.
    lr, seed
        Of Adam; the seed is of the head's start and of the order of the batches.

    Returns
    -------
    dict
        ``accuracy`` on the photographs that were not learned from, 0 to 1, and ``confidence``, the mean of
        the largest probability that the head states for them.
    """
    from tlcourse import heads

    parts, classes = _photos(framework)
    x, y = parts["train"]
    model = heads.build(x.shape[1], classes, seed=seed, framework=framework)
    heads.fit(
        model,
        x,
        y,
        "one-of",
        steps=PAIRING_STEPS,
        lr=lr,
        batch_size=PAIRING_BATCH,
        seed=seed,
        loss=_pairing_loss(framework, loss),
    )
    x, y = parts["others"]
    outputs = heads.outputs(model, x)
    stated = heads.activate(outputs, "any-of" if loss == "sigmoid" else "one-of")
    return {
        "accuracy": float((outputs.argmax(1) == y).mean()),
        "confidence": float(stated.max(1).mean()),
    }


# ------------------------------------------------------------------------------------------------- grids


def _rates_grid() -> list[Settings]:
    return [
        {"aim": aim, "head": head, "lr": lr, "seed": seed}
        for aim, head in SEARCHED
        for lr in RATES
        for seed in TUNING_SEEDS
    ]


def _given_rate(settings: Settings) -> Settings:
    """The rate that the search chose: a mistake gets that of the aim that it was meant for."""
    aim = MISTAKES.get(settings["aim"], settings["aim"])
    rates = chosen_rates("task-head-rates", ["aim", "head"], "val_loss", lowest=True)
    return {"lr": rates[aim, settings["head"]]}


def _rows(seeds: tuple[int, ...]) -> list[Settings]:
    sides = (*SEARCHED, *((mistake, "linear") for mistake in MISTAKES))
    return [{"aim": aim, "head": head, "seed": seed} for aim, head in sides for seed in seeds]


def _grid() -> list[Settings]:
    return _rows(SEEDS)


def _grid_again() -> list[Settings]:
    return _rows(REPEATED)


def _pixels_grid() -> list[Settings]:
    return [{"aim": aim, "seed": seed} for aim in ("yes or no", "kind", "number") for seed in SEEDS]


def _pairings_grid() -> list[Settings]:
    return [
        {"loss": loss, "lr": lr, "seed": seed}
        for loss in PAIRINGS
        for lr in PAIRING_RATES
        for seed in PAIRING_SEEDS
    ]


def _cost(settings: Settings) -> float:
    """CPU seconds, roughly."""
    return 3.0 if str(settings.get("head", "linear")).startswith("256") else 1.0


def _pairing_tolerance(settings: Settings) -> float:
    """How far a row may move when only the rounding does.

    Keras's loss for probabilities clips logits to what a probability may be and divides by their sum. Which
    of them are clipped can hang on the last digit, and the head then learns something else.
    """
    if settings["loss"] == "no softmax" and settings["framework"] == "keras":
        return 0.15
    return 0.1 if settings["lr"] >= 1e-2 else 0.03


TOLERANCES: dict[str, float | None] = {
    "train_loss": 0.05,
    "val_loss": 0.05,
    "accuracy": 0.03,
    "auc": 0.02,
    "recall": 0.06,
    "precision": 0.06,
    "stated": 0.03,
    "rmse": 0.02,
    "train_cpu_seconds": None,
}
"""How far a row of ``task-head`` may move where only the rounding does."""
SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "task-head-rates",
        "tlcourse.sweeps.topics.task_head:try_rate",
        _rates_grid,
        {"val_loss": 0.05, "train_cpu_seconds": None},
        frameworks=("torch",),
        cost=_cost,
        title="Chapter 5: a learning rate for each aim and head, chosen on validation cells",
    ),
    Sweep(
        "task-head",
        "tlcourse.sweeps.topics.task_head:train_head",
        _grid,
        TOLERANCES,
        frameworks=("torch",),
        cost=_cost,
        given=_given_rate,
        after=("task-head-rates",),
        title="Chapter 5: heads of three kinds on solar cells, their sizes, weights and mistakes",
    ),
    Sweep(
        "task-head-again",
        "tlcourse.sweeps.topics.task_head:train_head",
        _grid_again,
        TOLERANCES,
        frameworks=("keras",),
        cost=_cost,
        given=_given_rate,
        after=("task-head-rates",),
        title="Chapter 5: a part of task-head, in Keras",
    ),
    Sweep(
        "task-head-pixels",
        "tlcourse.sweeps.topics.task_head:read_pixels",
        _pixels_grid,
        {"accuracy": 0.02, "auc": 0.02, "rmse": 0.01, "constant": 0.001},
        frameworks=("plain",),
        title="Chapter 5: the same questions asked of pixels",
    ),
    Sweep(
        "task-head-pairings",
        "tlcourse.sweeps.topics.task_head:pair",
        _pairings_grid,
        {"accuracy": _pairing_tolerance, "confidence": _pairing_tolerance},
        title="Chapter 5: what a wrong loss costs a head for one of six classes, at five rates",
    ),
)
