"""Chapter 7's sweeps: a model improved step by step, and two ways to be flattered.

``iterate`` starts from a first model on Fashion-MNIST, of whose training labels 15 % were made wrong on
purpose, and changes one thing at a time (:data:`CHANGES`). A change is kept if it raises the validation
accuracy beyond the 95 % interval of its paired differences over ten seeds; :data:`KEPT` says which were, and
the tests hold it to the table.

``iterate-optimism`` trains many heads and picks one of them, on validation images or on the test images
themselves, and asks a large set of further images what the picked one is worth. ``iterate-leak`` splits the
emoji of all three styles by image, so that a thing can be on both sides in different styles, or by thing.
"""

from __future__ import annotations

import time
from functools import cache
from typing import Any

import numpy as np

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.shared import trainer, vision
from tlcourse.sweeps.topics import freeze_or_tune

__all__ = ["CHANGES", "FIRST", "KEPT", "SWEEPS", "chain", "given_labels", "leak", "optimism", "step"]

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


def _clothes(size: int) -> Any:
    return vision.dataset("fashion-mnist", size)


@cache
def _features(
    framework: str, size: int, split: str, cut: str = "whole", mirrored: bool = False
) -> np.ndarray:
    from tlcourse import training

    pixels = _clothes(size).split(split).images
    return training.cache_features(
        vision.backbone(framework, size, cut),
        pixels[:, :, ::-1] if mirrored else pixels,
        preprocess="efficientnet_lite0",
        progress=False,
    )


def given_labels() -> np.ndarray:
    """The training labels of Fashion-MNIST with 15 % made wrong, int64 (2000,): the same ones every time."""
    right = _clothes(32).split("train").labels
    rng = np.random.default_rng([7, 15])
    wrong = rng.permutation(len(right))[: round(WRONG * len(right))]
    labels = right.copy()
    labels[wrong] = (right[wrong] + rng.integers(1, 10, len(wrong))) % 10
    return labels


def _drawn(labels: np.ndarray, per_class: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng([seed, 7])
    return np.sort(
        np.concatenate([rng.permutation(np.flatnonzero(labels == k))[:per_class] for k in range(10)])
    )


def _head(
    framework: str, x: np.ndarray, y: np.ndarray, settings: Settings, seed: int, steps: int = STEPS
) -> Any:
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
        head = _head(
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
    parts = {split: _clothes(size).split(split) for split in ("val", "test")}
    if settings["trains"] == "head":

        def features(split: str, flipped: bool = False) -> np.ndarray:
            return _features(framework, size, split, cut, flipped)

        x = features("train")[rows]
        model = _head(
            framework,
            np.concatenate([x, features("train", True)[rows]]) if mirrored else x,
            labels,
            settings,
            seed,
        )
        read = {"train": x, **{split: features(split) for split in parts}}
        return {split: heads.predict(model, part, "one-of") for split, part in read.items()}
    assert tuned_rate is not None, "the sweep gives it where more than the head learns"
    shown = _clothes(size).split("train").images[rows]
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
    whole = _clothes(size)
    right, given = whole.split("train").labels, given_labels()
    rows = _drawn(given, per_class, seed)
    y = given[rows]
    mending = {"found": -1.0, "mended_right": -1.0}
    started = time.process_time()
    if labels == "mended":
        # By the whole backbone's features whatever the model's own: so all later models learn from the same.
        y = _mended(framework, _features(framework, size, "train")[rows], y, settings, seed)
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


# ------------------------------------------------------------------------------------------- optimism

TRIED: tuple[dict[str, Any], ...] = tuple(
    {"head": head, "lr": lr, "weight_decay": decay, "steps": steps}
    for head in ("linear", "256")
    for lr in (3e-4, 1e-3, 3e-3, 1e-2)
    for decay in (0.0, 1.0)
    for steps in (50, 200)
)
"""The heads that are tried: 32 of them."""
JUDGED = 100
"""Images in the small validation set, and as many in the small test set."""
DRAWN = 200
MANY = SEEDS


def optimism(framework: str, seed: int) -> dict[str, float]:
    """One row of ``iterate-optimism``: what picked heads say of themselves, and what they are worth.

    The heads are trained once. Then small validation and test sets are drawn :data:`DRAWN` times from the
    images that none of them has seen; all the rest of these images tell the truth.

    Returns
    -------
    dict
        Means over the draws. For picking on the ``val`` and on the ``test`` images: the accuracy of the
        picked head on those images (``_says``), on the test images (``_test``), and in truth (``_true``).
    """
    from tlcourse import heads

    x = np.concatenate([_features(framework, 32, split) for split in ("train", "val", "test")])
    y = np.concatenate([_clothes(32).split(split).labels for split in ("train", "val", "test")])
    rng = np.random.default_rng([seed, 9])
    learn = _drawn(y, 20, seed)
    rest = np.setdiff1d(np.arange(len(y)), learn)
    right = []
    for settings in TRIED:
        head = _head(
            framework,
            x[learn],
            y[learn],
            {**settings, "batch_size": 16, "optimizer": "adam"},
            seed,
            steps=settings["steps"],
        )
        right.append(heads.outputs(head, x[rest]).argmax(1) == y[rest])
    table = np.array(right)  # (heads, images)
    means: dict[str, list[float]] = {}
    for _ in range(DRAWN):
        rows = rng.permutation(len(rest))
        parts = {"val": rows[:JUDGED], "test": rows[JUDGED : 2 * JUDGED], "true": rows[2 * JUDGED :]}
        scores = {name: table[:, part].mean(1) for name, part in parts.items()}
        for picked_on in ("val", "test"):
            best = int(np.argmax(scores[picked_on]))
            for what, on in (("says", picked_on), ("test", "test"), ("true", "true")):
                means.setdefault(f"{picked_on}_{what}", []).append(float(scores[on][best]))
    return {name: float(np.mean(values)) for name, values in means.items()}


# ----------------------------------------------------------------------------------------------- leaks


def leak(framework: str, split_by: str, seed: int) -> dict[str, float]:
    """One row of ``iterate-leak``: test accuracy of a linear head on the emoji of all styles.

    Parameters
    ----------
    framework : {"torch", "keras"}
    split_by : {"picture", "thing"}
        How 40 % of the images become the test set: any of them, or all three of a thing.
    seed : int
        Of the split, the head's start and the order of the batches.
    """
    from tlcourse import training

    x, y, things = _emoji(framework)
    rng = np.random.default_rng([seed, 10])
    if split_by == "thing":
        names = rng.permutation(np.unique(things))
        test = np.isin(things, names[: round(0.4 * len(names))])
    else:
        test = np.zeros(len(y), bool)
        test[rng.permutation(len(y))[: round(0.4 * len(y))]] = True
    head = training.fit_head(
        x[~test], y[~test], int(y.max()) + 1, steps=STEPS, lr=3e-3, seed=seed, framework=framework
    )
    both = np.isin(things[test], things[~test])
    return {
        "test_accuracy": float((head.logits(x[test]).argmax(1) == y[test]).mean()),
        "on_both_sides": float(both.mean()),
    }


@cache
def _emoji(framework: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    from tlcourse import data, training

    styles = [data.three_styles(name).resized(64) for name in data.STYLES]
    x = np.concatenate(
        [
            training.cache_features(vision.backbone(framework, 64), style.images, progress=False)
            for style in styles
        ]
    )
    return x, np.concatenate([s.labels for s in styles]), np.concatenate([np.array(s.ids) for s in styles])


def _leak_grid() -> list[Settings]:
    return [{"split_by": by, "seed": seed} for by in ("picture", "thing") for seed in SEEDS]


def _cost(settings: Settings) -> float:
    """CPU seconds, roughly."""
    if settings.get("trains", "head") != "head":
        return 60.0 if settings["trains"] == "last-block" else 90.0
    return 8.0 if "split_by" in settings or len(settings) == 1 else 4.0


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
    Sweep(
        "iterate-optimism",
        "tlcourse.sweeps.topics.iterate:optimism",
        lambda: [{"seed": seed} for seed in MANY],
        {f"{picked}_{what}": 0.03 for picked in ("val", "test") for what in ("says", "test", "true")},
        cost=_cost,
        title="Chapter 7: how far picking on the test set flatters",
    ),
    Sweep(
        "iterate-leak",
        "tlcourse.sweeps.topics.iterate:leak",
        _leak_grid,
        {"test_accuracy": 0.03, "on_both_sides": 1e-6},
        cost=_cost,
        title="Chapter 7: the same thing on both sides of the split",
    ),
)
