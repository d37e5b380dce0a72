"""Chapter 3's sweeps: what the backbone is fed, and whether it needs its weights.

``base-model-inputs`` trains a linear head on frozen features. It holds two questions: what each mistake in
preprocessing costs, made in training and in use alike or in use alone (:data:`MISTAKES`), and what the size
of the images is worth. ``base-model-starts`` trains the whole network, from ImageNet's weights or from
random ones in the same architecture, and looks after 50, 100, 200 and 400 steps: does the architecture alone
catch up, with more data and more steps?

The ``-rates`` sweeps chose a learning rate for each side, on validation rows and with seeds that the
comparisons do not use; :data:`RATES` and :data:`START_RATES` hold the choice. They ran in PyTorch only:
starts and batches are the same numbers in both frameworks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.shared import trainer, vision

__all__ = [
    "MISTAKES",
    "RATES",
    "SWEEPS",
    "as_fed",
    "grow",
    "judge_input",
    "try_rate",
    "try_start_rate",
]

SEEDS = (0, 1, 2, 3, 4)
TUNING_SEEDS = (100, 101)
HEAD_STEPS = 100
PER_CLASS = 20
HEAD_RATES = (3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2)
IMAGENET_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
IMAGENET_DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)

MISTAKES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "right": lambda x: (x - 127) / 128,
    "-1 to 1": lambda x: x / 127.5 - 1,
    "ImageNet mean": lambda x: (x / 255 - IMAGENET_MEAN) / IMAGENET_DEVIATION,
    "0 to 1": lambda x: x / 255,
    "0 to 255": lambda x: x,
    "BGR": lambda x: (x[..., ::-1] - 127) / 128,
}
"""What a model that wants (x - 127) / 128 may be fed instead, from float32 (N, H, W, 3), 0 to 255."""

MISTAKEN = (("fluent", 64), ("fashion-mnist", 32))
"""(data set, pixels) on which the mistakes are made."""
SIZES = {"fluent": (32, 48, 64, 96, 128, 160), "fashion-mnist": (32, 48, 64, 96)}
"""Fluent's images are 128 pixels wide, Fashion-MNIST's 28: beyond that there is nothing new in them."""


def as_fed(images: np.ndarray, how: str) -> np.ndarray:
    """Images uint8 (N, H, W, 3) as one of :data:`MISTAKES` feeds them: float32, the same shape."""
    return np.ascontiguousarray(MISTAKES[how](images.astype(np.float32)), np.float32)


@cache
def _features(framework: str, name: str, size: int, split: str, how: str) -> tuple[np.ndarray, float]:
    """Features of a split, and the CPU milliseconds for an image."""
    from tlcourse import training

    part = vision.dataset(name, size).split(split)
    network = vision.backbone(framework, size)
    started = time.process_time()
    features = training.cache_features(
        network, part, preprocess=lambda images: as_fed(images, how), progress=False
    )
    return features, 1000 * (time.process_time() - started) / len(part)


def _head(
    framework: str, dataset: str, size: int, learned_as: str, used_as: str, lr: float, seed: int, split: str
) -> tuple[float, float]:
    """Accuracy on a split, and the CPU milliseconds for an image."""
    from tlcourse import training

    whole = vision.dataset(dataset, size)
    train = whole.split("train")
    drawn = train.per_class(PER_CLASS, seed=seed)
    place = {name: row for row, name in enumerate(train.ids)}
    rows = np.array([place[name] for name in drawn.ids])
    features, _ = _features(framework, dataset, size, "train", learned_as)
    head = training.fit_head(
        features[rows],
        drawn.labels,
        len(whole.class_names),
        steps=HEAD_STEPS,
        lr=lr,
        seed=seed,
        framework=framework,
    )
    features, milliseconds = _features(framework, dataset, size, split, used_as)
    right = head.logits(features).argmax(1) == whole.split(split).labels
    return float(right.mean()), milliseconds


def judge_input(
    framework: str, dataset: str, size: int, learned_as: str, used_as: str, lr: float, seed: int
) -> dict[str, float]:
    """One row of ``base-model-inputs``.

    Parameters
    ----------
    framework : {"torch", "keras"}
    dataset : {"fluent", "fashion-mnist"}
    size : int
        Side of the images, in pixels.
    learned_as, used_as : str
        Of :data:`MISTAKES`: how the images were fed in training, and how in use.
    lr : float
    seed : int
        Of the drawn images, the head's start and the order of the batches.

    Returns
    -------
    dict
        Accuracy on the validation and the test images, 0 to 1, and CPU milliseconds for an image.
    """
    val, _ = _head(framework, dataset, size, learned_as, used_as, lr, seed, "val")
    test, milliseconds = _head(framework, dataset, size, learned_as, used_as, lr, seed, "test")
    return {"val_accuracy": val, "test_accuracy": test, "milliseconds": milliseconds}


def try_rate(
    framework: str, dataset: str, size: int, learned_as: str, lr: float, seed: int
) -> dict[str, float]:
    """One row of ``base-model-inputs-rates``: validation accuracy, 0 to 1."""
    return {"val_accuracy": _head(framework, dataset, size, learned_as, learned_as, lr, seed, "val")[0]}


SEARCHED: tuple[tuple[str, int, str], ...] = tuple(
    dict.fromkeys(
        [(d, size, how) for d, size in MISTAKEN for how in MISTAKES]
        + [(d, size, "right") for d, sizes in SIZES.items() for size in sizes]
    )
)
"""(data set, pixels, how it is fed) that each get a search of their own."""

RATES: dict[tuple[str, int, str], float] = {
    ("fluent", 64, "right"): 0.003,
    ("fluent", 64, "-1 to 1"): 0.003,
    ("fluent", 64, "ImageNet mean"): 0.01,
    ("fluent", 64, "0 to 1"): 0.001,
    ("fluent", 64, "0 to 255"): 0.01,
    ("fluent", 64, "BGR"): 0.003,
    ("fashion-mnist", 32, "right"): 0.003,
    ("fashion-mnist", 32, "-1 to 1"): 0.003,
    ("fashion-mnist", 32, "ImageNet mean"): 0.003,
    ("fashion-mnist", 32, "0 to 1"): 0.03,
    ("fashion-mnist", 32, "0 to 255"): 0.03,
    ("fashion-mnist", 32, "BGR"): 0.003,
    ("fluent", 32, "right"): 0.01,
    ("fluent", 48, "right"): 0.01,
    ("fluent", 96, "right"): 0.003,
    ("fluent", 128, "right"): 0.001,
    ("fluent", 160, "right"): 0.003,
    ("fashion-mnist", 48, "right"): 0.003,
    ("fashion-mnist", 64, "right"): 0.001,
    ("fashion-mnist", 96, "right"): 0.0003,
}
"""Of :data:`SEARCHED` -> the rate with the best mean validation accuracy in the search."""


def _rates_grid() -> list[Settings]:
    return [
        {"dataset": d, "size": size, "learned_as": how, "lr": lr, "seed": seed}
        for d, size, how in SEARCHED
        for lr in HEAD_RATES
        for seed in TUNING_SEEDS
    ]


def _inputs_grid() -> list[Settings]:
    pairs = [(d, size, how, how) for d, size, how in SEARCHED]
    # Trained right, used wrong: the rate is that of the right one.
    pairs += [(d, size, "right", how) for d, size in MISTAKEN for how in MISTAKES if how != "right"]
    return [
        {
            "dataset": d,
            "size": size,
            "learned_as": learned,
            "used_as": used,
            "lr": RATES[d, size, learned],
            "seed": seed,
        }
        for d, size, learned, used in pairs
        for seed in SEEDS
    ]


# ------------------------------------------------------------------------------- with weights or without

STARTS = ("pretrained", "random")
GROWN = (20, 200)
"""Images of Fashion-MNIST per class."""
LOOKED_AT = (50, 100, 200, 400)
"""Steps after which the test images are shown."""
PIXELS = 32
WHOLE_RATES = {"pretrained": (3e-5, 1e-4, 3e-4, 1e-3), "random": (3e-4, 1e-3, 3e-3, 1e-2)}
SEARCH_STEPS = 200


def _train(network: Any, start: str, train: Any, steps: int, lr: float, seed: int) -> float:
    # Pretrained BatchNorm stays as it came (chapter 4); a random one has to learn.
    return network.train(train, steps=steps, lr=lr, seed=seed, keep_batch_norm=start == "pretrained")


def _begun(framework: str, start: str, seed: int) -> Any:
    network = trainer.get(framework, len(vision.dataset("fashion-mnist", PIXELS).class_names), size=PIXELS)
    network.start("imagenet" if start == "pretrained" else None, seed)
    return network


def grow(framework: str, start: str, per_class: int, lr: float, seed: int) -> dict[str, float]:
    """One row of ``base-model-starts``: test accuracy, 0 to 1, after each of :data:`LOOKED_AT` steps."""
    whole = vision.dataset("fashion-mnist", PIXELS)
    train = whole.split("train").per_class(per_class, seed=seed)
    network = _begun(framework, start, seed)
    out, done, seconds = {}, 0, 0.0
    for number, steps in enumerate(LOOKED_AT):
        # Another order of the batches in each stretch; the optimizer's averages begin anew, on both sides.
        seconds += _train(network, start, train, steps - done, lr, seed + 1000 * number)
        out[f"accuracy_{steps}"] = network.accuracy(whole.split("test"))
        done = steps
    return {**out, "train_cpu_seconds": seconds}


def try_start_rate(framework: str, start: str, lr: float, seed: int) -> dict[str, float]:
    """One row of ``base-model-starts-rates``: validation accuracy with the larger data."""
    whole = vision.dataset("fashion-mnist", PIXELS)
    network = _begun(framework, start, seed)
    train = whole.split("train").per_class(GROWN[-1], seed=seed)
    seconds = _train(network, start, train, SEARCH_STEPS, lr, seed)
    return {"val_accuracy": network.accuracy(whole.split("val")), "train_cpu_seconds": seconds}


START_RATES: dict[str, float] = {"pretrained": 0.0001, "random": 0.003}
"""Start -> the rate with the best mean validation accuracy in the search."""


def _start_rates_grid() -> list[Settings]:
    return [
        {"start": start, "lr": lr, "seed": seed}
        for start, rates in WHOLE_RATES.items()
        for lr in rates
        for seed in TUNING_SEEDS
    ]


def _starts_grid() -> list[Settings]:
    return [
        {"start": start, "per_class": n, "lr": START_RATES[start], "seed": seed}
        for start in STARTS
        for n in GROWN
        for seed in SEEDS
    ]


def _cost(settings: Settings) -> float:
    """CPU seconds, roughly."""
    if "start" in settings:
        return (LOOKED_AT[-1] if "per_class" in settings else SEARCH_STEPS) * 0.06
    return 2.0


def _bound(settings: Mapping[str, Any]) -> float:
    """How far an accuracy of ``base-model-starts`` may stray when its row is run again.

    From random weights, at the high rate that these need, 400 steps grow a difference in the last digit into
    another network. The two frameworks' rows are such repeats: they have the same start and batches and round
    differently. Their ten pairs from random weights are up to 0.129 apart, those from pretrained ones 0.037;
    of five rows from random weights run again on another processor one moved by 0.159.
    """
    return 0.2 if settings["start"] == "random" else 0.06


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "base-model-inputs-rates",
        "tlcourse.sweeps.topics.base_model:try_rate",
        _rates_grid,
        {"val_accuracy": 0.03},
        frameworks=("torch",),
        cost=_cost,
        title="Chapter 3: a learning rate for each way of feeding the backbone, chosen on validation rows",
    ),
    Sweep(
        "base-model-inputs",
        "tlcourse.sweeps.topics.base_model:judge_input",
        _inputs_grid,
        {"val_accuracy": 0.03, "test_accuracy": 0.03, "milliseconds": None},
        cost=_cost,
        title="Chapter 3: mistakes in preprocessing, and the size of the images",
    ),
    Sweep(
        "base-model-starts-rates",
        "tlcourse.sweeps.topics.base_model:try_start_rate",
        _start_rates_grid,
        {"val_accuracy": 0.12, "train_cpu_seconds": None},
        frameworks=("torch",),
        cost=_cost,
        title="Chapter 3: a learning rate for each start, chosen on validation rows",
    ),
    Sweep(
        "base-model-starts",
        "tlcourse.sweeps.topics.base_model:grow",
        _starts_grid,
        {f"accuracy_{steps}": _bound for steps in LOOKED_AT} | {"train_cpu_seconds": None},
        cost=_cost,
        title="Chapter 3: pretrained against architecture alone, as data and steps grow",
    ),
)
