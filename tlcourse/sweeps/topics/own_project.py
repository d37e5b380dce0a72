"""Chapter 14: the questions of somebody with a phone: how many images, of what, how well labelled, what next.

``own-amounts`` takes so many shots of so many things (:mod:`tlcourse.sweeps.shared.phone`), and judges a head
on things that it has never seen; beside it stands what cross-validation promised, with the shots of a thing
kept together and without. ``own-labels`` gives a part of the training images a wrong label and looks for
these. ``own-next`` starts with a few labels and asks which images to label next. ``own-strangers`` asks about
images of no class.

All of it is linear heads on frozen features of EfficientNet-Lite0. Scores are balanced accuracies, 0 to 1;
the regularisation is chosen on validation images. The sweeps ran in PyTorch; those that end in ``-again``
repeat a part in Keras.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.shared import linear, phone, vision
from tlcourse.sweeps.shared.camera import part

__all__ = [
    "ADDED",
    "DATASETS",
    "LOOKED_AT",
    "ROUNDS",
    "SHOTS",
    "START",
    "SWEEPS",
    "THINGS",
    "WAYS",
    "WRONG",
    "judge_amount",
    "judge_labels",
    "judge_next",
    "judge_strangers",
    "shots_of",
]

SEEDS = (0, 1, 2, 3, 4)
STRENGTHS = (1e-4, 1e-3, 1e-2, 1e-1)
"""scikit-learn's C, the inverse of the regularisation."""
FIXED = 1e-2
"""C where nothing is chosen: inside of cross-validation."""
CONTROL = 32
"""Side of the images whose pixels the control reads."""
SIZE = phone.SIZE

Rows = tuple[np.ndarray, np.ndarray]


shots_of = phone.taken
"""The images of this chapter, for its pages."""


def _features(framework: str, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    from tlcourse import training

    return training.cache_features(vision.backbone(framework, SIZE), images, progress=False)


def _per_class(labels: npt.NDArray[np.int64], count: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """So many rows of each class."""
    return np.concatenate(
        [rng.permutation(np.flatnonzero(labels == label))[:count] for label in np.unique(labels)]
    )


# -------------------------------------------------------------------------------- how many images, of what

THINGS, SHOTS = (2, 5, 10), (1, 2, 4, 8)
"""Things of each class, and shots of each thing."""


@cache
def _asked(framework: str, split: str) -> tuple[phone.Shots, npt.NDArray[np.float32]]:
    """One shot of each thing of a split, and its features."""
    shots = phone.taken(split, np.arange(len(phone.things(split).labels)), 1, seed=1000)
    return shots, _features(framework, shots.images)


def judge_amount(framework: str, things: int, shots: int, seed: int) -> dict[str, float]:
    """One row of ``own-amounts``.

    Parameters
    ----------
    framework : {"torch", "keras"}
    things : int
        Of each of the six classes.
    shots : int
        Of each thing, in one place.
    seed : int
        Of the things, their grounds and their light.

    Returns
    -------
    dict
        Balanced accuracies on one shot of each test thing: ``features``, ``pixels``. What cross-validation on
        the training images promises: ``by_image``, where shots of a thing are in different folds, and
        ``by_thing``, where they stay together.
    """
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, cross_val_predict

    rows = _per_class(phone.things("train").labels, things, np.random.default_rng([seed, 41]))
    known = phone.taken("train", rows, shots, seed)
    x = _features(framework, known.images)
    (val, val_x), (test, test_x) = (_asked(framework, split) for split in ("val", "test"))
    head = linear.best((x, known.labels), (val_x, val.labels), STRENGTHS).head
    pixels = linear.best(
        (linear.pixels(known.images, CONTROL), known.labels),
        (linear.pixels(val.images, CONTROL), val.labels),
        STRENGTHS,
    ).head
    folds = min(things, 4)
    promised = {}
    for name, split, groups in (
        ("by_image", StratifiedKFold(folds, shuffle=True, random_state=seed), None),
        ("by_thing", StratifiedGroupKFold(folds, shuffle=True, random_state=seed), known.series),
    ):
        said = cross_val_predict(_plain_head(), x, known.labels, groups=groups, cv=split)
        promised[name] = _balanced(known.labels, said)
    return {
        "features": linear.balanced(head, test_x, test.labels),
        "pixels": linear.balanced(pixels, linear.pixels(test.images, CONTROL), test.labels),
        **promised,
    }


def _plain_head() -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(C=FIXED, class_weight="balanced", max_iter=500))


def _balanced(labels: np.ndarray, said: np.ndarray) -> float:
    from sklearn.metrics import balanced_accuracy_score

    return float(balanced_accuracy_score(labels, said))


# ---------------------------------------------------------------------------------------- wrong labels

DATASETS = ("photos", "solar-cells", "digits")
WRONG = (0.0, 0.1, 0.2, 0.3)
"""Share of the training and validation images that get a different label."""
LOOKED_AT = 0.15
"""Share of the training images that somebody looks at again."""
MOST = 600
"""Training images, at most; test and validation images, at most twice and once."""


class _Parts(NamedTuple):
    """Features and labels of three splits."""

    train: Rows
    val: Rows
    test: Rows


@cache
def _all_features(framework: str, dataset: str, split: str, seed: int) -> Rows:
    some = (
        vision.dataset("digits", SIZE).split(split)
        if dataset == "digits"
        else part(dataset, split, SIZE, seed)
    )
    most = {"train": 4 * MOST, "val": MOST, "test": 2 * MOST}[split]
    rows = np.random.default_rng([seed, 47]).permutation(len(some.labels))[:most]
    if dataset == "solar-cells":  # the experts' doubt is a different question
        rows = rows[np.isin(some.probabilities[rows], (0, 1))]
    return _features(framework, some.images[rows]), some.labels[rows]


def _parts(framework: str, dataset: str, seed: int) -> _Parts:
    # Only the solar cells are divided anew for each seed.
    of = seed if dataset == "solar-cells" else 0
    train, val, test = (_all_features(framework, dataset, split, of) for split in ("train", "val", "test"))
    return _Parts(train, val, test)


def judge_labels(framework: str, dataset: str, wrong: float, seed: int) -> dict[str, float]:
    """One row of ``own-labels``.

    Parameters
    ----------
    framework : {"torch", "keras"}
    dataset : {"photos", "solar-cells", "digits"}
    wrong : float
        Share of the training and validation labels that are replaced by a different class, each as likely.
    seed : int
        Of which labels are wrong, of the folds, and of the solar cells' division.

    Returns
    -------
    dict
        Balanced accuracies on test images: ``given``, learned with the wrong labels; ``looked``, after the
        labels of the most suspicious training images (`LOOKED_AT` of them) were put right; ``dropped``, after
        these images were left out unseen; ``by_chance``, after as many images drawn by chance were put right.
        And which share of all wrong training labels was found so: ``found`` by the loss of a head that
        did not learn from the image, ``found_known`` by the loss of one that did.
    """
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    train, val, test = _parts(framework, dataset, seed)
    rng = np.random.default_rng([seed, 43])
    rows = rng.permutation(len(train[1]))[:MOST]
    x, true = train[0][rows], train[1][rows]
    y, val_y = _spoiled(true, wrong, rng), _spoiled(val[1], wrong, rng)

    def score(labels: np.ndarray, kept: Any = slice(None)) -> float:
        head = linear.best((x[kept], labels[kept]), (val[0], val_y), STRENGTHS).head
        return linear.balanced(head, *test)

    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    unseen = cross_val_predict(_plain_head(), x, y, cv=folds, method="predict_proba")
    seen = linear.fitted(x, y, FIXED).predict_proba(x)
    place = np.searchsorted(np.unique(y), y)
    count = round(LOOKED_AT * len(y))
    suspicious = np.argsort(unseen[np.arange(len(y)), place], kind="stable")[:count]
    known = np.argsort(seen[np.arange(len(y)), place], kind="stable")[:count]
    chance = rng.permutation(len(y))[:count]

    def put_right(some: np.ndarray) -> np.ndarray:
        labels = y.copy()
        labels[some] = true[some]
        return labels

    spoiled = max(1, int((y != true).sum()))
    return {
        "given": score(y),
        "looked": score(put_right(suspicious)),
        "dropped": score(y, np.setdiff1d(np.arange(len(y)), suspicious)),
        "by_chance": score(put_right(chance)),
        "found": float((y != true)[suspicious].sum() / spoiled),
        "found_known": float((y != true)[known].sum() / spoiled),
    }


def _spoiled(labels: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """The labels, so many of them replaced by a different class."""
    classes = np.unique(labels)
    found = labels.copy()
    rows = rng.permutation(len(labels))[: round(share * len(labels))]
    steps = rng.integers(1, len(classes), len(rows))
    found[rows] = classes[(np.searchsorted(classes, labels[rows]) + steps) % len(classes)]
    return found


# ------------------------------------------------------------------------------------ what to label next

START, ADDED, ROUNDS = 3, 2, 4
"""Labels of each class to begin with; labels that a round adds, times the number of classes; rounds."""
WAYS = ("chance", "unsure", "unsure, one a series", "spread")
"""Drawn by chance; where the top probability is lowest; the same, but one shot of a series and round; those
furthest from what is labelled already."""
POOL_SHOTS = 3
"""Shots of each thing, where the images are photographs: a real pool has near copies."""


class _Pool(NamedTuple):
    """Features, labels and series of what could be labelled."""

    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.int64]
    series: npt.NDArray[np.int64]


def judge_next(framework: str, dataset: str, way: str, seed: int) -> dict[str, float]:
    """One row of ``own-next``: balanced accuracy on test images after each round, ``round_0`` to ``round_4``.

    Parameters
    ----------
    framework : {"torch", "keras"}
    dataset : {"photos", "solar-cells", "digits"}
        ``photos`` are three shots of each thing (:mod:`tlcourse.sweeps.shared.phone`).
    way : str
        One of :data:`WAYS`.
    seed : int
        Of the labels to begin with, of the pool, and of what chance draws.
    """
    rng = np.random.default_rng([seed, 53])
    pool, val, test = _pool(framework, dataset, seed)
    per_round = ADDED * len(np.unique(pool.y))
    labelled = _per_class(pool.y, START, rng)
    scores = {}
    for number in range(ROUNDS + 1):
        head = linear.best((pool.x[labelled], pool.y[labelled]), val, STRENGTHS).head
        scores[f"round_{number}"] = linear.balanced(head, *test)
        rest = np.setdiff1d(np.arange(len(pool.y)), labelled)
        chosen = _CHOOSE[way](pool, head, labelled, rng.permutation(rest), per_round)
        labelled = np.concatenate([labelled, chosen])
    return scores


@cache
def _pool(framework: str, dataset: str, seed: int) -> tuple[_Pool, Rows, Rows]:
    if dataset == "photos":
        shots = phone.taken("train", np.arange(len(phone.things("train").labels)), POOL_SHOTS, seed)
        pool = _Pool(_features(framework, shots.images), shots.labels, shots.series)
        (val, val_x), (test, test_x) = (_asked(framework, split) for split in ("val", "test"))
        return pool, (val_x, val.labels), (test_x, test.labels)
    train, val_rows, test_rows = _parts(framework, dataset, seed)
    rows = np.random.default_rng([seed, 59]).permutation(len(train[1]))[: 2 * MOST]
    return _Pool(train[0][rows], train[1][rows], np.arange(len(rows))), val_rows, test_rows


def _chance(pool: _Pool, head: Any, labelled: np.ndarray, rest: np.ndarray, count: int) -> np.ndarray:
    return rest[:count]


def _unsure(pool: _Pool, head: Any, labelled: np.ndarray, rest: np.ndarray, count: int) -> np.ndarray:
    return rest[np.argsort(head.predict_proba(pool.x[rest]).max(axis=1), kind="stable")[:count]]


def _unsure_apart(pool: _Pool, head: Any, labelled: np.ndarray, rest: np.ndarray, count: int) -> np.ndarray:
    ordered = _unsure(pool, head, labelled, rest, len(rest))
    known = set(pool.series[labelled])
    fresh = [row for row in ordered if pool.series[row] not in known]
    _, first = np.unique(pool.series[fresh], return_index=True)
    return np.array(fresh)[np.sort(first)][:count]


def _spread(pool: _Pool, head: Any, labelled: np.ndarray, rest: np.ndarray, count: int) -> np.ndarray:
    """The greedy k-centre method: always the image that is furthest from all that are chosen."""
    unit = pool.x / np.linalg.norm(pool.x, axis=1, keepdims=True)
    nearest = (unit[rest] @ unit[labelled].T).max(axis=1)
    chosen: list[int] = []
    for _ in range(count):
        place = int(nearest.argmin())
        chosen.append(int(rest[place]))
        nearest = np.maximum(nearest, unit[rest] @ unit[rest[place]])
    return np.array(chosen)


_CHOOSE: dict[str, Callable[..., np.ndarray]] = dict(
    zip(WAYS, (_chance, _unsure, _unsure_apart, _spread), strict=True)
)


# ------------------------------------------------------------------------------------ images of no class

ANSWERED = 0.9
"""Share of the validation images of known classes that still get an answer."""


def judge_strangers(framework: str, stranger: int, seed: int) -> dict[str, float]:
    """One row of ``own-strangers``: a class that nobody labelled, and a second one of which examples exist.

    Parameters
    ----------
    framework : {"torch", "keras"}
    stranger : int
        The class that the model never sees, 0 to 5; the next one is used as examples of "none of these".
    seed : int
        Of the training things, their grounds and their light.

    Returns
    -------
    dict
        ``right``: accuracy on test images of the four known classes. ``sure``: share of the strangers whose
        top probability is over one half. ``refused_probability``, ``refused_nearest``, ``refused_none``:
        which share of the strangers is refused, where the limit leaves an answer to `ANSWERED` of the known
        validation images; by the top probability, by the nearest training image, and by the probability of a
        class "none of these". ``refused_seen``: the last one, for images of the class that gave the examples.
    """
    rng = np.random.default_rng([seed, 61])
    labels = phone.things("train").labels
    example = (stranger + 1) % 6
    known_classes = [one for one in range(6) if one not in (stranger, example)]
    rows = _per_class(labels, 10, rng)
    shots = phone.taken("train", rows, 2, seed)
    x = _features(framework, shots.images)
    known = np.isin(shots.labels, known_classes)
    with_none = np.where(shots.labels == example, 6, shots.labels)
    plain = linear.fitted(x[known], shots.labels[known], FIXED)
    more = linear.fitted(x[shots.labels != stranger], with_none[shots.labels != stranger], FIXED)

    unit = _unit(x[known])
    trusts: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "probability": lambda some: plain.predict_proba(some).max(axis=1),
        "nearest": lambda some: (_unit(some) @ unit.T).max(axis=1),
        "none": lambda some: -more.predict_proba(some)[:, -1],
    }
    (val, val_x), (test, test_x) = (_asked(framework, split) for split in ("val", "test"))
    ours = np.isin(test.labels, known_classes)
    strange, seen = test_x[test.labels == stranger], test_x[test.labels == example]
    found = {
        "right": float((plain.predict(test_x[ours]) == test.labels[ours]).mean()),
        "sure": float((trusts["probability"](strange) > 0.5).mean()),
    }
    for name, trust in trusts.items():
        limit = np.quantile(trust(val_x[np.isin(val.labels, known_classes)]), 1 - ANSWERED)
        found[f"refused_{name}"] = float((trust(strange) < limit).mean())
        if name == "none":
            found["refused_seen"] = float((trust(seen) < limit).mean())
    return found


def _unit(x: np.ndarray) -> np.ndarray:
    return np.asarray(x / np.linalg.norm(x, axis=1, keepdims=True))


# --------------------------------------------------------------------------------------------- the grids


def _amounts() -> list[Settings]:
    return [
        {"things": things, "shots": shots, "seed": seed}
        for things in THINGS
        for shots in SHOTS
        for seed in SEEDS
    ]


def _labels() -> list[Settings]:
    return [
        {"dataset": dataset, "wrong": wrong, "seed": seed}
        for dataset in DATASETS
        for wrong in WRONG
        for seed in SEEDS
    ]


def _next() -> list[Settings]:
    return [
        {"dataset": dataset, "way": way, "seed": seed}
        for dataset in DATASETS
        for way in WAYS
        if dataset == "photos" or "series" not in way
        for seed in range(10)  # a few labels more or less: what is drawn matters
    ]


def _strangers() -> list[Settings]:
    return [{"stranger": stranger, "seed": seed} for stranger in range(6) for seed in SEEDS]


_AMOUNT = dict.fromkeys(("features", "pixels", "by_image", "by_thing"), 0.04)
_LABELS = dict.fromkeys(("given", "looked", "dropped", "by_chance", "found", "found_known"), 0.05)
# What a head doubts most is often a near tie, and another image then leads to other rounds: with OpenBLAS's
# kernels for another processor two of 100 rows moved by 0.12, the others by less than 0.08.
_NEXT = {f"round_{number}": 0.16 for number in range(ROUNDS + 1)}
_STRANGE = dict.fromkeys(("right", "sure"), 0.05) | {
    f"refused_{name}": 0.15 for name in ("probability", "nearest", "none", "seen")
}


def _both(
    name: str, run: str, grid: Callable[[], list[Settings]], metrics: Any, title: str
) -> tuple[Sweep, Sweep]:
    """A sweep in PyTorch, and one seed of it in Keras."""

    def again() -> list[Settings]:
        return [row for row in grid() if row["seed"] == 0]

    run = f"tlcourse.sweeps.topics.own_project:{run}"
    return (
        Sweep(name, run, grid, metrics, frameworks=("torch",), title=f"Chapter 14: {title}"),
        Sweep(
            f"{name}-again",
            run,
            again,
            metrics,
            frameworks=("keras",),
            title=f"Chapter 14: one seed of {name}, in Keras",
        ),
    )


SWEEPS: tuple[Sweep, ...] = (
    *_both("own-amounts", "judge_amount", _amounts, _AMOUNT, "shots of things, and what a split promises"),
    *_both("own-labels", "judge_labels", _labels, _LABELS, "wrong labels, and how to find them"),
    *_both("own-next", "judge_next", _next, _NEXT, "which images to label next"),
    *_both("own-strangers", "judge_strangers", _strangers, _STRANGE, "images of no class"),
)
