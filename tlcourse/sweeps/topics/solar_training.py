"""Chapter 6's sweeps: long trainings of the last block on solar cells, and flips that change a label.

* ``solar-training``: :data:`EPOCHS` epochs on every third cell of the training modules, looked at every
  :data:`EVERY`. Rows differ in the versions of the images (:data:`VERSIONS`), in the last block's rate and in
  the schedule; the head's rate is the same throughout. From one row come the curves, what early stopping
  would have kept, and the end.
* ``solar-training-controls``: the same cells, read by logistic regression on their pixels and by a small
  network from scratch.
* ``flips``: the same training on digits, where a mirror image is another sign or none, and on photographs,
  where it is as good as the image.

The frozen part looks once at each version of an image (`tlcourse.sweeps.shared.tail`). They ran in PyTorch;
``solar-training-again`` and ``flips-again`` repeat a part in Keras.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.shared import tail, trainer

__all__ = [
    "BATCH",
    "EPOCHS",
    "LOOKS",
    "PATIENCE",
    "SEEDS",
    "SWEEPS",
    "VERSIONS",
    "control",
    "flipped",
    "parts_of",
    "patient",
    "train_cells",
    "turned",
]

SEEDS = (0, 1, 2, 3, 4)
VERSIONS = {"none": (0,), "left-right": (0, 1), "flips": (0, 1, 4, 5), "flips and turns": tuple(range(8))}
"""Augmentation -> the versions of an image that training may see, as :func:`turned` numbers them."""
HEAD_RATE = 1e-3
EPOCHS, EVERY, BATCH = 40, 4, 64
LOOKS = tuple(range(EVERY, EPOCHS + 1, EVERY))
PATIENCE = 3
"""Looks without a lower validation loss after which early stopping ends a run."""
WARMUP = 0.1
"""Share of the steps."""


def turned(images: np.ndarray, version: int) -> np.ndarray:
    """Version 0 to 7 of images (N, H, W, 3): ``version // 2`` quarter turns, then mirrored if it is odd."""
    made = np.rot90(images, version // 2, (1, 2))
    return np.ascontiguousarray(made[:, :, ::-1] if version % 2 else made)


def patient(losses: list[float]) -> tuple[int, int]:
    """(look whose weights are restored, look at which patience ends the run)."""
    best = 0
    for look, loss in enumerate(losses):
        if loss < losses[best]:
            best = look
        elif look - best >= PATIENCE:
            return best, look
    return best, len(losses) - 1


def _factor(schedule: str, step: int, steps: int) -> float:
    """What a rate is multiplied by: 1, or a warm-up and half a cosine."""
    if schedule == "constant":
        return 1.0
    warmup = WARMUP * steps
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / (steps - warmup)))


class _Maps:
    """The maps of a data set's rows and versions, made when they are first asked for."""

    def __init__(self, framework: str, images: np.ndarray) -> None:
        self.framework, self.images = framework, images
        self.kept: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def of(self, rows: np.ndarray, version: int) -> np.ndarray:
        """float32 (len(rows), 3, 3, 192)."""
        there, kept = self.kept.get(version, (np.zeros(len(self.images), bool), np.zeros(0, np.float16)))
        missing = np.unique(rows[~there[rows]])
        if len(missing):
            made = tail.maps(self.framework, turned(self.images[missing], version))
            if not there.any():
                kept = np.zeros((len(self.images), *made.shape[1:]), np.float16)
            kept[missing], there[missing] = made, True
            self.kept[version] = there, kept
        return kept[rows].astype(np.float32)


def _train(
    block: tail.Tail,
    maps: _Maps,
    labels: np.ndarray,
    rows: np.ndarray,
    *,
    versions: tuple[int, ...],
    epochs: int,
    batch: int,
    last_lr: float,
    schedule: str,
    seed: int,
    after_epoch: Callable[[int], None] = lambda epoch: None,
) -> float:
    """Train from the start; the CPU seconds of the steps."""
    rng = np.random.default_rng([seed, 6])
    by_version = {version: maps.of(rows, version) for version in versions}
    block.start(last_lr > 0)
    per_epoch = len(rows) // batch
    steps, done, seconds = epochs * per_epoch, 0, 0.0
    for epoch in range(1, epochs + 1):
        order = rng.permutation(len(rows))
        for places in np.split(order[: per_epoch * batch], per_epoch):
            drawn = rng.integers(0, len(versions), batch)
            x = np.stack([by_version[versions[v]][place] for v, place in zip(drawn, places, strict=True)])
            share = _factor(schedule, done, steps)
            started = time.process_time()
            block.step(x, labels[rows[places]], HEAD_RATE * share, last_lr * share)
            seconds += time.process_time() - started
            done += 1
        after_epoch(epoch)
    return seconds


def _loss(z: np.ndarray, labels: np.ndarray) -> float:
    z = z.astype(np.float64) - z.max(1, keepdims=True)
    return float((np.log(np.exp(z).sum(1)) - z[np.arange(len(z)), labels]).mean())


# ---------------------------------------------------------------------------------------- solar cells


@cache
def _cells(size: int = tail.SIZE) -> Any:
    from tlcourse import data

    return data.solar_cells(size=size)


@cache
def _cell_maps(framework: str) -> _Maps:
    return _Maps(framework, _cells().images)


def parts_of(seed: int) -> dict[str, np.ndarray]:
    """Rows of each split, by modules; for training every third cell."""
    splits = dict(_cells(1).split_again(seed=seed).splits)
    return {**splits, "train": splits["train"][splits["train"] % 3 == 0]}


def train_cells(framework: str, augment: str, last_lr: float, schedule: str, seed: int) -> dict[str, float]:
    """One row of ``solar-training``.

    Parameters
    ----------
    framework : {"torch", "keras"}
    augment : str
        A key of :data:`VERSIONS`.
    last_lr : float
        The last block's rate; 0 trains the head alone.
    schedule : {"cosine", "constant"}
    seed : int
        Of the split by modules and of the order of the batches.

    Returns
    -------
    dict
        ``train_4``, ``val_4``, ``test_4`` and so on: losses in nats after so many epochs, on images as they
        are. ``best``: the epoch that early stopping restores; ``stopped``: that at which it ends the run.
        Of the test cells ``last_auc``, ``stopped_auc``, ``last_accuracy`` and ``stopped_accuracy``, 0 to 1;
        ``val_auc``, at the end; CPU seconds of the steps.
    """
    from sklearn.metrics import roc_auc_score

    maps, labels, parts = _cell_maps(framework), _cells(1).labels, parts_of(seed)
    block = tail.tail(framework, 2)
    as_they_are = {name: maps.of(rows, 0) for name, rows in parts.items()}
    out: dict[str, float] = {}
    val: list[float] = []
    aucs: list[float] = []
    accuracies: list[float] = []

    def look(epoch: int) -> None:
        if epoch not in LOOKS:
            return
        for name, rows in parts.items():
            z, y = block.outputs(as_they_are[name]), labels[rows]
            out[f"{name}_{epoch}"] = _loss(z, y)
            if name == "test":
                aucs.append(float(roc_auc_score(y, z[:, 1] - z[:, 0])))
                accuracies.append(float((z.argmax(1) == y).mean()))
            elif name == "val":
                out["val_auc"] = float(roc_auc_score(y, z[:, 1] - z[:, 0]))
        val.append(out[f"val_{epoch}"])

    seconds = _train(
        block,
        maps,
        labels,
        parts["train"],
        versions=VERSIONS[augment],
        epochs=EPOCHS,
        batch=BATCH,
        last_lr=last_lr,
        schedule=schedule,
        seed=seed,
        after_epoch=look,
    )
    best, stop = patient(val)
    return {
        **out,
        "best": float(LOOKS[best]),
        "stopped": float(LOOKS[stop]),
        "last_auc": aucs[-1],
        "stopped_auc": aucs[best],
        "last_accuracy": accuracies[-1],
        "stopped_accuracy": accuracies[best],
        "train_cpu_seconds": seconds,
    }


CONTROL = 32
STRENGTHS = (1e-5, 1e-4, 1e-3)


def control(framework: str, model: str, augment: str, seed: int) -> dict[str, float]:
    """One row of ``solar-training-controls``: the area under the ROC curve on the test cells.

    Parameters
    ----------
    framework : {"torch"}
    model : {"pixels", "small-cnn"}
        Logistic regression on grey pixels, 32 x 32, its strength chosen on validation cells; or three
        convolutions from scratch on images of that size, with as many steps as the rows of
        ``solar-training``.
    augment : str
        A key of :data:`VERSIONS`. The regression gets all versions at once.
    seed : int
    """
    from sklearn.metrics import roc_auc_score

    cells, parts = _cells(CONTROL), parts_of(seed)
    labels, versions = cells.labels, VERSIONS[augment]
    rows = parts["train"]
    if model == "small-cnn":

        def change(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
            drawn = rng.integers(0, len(versions), len(images))
            return np.stack([turned(i[None], versions[v])[0] for i, v in zip(images, drawn, strict=True)])

        network = trainer.get(framework, 2, name="small_cnn", size=CONTROL)
        network.start(None, seed)
        steps = EPOCHS * (len(rows) // BATCH)
        network.train(cells.subset(rows), steps=steps, lr=1e-3, seed=seed, batch_size=BATCH, augment=change)
        return {
            "test_auc": float(
                roc_auc_score(labels[parts["test"]], network.predict(cells.subset(parts["test"]))[:, 1])
            )
        }
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    def table(some: np.ndarray, version: int = 0) -> np.ndarray:
        return turned(cells.images[some], version)[..., 0].reshape(len(some), -1) / 255.0

    x = np.concatenate([table(rows, version) for version in versions])
    y = np.tile(labels[rows], len(versions))
    heads = [
        make_pipeline(StandardScaler(), LogisticRegression(C=c, max_iter=200)).fit(x, y) for c in STRENGTHS
    ]
    aucs = [
        [
            float(roc_auc_score(labels[parts[s]], head.decision_function(table(parts[s]))))
            for s in ("val", "test")
        ]
        for head in heads
    ]
    return {"test_auc": max(aucs)[1]}


# ---------------------------------------------------------------------------------------------- flips

FLIP_EPOCHS, FLIP_BATCH, PER_CLASS = 50, 25, 10
FLIPPED = ("none", "left-right", "flips")


@cache
def _flip_data(name: str) -> Any:
    from tlcourse import data

    return data.digits().resized(tail.SIZE) if name == "digits" else data.photos(size=tail.SIZE)


@cache
def _flip_maps(framework: str, name: str) -> _Maps:
    return _Maps(framework, _flip_data(name).images)


def flipped(framework: str, dataset: str, augment: str, seed: int) -> dict[str, float]:
    """One row of ``flips``: training and test accuracy, 0 to 1, after :data:`FLIP_EPOCHS` epochs.

    Parameters
    ----------
    framework : {"torch", "keras"}
    dataset : {"digits", "photos"}
        Ten training images of each class, drawn by the seed. Of the photographs, which are few, the
        validation images are tested as well: nothing is chosen by them.
    augment : str
        A key of :data:`VERSIONS`.
    seed : int
    """
    whole, maps = _flip_data(dataset), _flip_maps(framework, dataset)
    classes = len(whole.class_names)
    rng = np.random.default_rng([seed, 66])
    train = whole.splits["train"]
    drawn = [rng.choice(train[whole.labels[train] == c], PER_CLASS, replace=False) for c in range(classes)]
    rows = np.concatenate(drawn)
    test = whole.splits["test"]
    if dataset == "photos":
        test = np.concatenate([whole.splits["val"], test])
    block = tail.tail(framework, classes)
    seconds = _train(
        block,
        maps,
        whole.labels,
        rows,
        versions=VERSIONS[augment],
        epochs=FLIP_EPOCHS,
        batch=FLIP_BATCH,
        last_lr=1e-4,
        schedule="cosine",
        seed=seed,
    )

    def accuracy(some: np.ndarray) -> float:
        return float((block.outputs(maps.of(some, 0)).argmax(1) == whole.labels[some]).mean())

    return {"train_accuracy": accuracy(rows), "test_accuracy": accuracy(test), "train_cpu_seconds": seconds}


# ---------------------------------------------------------------------------------------------- grids

USUAL = {"augment": "flips and turns", "last_lr": 1e-4, "schedule": "cosine"}


def _runs() -> list[Settings]:
    """The usual run, and what is changed in it."""
    changes: list[Settings] = [{}, {"augment": "none"}, {"augment": "flips"}]
    changes += [{"last_lr": 0.0}, {"last_lr": 1e-3}, {"last_lr": 1e-3, "schedule": "constant"}]
    return [{**USUAL, **change} for change in changes]


def _grid() -> list[Settings]:
    return [{**run, "seed": seed} for seed in SEEDS for run in _runs()]


def _again() -> list[Settings]:
    run = _runs()
    return [{**each, "seed": seed} for seed in (0, 1) for each in (run[0], run[1], run[3], run[4])]


def _controls() -> list[Settings]:
    sides = (("pixels", "none"), ("pixels", "flips and turns"), ("small-cnn", "flips and turns"))
    return [{"model": model, "augment": augment, "seed": seed} for model, augment in sides for seed in SEEDS]


def _flips(
    seeds: tuple[int, ...] = SEEDS, datasets: tuple[str, ...] = ("digits", "photos")
) -> list[Settings]:
    return [
        {"dataset": dataset, "augment": augment, "seed": seed}
        for dataset in datasets
        for augment in FLIPPED
        for seed in seeds
    ]


TOLERANCES: dict[str, float | None] = {
    **{f"{part}_{epoch}": 0.3 for part in ("train", "val", "test") for epoch in LOOKS},
    "best": None,
    "stopped": None,
    "last_auc": 0.05,
    "stopped_auc": None,
    "last_accuracy": 0.08,
    "stopped_accuracy": None,
    "val_auc": 0.05,
    "train_cpu_seconds": None,
}
"""How far a row may move where only the rounding does: the epoch of the lowest loss may be another one."""

SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "solar-training",
        "tlcourse.sweeps.topics.solar_training:train_cells",
        _grid,
        TOLERANCES,
        frameworks=("torch",),
        cost=lambda settings: 16.0,
        title="Chapter 6: the last block on solar cells: its rate, its schedule, versions of the images",
    ),
    Sweep(
        "solar-training-again",
        "tlcourse.sweeps.topics.solar_training:train_cells",
        _again,
        TOLERANCES,
        frameworks=("keras",),
        cost=lambda settings: 25.0,
        title="Chapter 6: a part of solar-training, in Keras",
    ),
    Sweep(
        "solar-training-controls",
        "tlcourse.sweeps.topics.solar_training:control",
        _controls,
        {"test_auc": 0.03},
        frameworks=("torch",),
        cost=lambda settings: 30.0 if settings["model"] == "small-cnn" else 10.0,
        title="Chapter 6: the same solar cells read by pixels and by a small network",
    ),
    Sweep(
        "flips",
        "tlcourse.sweeps.topics.solar_training:flipped",
        _flips,
        {"train_accuracy": 0.06, "test_accuracy": 0.06, "train_cpu_seconds": None},
        frameworks=("torch",),
        cost=lambda settings: 7.0,
        title="Chapter 6: flips, on digits and on photographs",
    ),
    Sweep(
        "flips-again",
        "tlcourse.sweeps.topics.solar_training:flipped",
        lambda: _flips((0, 1, 2), ("digits",)),
        {"train_accuracy": 0.06, "test_accuracy": 0.06, "train_cpu_seconds": None},
        frameworks=("keras",),
        cost=lambda settings: 10.0,
        title="Chapter 6: a part of flips, in Keras",
    ),
)
