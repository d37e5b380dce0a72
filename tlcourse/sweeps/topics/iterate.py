"""Chapter 7's main sweep: a model improved step by step.

``iterate`` starts from a first model on Fashion-MNIST, of whose training labels 15 % were made wrong on
purpose, and changes one thing at a time (:data:`CHANGES`). A change is kept if it raises the validation
accuracy beyond the 95 % interval of its paired differences over ten seeds; :data:`KEPT` says which were, and
the tests hold it to the table.
"""

from __future__ import annotations

import time
from functools import cache
from typing import Any

import numpy as np

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.shared import trainer, vision
from tlcourse.sweeps.topics import freeze_or_tune

__all__ = [
    "CHANGES",
    "FIRST",
    "KEPT",
    "SEEDS",
    "SWEEPS",
    "chain",
    "clothes",
    "draw",
    "features",
    "fit_head",
    "given_labels",
    "step",
]

SEEDS = tuple(range(10))
STEPS = 200
WRONG = 0.15
"""The share of the training labels that are wrong."""
FIRST: Settings = {
    "size": 32,
    "per_class": 20,
    "head": "linear",
    "weight_decay": 0.0,
    "lr": 3e-3,
    "batch_size": 16,
    "labels": "given",
    "optimizer": "adam",
    "mirrored": False,
    "backbone": "whole",
    "trains": "head",
}
CHANGES: tuple[tuple[str, str, Any, str], ...] = (
    ("a larger head", "head", "256", "the head may be too simple"),
    ("larger pictures", "size", 64, "chapter 3: the filters know larger parts"),
    ("weight decay", "weight_decay", 1.0, "training accuracy is far above validation accuracy"),
    ("a lower rate", "lr", 1e-3, "the loss jumps about at the end"),
    ("more data", "per_class", 100, "twenty images per class are few"),
    ("mended labels", "labels", "mended", "the worst errors look like wrong labels"),
    ("larger batches", "batch_size", 64, "noisy labels make noisy gradients"),
    ("still larger pictures", "size", 96, "the last enlargement helped"),
    (
        "another optimizer",
        "optimizer",
        "sgd",
        "SGD with momentum, at ten times the rate: chapter 6",
    ),
    ("mirrored pictures", "mirrored", True, "a mirrored shirt is a shirt: augmentation"),
    ("another backbone", "backbone", "blocks.4", "chapter 2: cut after blocks.4 it was as good or better"),
    ("unfreeze the last block", "trains", "last-block", "chapter 4: with more data it gained"),
    ("unfreeze more", "trains", "last-three", "the images are far from ImageNet's"),
)
"""(what it is called, the setting, its new value, the reason for trying)."""
KEPT: tuple[bool, ...] = (False, True, False, False, True, True, True, True, False, False, False, True, True)
"""Which of :data:`CHANGES` were kept."""
HIDDEN: dict[str, tuple[int, ...]] = {"linear": (), "256": (256,)}
SGD_FACTOR = 10
"""SGD's rate is this many times Adam's: the ratio of the rates that chapter 6 chose for these images."""
GROUPS = ("conv_stem", *(f"blocks.{i}" for i in range(7)), "conv_head")
"""The backbone's groups of layers, from the images on."""
TRAINS = {"last-block": 1, "last-three": 3}
"""How many of the last blocks learn besides the head; what follows a whole network's last block does too."""


def chain() -> list[Settings]:
    """The settings that were tried: the first model's, then one candidate for each change."""
    now, tried = dict(FIRST), [dict(FIRST)]
    for (_, name, value, _), kept in zip(CHANGES, KEPT, strict=True):
        candidate = {**now, name: value}
        tried.append(candidate)
        now = candidate if kept else now
    return tried


def clothes(size: int) -> Any:
    """Fashion-MNIST at this many pixels."""
    return vision.dataset("fashion-mnist", size)


@cache
def features(framework: str, size: int, split: str, cut: str = "whole", mirrored: bool = False) -> np.ndarray:
    """The backbone's features of a split, float32 (N, D)."""
    from tlcourse import training

    pixels = clothes(size).split(split).images
    return training.cache_features(
        vision.backbone(framework, size, cut),
        pixels[:, :, ::-1] if mirrored else pixels,
        preprocess="efficientnet_lite0",
        progress=False,
    )


def given_labels() -> np.ndarray:
    """The training labels of Fashion-MNIST with 15 % made wrong, int64 (2000,): the same ones every time."""
    right = clothes(32).split("train").labels
    rng = np.random.default_rng([7, 15])
    wrong = rng.permutation(len(right))[: round(WRONG * len(right))]
    labels = right.copy()
    labels[wrong] = (right[wrong] + rng.integers(1, 10, len(wrong))) % 10
    return labels


def draw(labels: np.ndarray, per_class: int, seed: int) -> np.ndarray:
    """Rows with ``per_class`` of each of the ten labels, drawn by the seed, in order."""
    rng = np.random.default_rng([seed, 7])
    return np.sort(
        np.concatenate([rng.permutation(np.flatnonzero(labels == k))[:per_class] for k in range(10)])
    )


def fit_head(
    framework: str, x: np.ndarray, y: np.ndarray, settings: Settings, seed: int, steps: int = STEPS
) -> Any:
    """A head trained on features with the settings."""
    from tlcourse import heads

    head = heads.build(x.shape[1], 10, hidden=HIDDEN[settings["head"]], seed=seed, framework=framework)
    return heads.fit(
        head,
        x,
        y,
        "one-of",
        steps=steps,
        lr=settings["lr"] * (SGD_FACTOR if settings["optimizer"] == "sgd" else 1),
        batch_size=settings["batch_size"],
        weight_decay=settings["weight_decay"],
        optimizer=settings["optimizer"],
        seed=seed,
    )


def _mended(framework: str, x: np.ndarray, y: np.ndarray, settings: Settings, seed: int) -> np.ndarray:
    """Labels that a model which never saw the image strongly disbelieves become what it believes.

    Out-of-fold predictions as in confident learning (Northcutt et al. 2021, arXiv:1911.00068), with two plain
    thresholds.
    """
    from tlcourse import heads

    folds = np.random.default_rng([seed, 8]).permutation(len(y)) % 5
    believed = np.zeros((len(y), 10), np.float32)
    for fold in range(5):
        held_out = folds == fold
        head = fit_head(
            framework, x[~held_out], y[~held_out], {**settings, "lr": 1e-3, "optimizer": "adam"}, seed
        )
        believed[held_out] = heads.predict(head, x[held_out], "one-of")
    rows = np.arange(len(y))
    doubted = (believed[rows, y] < 0.1) & (believed.max(1) > 0.6)
    return np.where(doubted, believed.argmax(1), y)


def _frozen(cut: str, trains: str) -> tuple[str, ...]:
    """What does not learn, where some of the last blocks do."""
    blocks = [i for i, name in enumerate(GROUPS) if name.startswith("blocks.")]
    if cut != "whole":
        blocks = blocks[: blocks.index(GROUPS.index(cut)) + 1]
    return GROUPS[: blocks[-TRAINS[trains]]]


def _answers(
    framework: str, settings: Settings, rows: np.ndarray, y: np.ndarray, seed: int, tuned_rate: float | None
) -> dict[str, np.ndarray]:
    """Train with the settings on images with these labels; probabilities for them, for val and for test."""
    from tlcourse import heads

    size, cut, mirrored = settings["size"], settings["backbone"], settings["mirrored"]
    labels = np.concatenate([y, y]) if mirrored else y
    parts = {split: clothes(size).split(split) for split in ("val", "test")}
    if settings["trains"] == "head":

        def of_split(split: str, flipped: bool = False) -> np.ndarray:
            return features(framework, size, split, cut, flipped)

        x = of_split("train")[rows]
        model = fit_head(
            framework,
            np.concatenate([x, of_split("train", True)[rows]]) if mirrored else x,
            labels,
            settings,
            seed,
        )
        read = {"train": x, **{split: of_split(split) for split in parts}}
        return {split: heads.predict(model, part, "one-of") for split, part in read.items()}
    assert tuned_rate is not None, "the sweep gives it where more than the head learns"
    shown = clothes(size).split("train").images[rows]
    network = trainer.get(framework, 10, size=size, cut=None if cut == "whole" else cut)
    network.start("imagenet", seed)
    network.train(
        (np.concatenate([shown, shown[:, :, ::-1]]) if mirrored else shown, labels),
        steps=STEPS,
        lr=tuned_rate * (SGD_FACTOR if settings["optimizer"] == "sgd" else 1),
        seed=seed,
        batch_size=settings["batch_size"],
        frozen=_frozen(cut, settings["trains"]),
        keep_batch_norm=True,
        weight_decay=settings["weight_decay"],
        optimizer=settings["optimizer"],
    )
    return {split: network.predict(part) for split, part in {"train": shown, **parts}.items()}


def step(
    framework: str,
    size: int,
    per_class: int,
    head: str,
    weight_decay: float,
    lr: float,
    batch_size: int,
    labels: str,
    optimizer: str,
    mirrored: bool,
    backbone: str,
    trains: str,
    seed: int,
    tuned_rate: float | None = None,
) -> dict[str, float]:
    """One row of ``iterate``.

    Parameters
    ----------
    framework : {"torch", "keras"}
    size, per_class, head, weight_decay, lr, batch_size
        Pixels, training images per given label, "linear" or "256", and the settings of training.
    labels : {"given", "mended"}
    optimizer : {"adam", "sgd"}
    mirrored : bool
        Whether the mirror image of each training image is a training image as well.
    backbone : str
        "whole", or the block after which it is cut.
    trains : {"head", "last-block", "last-three"}
        With the blocks a fresh linear head learns, and all of it at ``tuned_rate``.
    seed : int
        Of the drawn images, the head's start and the order of the batches.
    tuned_rate : float, optional
        What :func:`last_block_rate` says; not needed where the head alone learns.

    Returns
    -------
    dict
        Accuracies from 0 to 1 (training: on the labels it learned from), the validation loss in nats, and for
        mended labels the share of the wrong ones that were changed (``found``) and the share of the changed
        ones that are right now (``mended_right``); -1 where nothing was mended.
    """
    settings: Settings = {
        "size": size,
        "per_class": per_class,
        "head": head,
        "weight_decay": weight_decay,
        "lr": lr,
        "batch_size": batch_size,
        "optimizer": optimizer,
        "mirrored": mirrored,
        "backbone": backbone,
        "trains": trains,
    }
    whole = clothes(size)
    right, given = whole.split("train").labels, given_labels()
    rows = draw(given, per_class, seed)
    y = given[rows]
    mending = {"found": -1.0, "mended_right": -1.0}
    started = time.process_time()
    if labels == "mended":
        # By the whole backbone's features whatever the model's own: so all later models learn from the same.
        y = _mended(framework, features(framework, size, "train")[rows], y, settings, seed)
        changed, wrong = y != given[rows], given[rows] != right[rows]
        mending["found"] = float((changed & wrong).sum() / wrong.sum())
        mending["mended_right"] = float((y == right[rows])[changed].mean()) if changed.any() else 1.0
    probabilities = _answers(framework, settings, rows, y, seed, tuned_rate)
    metrics = {"train_accuracy": float((probabilities["train"].argmax(1) == y).mean())}
    for split in ("val", "test"):
        p, truth = probabilities[split], whole.split(split).labels
        metrics[f"{split}_accuracy"] = float((p.argmax(1) == truth).mean())
        if split == "val":
            metrics["val_loss"] = float(-np.log(np.maximum(p[np.arange(len(truth)), truth], 1e-12)).mean())
    return {**metrics, **mending, "train_cpu_seconds": time.process_time() - started}


def last_block_rate() -> float:
    """The rate that chapter 4's search chose for the last block on most images.

    What learns besides a head does so at this rate, and the head with it.
    """
    return freeze_or_tune.rates()["fashion-mnist", 100, "last-block"]


def _given(settings: Settings) -> Settings:
    return {} if settings["trains"] == "head" else {"tuned_rate": last_block_rate()}


def _grid() -> list[Settings]:
    different = {tuple(settings.values()): settings for settings in chain()}
    return [{**settings, "seed": seed} for settings in different.values() for seed in SEEDS]


def _cost(settings: Settings) -> float:
    """CPU seconds, roughly."""
    return {"head": 4.0, "last-block": 60.0}.get(settings["trains"], 90.0)


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "iterate",
        "tlcourse.sweeps.topics.iterate:step",
        _grid,
        {
            "train_accuracy": 0.05,
            "val_accuracy": 0.04,
            "val_loss": None,
            "test_accuracy": 0.04,
            "found": 0.1,
            "mended_right": 0.1,
            "train_cpu_seconds": None,
        },
        cost=_cost,
        given=_given,
        after=(freeze_or_tune.SEARCH,),
        title="Chapter 7: a first model, and one change at a time",
    ),
)
