"""Chapter 7's log: recipes for finding broken solar cells, judged on modules that no recipe has seen.

A *recipe* is a line of text (:data:`RECIPES`): what reads the cells ("pixels", "lite0 128", two networks
side by side), and what else is different ("flips", "svm", "sure cells", "last blocks"). :func:`read` takes it
apart.

A *drawer* holds the test modules: a quarter of the cells, by the seed of `tlcourse.data.solar_cells`. The
modules outside are dealt into :data:`PARTS` parts. Each part is predicted by a recipe trained on the others,
so every cell outside the drawer has a prediction of a model that has not seen its module; with the part
:data:`DRAWER` the recipe is trained on all cells outside and asked about those inside. A row has, beside the
scores, how many cells of each block of modules were right: from these the chapter draws its bootstrap.

The strength of a classifier's regularisation is chosen for every row by itself, within its training cells, by
modules as well. Recipes that train a network (:data:`COSTLY`) have one log, that of the first drawer.

With ``split`` "random" cells are drawn one by one, so that test and training share modules: what that
flatters. The log ran in PyTorch; ``solar-log-again`` repeats its first frozen recipe in Keras.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.shared import vision

__all__ = [
    "BLOCKS",
    "CHAIN",
    "COSTLY",
    "DRAWER",
    "FROZEN",
    "PARTS",
    "RANDOM",
    "RECIPES",
    "SEEDS",
    "SWEEPS",
    "TUNED",
    "judge",
    "read",
]

SEEDS = (0, 1, 2, 3, 4)
PARTS = 4
DRAWER = PARTS
"""The part of a row that is asked about the drawer."""
BLOCKS = 39
"""Blocks of modules in `tlcourse.data.solar_cells`."""
STRENGTHS = {"logistic": (1e-4, 3e-4, 1e-3, 3e-3), "svm": (1.0, 5.0)}
"""scikit-learn's C: smaller is stronger."""
CONTROL = 32
"""Side of the images whose pixels are features."""
NETWORKS = {
    "lite0": "efficientnet_lite0",
    "vgg16": "vgg16_base",
    "xception": "xception_base",
    "densenet121": "densenet121_base",
}
KEPT_BLOCKS = 5
"""So many of EfficientNet-Lite0's seven blocks stay as they are under "last blocks"."""
EPOCHS, BATCH, RATE, HEAD_RATE = 3, 32, 3e-4, 3e-3
SMALL_SIZE, SMALL_STEPS = 32, 300

FROZEN = "lite0 128"
CHAIN: tuple[tuple[str, str], ...] = (
    ("small cnn", "does it need a pretrained network at all?"),
    (FROZEN, "features of ImageNet, frozen: chapter 3"),
    ("lite0 224", "a fine crack is gone at 128 pixels"),
    ("vgg16 128", "the published result is VGG-19's"),
    ("xception 128", "newer than VGG, with a better ImageNet score"),
    ("densenet121 128", "the best features in chapter 2's table"),
    ("lite0 128, svm", "the published features went into one"),
    ("lite0 128, flips", "a cell has no up and no left"),
    ("lite0 128, sure cells", "doubtful labels may teach doubtful things"),
    ("lite0 128 + densenet121 128", "two networks see more than one"),
    ("lite0 128, last blocks", "far from photographs: let the last blocks learn"),
)
"""(recipe, the reason for trying it), in the order of the log; the first model reads pixels."""
RECIPES = ("pixels", *(recipe for recipe, _ in CHAIN))
TUNED = "lite0 128, last blocks"
COSTLY = ("small cnn", TUNED)
"""Outside the drawer asked with the first drawer only."""
RANDOM = tuple(recipe for recipe in RECIPES if recipe != "small cnn")
"""Asked about drawers of cells drawn one by one as well."""


@dataclass(frozen=True)
class Recipe:
    """What a line of text says."""

    readers: tuple[tuple[str, int], ...]
    """(network, side of the images) of each network; ("pixels", 32) for none."""
    flips: bool
    head: str
    sure: bool
    tuned: bool
    small: bool


def read(recipe: str) -> Recipe:
    """Take a recipe apart.

    Examples
    --------
    >>> read("lite0 128 + vgg16 128, flips").readers
    (('lite0', 128), ('vgg16', 128))
    >>> read("lite0 128, svm").head, read("pixels").readers
    ('svm', (('pixels', 32),))
    """
    first, *others = recipe.split(", ")
    readers = []
    for reader in () if first == "small cnn" else first.split(" + "):
        name, _, size = reader.partition(" ")
        readers.append((name, int(size or CONTROL)))
    return Recipe(
        tuple(readers),
        "flips" in others,
        "svm" if "svm" in others else "logistic",
        "sure cells" in others,
        "last blocks" in others,
        first == "small cnn",
    )


@cache
def _cells(size: int) -> Any:
    from tlcourse import data

    return data.solar_cells(size=size)


@cache
def _split(split: str, seed: int) -> tuple[Any, ...]:
    """The rows of each part, and of the drawer: `PARTS` + 1 int64 arrays."""
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    cells = _cells(CONTROL).split_again(split, seed)
    outside = np.sort(np.concatenate([cells.splits["train"], cells.splits["val"]]))
    labels, blocks = cells.labels[outside], cells.blocks[outside]
    if split == "modules":
        folds = StratifiedGroupKFold(PARTS, shuffle=True, random_state=seed).split(outside, labels, blocks)
    else:
        folds = StratifiedKFold(PARTS, shuffle=True, random_state=seed).split(outside, labels)
    return (*(outside[part] for _, part in folds), cells.splits["test"])


def _views(images: np.ndarray, flips: bool) -> list[np.ndarray]:
    """The images, and mirrored left to right, upside down, and both: a cell has no up or left."""
    flipped = [images[:, :, ::-1], images[:, ::-1], images[:, ::-1, ::-1]]
    return [images, *(flipped if flips else ())]


@cache
def _network(framework: str, name: str, size: int) -> Any:
    from tlcourse import models

    if name == "lite0":
        return vision.backbone(framework, size)
    return models.load(NETWORKS[name], framework, num_classes=0, input_size=size)


@cache
def _features(framework: str, name: str, size: int, flips: bool) -> np.ndarray:
    """A row for each cell; with ``flips`` the mean over the views: float32 (2624, D)."""
    from tlcourse import training

    images = _cells(size).images
    if name == "pixels":
        return np.asarray(images[..., 0].reshape(len(images), -1) / 255)
    if flips:
        # The first view is there already where the recipe before had no flips.
        views = [_seen(framework, name, size, view) for view in range(4)]
        return np.asarray(np.mean(views, axis=0))
    return training.cache_features(_network(framework, name, size), images, progress=False)


@cache
def _seen(framework: str, name: str, size: int, view: int) -> np.ndarray:
    from tlcourse import training

    if view == 0:
        return _features(framework, name, size, False)
    images = np.ascontiguousarray(_views(_cells(size).images, True)[view])
    return training.cache_features(_network(framework, name, size), images, progress=False)


def _fitted(head: str, strength: float, features: np.ndarray, labels: np.ndarray) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    model = SVC(C=strength) if head == "svm" else LogisticRegression(C=strength, max_iter=500)
    return make_pipeline(StandardScaler(), model).fit(features, labels)


def _by_head(
    x: np.ndarray, labels: np.ndarray, groups: np.ndarray, head: str, train: np.ndarray, asked: np.ndarray
) -> np.ndarray:
    """Scores above 0 where the cell is called defective: float64, one for each row of ``asked``."""
    from sklearn.model_selection import StratifiedGroupKFold

    surprise = dict.fromkeys(STRENGTHS[head], 0.0)
    inner = StratifiedGroupKFold(3, shuffle=True, random_state=0)
    for fitting, held in inner.split(train, labels[train], groups[train]):
        for strength in surprise:
            model = _fitted(head, strength, x[train[fitting]], labels[train[fitting]])
            scores = model.decision_function(x[train[held]])
            # The log loss: on so few cells it tells strengths apart where the accuracy does not.
            signed = np.where(labels[train[held]] == 1, scores, -scores)
            surprise[strength] += float(np.logaddexp(0, -signed).sum())
    chosen = min(surprise, key=lambda strength: surprise[strength])
    return np.asarray(_fitted(head, chosen, x[train], labels[train]).decision_function(x[asked]))


@cache
def _below(framework: str, size: int, view: int) -> Any:
    """What EfficientNet-Lite0's first blocks make of a view of all cells: they do not learn."""
    import torch

    network = vision.backbone(framework, size)
    images = torch.from_numpy(np.ascontiguousarray(_views(_cells(size).images, True)[view]))
    kept = []
    with torch.no_grad():
        for part in images.split(64):
            x = network.bn1(network.conv_stem((part.permute(0, 3, 1, 2).float() - 127) / 128))
            for block in network.blocks[:KEPT_BLOCKS]:
                x = block(x)
            kept.append(x.half())
    return torch.cat(kept)


def _above(framework: str, size: int) -> Any:
    """The last blocks with ImageNet's weights, and a head for yes or no, in evaluation mode."""
    from torch import nn

    network = vision.backbone(framework, size)
    parts = [*network.blocks[KEPT_BLOCKS:], network.conv_head, network.bn2]
    pool = [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    model = nn.Sequential(*(copy.deepcopy(part) for part in parts), *pool)
    model.add_module("dropout", nn.Dropout(0.2))
    model.add_module("head", nn.Linear(network.num_features, 1))
    return model.eval()


def _by_tuning(
    framework: str, size: int, labels: np.ndarray, train: np.ndarray, asked: np.ndarray, seed: int
) -> np.ndarray:
    """The last blocks learn too; the mean logit over the views."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    views, model = [_below(framework, size, view) for view in range(4)], _above(framework, size)
    head = list(model.head.parameters())
    blocks = [p for name, p in model.named_parameters() if not name.startswith("head")]
    optimizer = torch.optim.AdamW([{"params": blocks, "lr": RATE}, {"params": head, "lr": HEAD_RATE}])
    per_epoch, rng = len(train) // BATCH, np.random.default_rng(seed)
    steps = EPOCHS * per_epoch
    warm_up = max(1, per_epoch // 2)
    rates = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min((step + 1) / warm_up, 0.5 + 0.5 * float(np.cos(np.pi * step / steps))),
    )
    wanted = torch.from_numpy(labels).float()
    for _ in range(EPOCHS):
        model.eval()  # BatchNorm stays as it came,
        model.dropout.train()  # dropout works
        for rows in np.split(rng.permutation(train)[: per_epoch * BATCH], per_epoch):
            drawn = zip(rng.integers(0, 4, BATCH), rows, strict=True)
            x = torch.stack([views[int(view)][int(row)] for view, row in drawn]).float()
            loss = nn.functional.binary_cross_entropy_with_logits(model(x)[:, 0], wanted[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            rates.step()
    model.eval()
    with torch.no_grad():
        logits = [
            torch.cat([model(view[part].float())[:, 0] for part in torch.from_numpy(asked).split(64)])
            for view in views
        ]
    return np.asarray(torch.stack(logits).mean(0).double())


def _by_small_cnn(
    framework: str, labels: np.ndarray, train: np.ndarray, asked: np.ndarray, seed: int
) -> np.ndarray:
    from tlcourse import models, training

    images = _cells(SMALL_SIZE).images
    model = models.load("small_cnn", framework, num_classes=2, input_size=SMALL_SIZE, seed=seed)
    training.fit(
        model,
        (images[train], labels[train]),
        steps=SMALL_STEPS,
        batch_size=BATCH,
        lr=1e-3,
        seed=seed,
        progress=False,
    )
    logits = training.predict(model, images[asked], progress=False)
    return np.asarray(logits[:, 1] - logits[:, 0], "float64")


def judge(framework: str, recipe: str, split: str, part: int, seed: int) -> dict[str, float]:
    """One row of ``solar-log``.

    Parameters
    ----------
    framework : {"torch", "keras"}
    recipe : str
        One of :data:`RECIPES`.
    split : {"modules", "random"}
    part : int
        Which part is predicted from the others, or :data:`DRAWER`.
    seed : int
        Of the drawer and the parts, and of what is drawn in training.

    Returns
    -------
    dict
        ``accuracy`` and ``auc`` of the part, 0 to 1, and ``hits_00`` and so on: how many cells of each block
        are right, -1 where none of the part is of that block.
    """
    from sklearn.metrics import roc_auc_score

    asked_for, cells = read(recipe), _cells(CONTROL)
    parts = _split(split, seed)
    asked = parts[part]
    others = [rows for number, rows in enumerate(parts[:PARTS]) if number != part]
    train = np.sort(np.concatenate(others))
    if asked_for.sure:
        train = train[np.isin(cells.probabilities[train], (0, 1))]
    labels, groups = cells.labels, cells.blocks if split == "modules" else np.arange(len(cells))
    if asked_for.small:
        scores = _by_small_cnn(framework, labels, train, asked, seed)
    elif asked_for.tuned:
        scores = _by_tuning(framework, asked_for.readers[0][1], labels, train, asked, seed)
    else:
        x = np.hstack([_features(framework, *reader, asked_for.flips) for reader in asked_for.readers])
        scores = _by_head(x, labels, groups, asked_for.head, train, asked)
    right = (scores > 0) == labels[asked]
    hits = {
        f"hits_{block:02d}": float(right[of].sum()) if (of := cells.blocks[asked] == block).any() else -1.0
        for block in range(BLOCKS)
    }
    return {"accuracy": float(right.mean()), "auc": float(roc_auc_score(labels[asked], scores)), **hits}


def _grid() -> list[Settings]:
    rows: list[Settings] = []
    for recipe in RECIPES:
        for seed in SEEDS:
            outside = range(PARTS) if seed == SEEDS[0] or recipe not in COSTLY else ()
            inside = (DRAWER,) if outside or recipe in RANDOM else ()
            for part in (*outside, *inside):
                rows.append({"recipe": recipe, "split": "modules", "part": part, "seed": seed})
        for seed in SEEDS if recipe in RANDOM else ():
            rows.append({"recipe": recipe, "split": "random", "part": DRAWER, "seed": seed})
    return rows


def _again_grid() -> list[Settings]:
    return [row for row in _grid() if row["recipe"] == FROZEN and row["split"] == "modules"]


def _cost(settings: Settings) -> float:
    """Processor seconds of a row by itself, roughly: most of it is for the features."""
    recipe = read(settings["recipe"])
    if recipe.small:
        return 20.0
    if recipe.tuned:
        return 150.0
    once = {"pixels": 3, "lite0": 22, "vgg16": 185, "xception": 95, "densenet121": 80}
    views = 4 if recipe.flips else 1
    return 3 + views * sum(once[name] * (size / 128) ** 2 for name, size in recipe.readers if size != CONTROL)


def _tolerance(settings: Settings) -> float:
    return 0.04 if settings["recipe"] in COSTLY else 0.02


def _hits_tolerance(settings: Settings) -> float:
    return 6.0 if settings["recipe"] in COSTLY else 3.0


_METRICS: dict[str, Any] = {
    "accuracy": _tolerance,
    "auc": _tolerance,
    **{f"hits_{block:02d}": _hits_tolerance for block in range(BLOCKS)},
}

SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "solar-log",
        "tlcourse.sweeps.topics.solar_log:judge",
        _grid,
        _METRICS,
        frameworks=("torch",),
        cost=_cost,
        title="Chapter 7: a log of recipes for broken solar cells, judged on modules that they have not seen",
    ),
    Sweep(
        "solar-log-again",
        "tlcourse.sweeps.topics.solar_log:judge",
        _again_grid,
        _METRICS,
        frameworks=("keras",),
        cost=_cost,
        title="Chapter 7: a part of solar-log, in Keras",
    ),
)
