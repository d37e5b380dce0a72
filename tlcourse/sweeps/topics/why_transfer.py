"""Chapter 1's sweep: one architecture, three starts, and a small network as the control.

Every method takes the same number of steps with the same batch size, on the same drawn rows:

* ``random``: EfficientNet-Lite0 from random weights;
* ``frozen``: the same network with ImageNet weights, kept as they are; a linear head learns on its features;
* ``fine-tuned``: the same network from ImageNet weights, all of it learning;
* ``small-cnn``: three convolutions from random weights: is it the pretraining, or is the network too large?

``why-longer`` gives the small network, and the frozen one, four times the steps.

The learning rates were chosen on validation rows by a sweep of their own, ``why-transfer-rates``, with seeds
that the comparison does not use and as many rates for each method; :data:`RATES` holds the choice. It ran in
PyTorch only: starts and batches are the same numbers in both frameworks. Test rows are used in the comparison
only, after everything was chosen.
"""

from __future__ import annotations

import time
from typing import Any

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.shared import trainer, vision

__all__ = [
    "BATCH",
    "METHODS",
    "RATES",
    "SIZE",
    "SIZES",
    "STEPS",
    "SWEEPS",
    "compare_starts",
    "train_longer",
    "try_rate",
]

METHODS = ("random", "small-cnn", "frozen", "fine-tuned")
SIZE = 64
"""Pixels: emoji come in 64, and a step costs a quarter of what it does at 128."""
STYLE = "twemoji"
"""The emoji of the data set that is called three-styles here."""
STEPS = 100
BATCH = 16
SIZES = {"three-styles": (5, 10, 20), "fashion-mnist": (5, 20, 50, 200)}
"""Training images per class."""
SEEDS = (0, 1, 2, 3, 4)

TUNING_SIZE = {"three-styles": 10, "fashion-mnist": 20}
TUNING_SEEDS = (100, 101)
TUNING_RATES = {
    "random": (3e-4, 1e-3, 3e-3, 1e-2),
    "small-cnn": (1e-4, 3e-4, 1e-3, 3e-3),
    "frozen": (3e-4, 1e-3, 3e-3, 1e-2),
    "fine-tuned": (1e-4, 3e-4, 1e-3, 3e-3),
    # BatchNorm's scales, shifts and statistics stay ImageNet's. A smaller rate suits it.
    "fine-tuned-kept-bn": (3e-5, 1e-4, 3e-4, 1e-3),
}

LONGER = 400
"""Steps in ``why-longer``, which has the most images of all: there a small network may be undertrained."""

# -------------------------------------------------------------------------------------------- one run


def _data(name: str) -> Any:
    return vision.dataset(STYLE if name == "three-styles" else name, SIZE)


def _features(framework: str, name: str, split: str) -> Any:
    return vision.features(framework, STYLE if name == "three-styles" else name, SIZE, split)


def _probe(
    framework: str, dataset: str, train: Any, lr: float, seed: int, splits: tuple[str, ...]
) -> dict[str, float]:
    """A linear head on frozen features: accuracies, and the seconds of features and training together."""
    from tlcourse import training

    whole = _data(dataset)
    backbone = vision.backbone(framework, SIZE)
    started = time.process_time()
    head = training.fit_head(
        training.cache_features(backbone, train, progress=False),
        train.labels,
        len(whole.class_names),
        steps=STEPS,
        batch_size=BATCH,
        lr=lr,
        seed=seed,
        framework=framework,
    )
    results = {"train_cpu_seconds": time.process_time() - started}
    for split in splits:
        predicted = head.predict(_features(framework, dataset, split)).argmax(1)
        results[f"{split}_accuracy"] = float((predicted == whole.split(split).labels).mean())
    return results


def _run(
    framework: str, dataset: str, method: str, per_class: int, lr: float, seed: int, splits: tuple[str, ...]
) -> dict[str, float]:
    """One run: accuracy on each of ``splits``, and the CPU seconds of training."""
    whole = _data(dataset)
    train = whole.split("train").per_class(per_class, seed=seed)
    if method == "frozen":
        return _probe(framework, dataset, train, lr, seed, splits)
    name = "small_cnn" if method == "small-cnn" else "efficientnet_lite0"
    network = trainer.get(framework, len(whole.class_names), name, SIZE)
    network.start("imagenet" if method.startswith("fine-tuned") else None, seed)
    seconds = network.train(
        train,
        steps=STEPS,
        lr=lr,
        seed=seed,
        batch_size=BATCH,
        keep_batch_norm=method == "fine-tuned-kept-bn",
    )
    results = {f"{split}_accuracy": network.accuracy(whole.split(split)) for split in splits}
    return {**results, "train_cpu_seconds": seconds}


# ------------------------------------------------------------------------------------------- the rates


def try_rate(
    framework: str, dataset: str, method: str, per_class: int, lr: float, seed: int
) -> dict[str, float]:
    """One row of ``why-transfer-rates``: validation accuracy, 0 to 1, for one learning rate."""
    return _run(framework, dataset, method, per_class, lr, seed, ("val",))


def _rates_grid() -> list[Settings]:
    return [
        {"dataset": dataset, "method": method, "per_class": per_class, "lr": lr, "seed": seed}
        for dataset, per_class in TUNING_SIZE.items()
        for method, rates in TUNING_RATES.items()
        for lr in rates
        for seed in TUNING_SEEDS
    ]


RATES: dict[tuple[str, str], float] = {
    ("three-styles", "random"): 1e-3,
    ("three-styles", "small-cnn"): 1e-3,
    ("three-styles", "frozen"): 1e-3,
    ("three-styles", "fine-tuned"): 3e-4,
    ("fashion-mnist", "random"): 3e-3,
    ("fashion-mnist", "small-cnn"): 1e-3,
    ("fashion-mnist", "frozen"): 1e-3,
    ("fashion-mnist", "fine-tuned"): 1e-4,
}
"""(data set, method) -> the rate with the best mean validation accuracy in ``why-transfer-rates``."""

FINE_TUNING = "fine-tuned-kept-bn"
"""How the comparison fine-tunes: with BatchNorm kept as ImageNet left it, validation accuracy was better."""

# -------------------------------------------------------------------------------------- the comparison


def compare_starts(
    framework: str, dataset: str, method: str, per_class: int, lr: float, seed: int
) -> dict[str, float]:
    """One row of ``why-transfer``: validation and test accuracy, 0 to 1, and the CPU seconds of training.

    Parameters
    ----------
    framework : {"torch", "keras"}
    dataset : {"three-styles", "fashion-mnist"}
    method : {"random", "small-cnn", "frozen", "fine-tuned"}
    per_class : int
        Training images per class, drawn by the seed.
    lr : float
        Adam's learning rate.
    seed : int
        Of the drawn rows, of whatever is random in the start, and of the order of the batches.
    """
    how = FINE_TUNING if method == "fine-tuned" else method
    return _run(framework, dataset, how, per_class, lr, seed, ("val", "test"))


def _comparison_grid() -> list[Settings]:
    return [
        {
            "dataset": dataset,
            "method": method,
            "per_class": per_class,
            "lr": RATES[dataset, method],
            "seed": seed,
        }
        for dataset, sizes in SIZES.items()
        for per_class in sizes
        for method in METHODS
        for seed in SEEDS
    ]


def train_longer(
    framework: str, dataset: str, method: str, per_class: int, steps: int, lr: float, seed: int
) -> dict[str, float]:
    """One row of ``why-longer``: test accuracy, 0 to 1, and the CPU seconds of training, after more steps."""
    whole = _data(dataset)
    train, test = whole.split("train").per_class(per_class, seed=seed), whole.split("test")
    if method == "frozen":
        from tlcourse import training

        started = time.process_time()
        features = training.cache_features(vision.backbone(framework, SIZE), train, progress=False)
        settings: Settings = {"steps": steps, "batch_size": BATCH, "lr": lr, "seed": seed}
        classes = len(whole.class_names)
        head = training.fit_head(features, train.labels, classes, framework=framework, **settings)
        seconds = time.process_time() - started
        right = head.predict(_features(framework, dataset, "test")).argmax(1) == test.labels
        return {"test_accuracy": float(right.mean()), "train_cpu_seconds": seconds}
    network = trainer.get(framework, len(whole.class_names), "small_cnn", SIZE)
    network.start(None, seed)
    seconds = network.train(train, steps=steps, lr=lr, seed=seed, batch_size=BATCH)
    return {"test_accuracy": network.accuracy(test), "train_cpu_seconds": seconds}


def _longer_grid() -> list[Settings]:
    return [
        {
            "dataset": "fashion-mnist",
            "method": method,
            "per_class": 200,
            "steps": LONGER,
            "lr": RATES["fashion-mnist", method],
            "seed": seed,
        }
        for method in ("small-cnn", "frozen")
        for seed in SEEDS
    ]


def _cost(settings: Settings) -> float:
    """CPU seconds, roughly."""
    return {"frozen": 0.5, "small-cnn": 4.0}.get(settings["method"], 11.0)


def _tolerance(settings: Settings) -> float:
    """How far accuracy may move when only the rounding does.

    On one kind of processor a row repeats itself. Across processors rounding differs, and training multiplies
    the difference; how much was read off the two frameworks' runs from the same start with the same batches:
    at most 0.005 for a head, 0.05 for the small network, 0.06 for fine-tuning, 0.16 from random weights.
    """
    return {"frozen": 0.02, "small-cnn": 0.1, "random": 0.2}.get(settings["method"], 0.12)


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "why-transfer-rates",
        "tlcourse.sweeps.topics.why_transfer:try_rate",
        _rates_grid,
        {"val_accuracy": _tolerance, "train_cpu_seconds": None},
        frameworks=("torch",),
        cost=_cost,
        title="Chapter 1: a learning rate for each method, chosen on validation rows",
    ),
    Sweep(
        "why-transfer",
        "tlcourse.sweeps.topics.why_transfer:compare_starts",
        _comparison_grid,
        {"val_accuracy": _tolerance, "test_accuracy": _tolerance, "train_cpu_seconds": None},
        cost=_cost,
        title="Chapter 1: three starts and a control, five seeds each",
    ),
    Sweep(
        "why-longer",
        "tlcourse.sweeps.topics.why_transfer:train_longer",
        _longer_grid,
        {"test_accuracy": _tolerance, "train_cpu_seconds": None},
        frameworks=("torch",),
        cost=lambda settings: 4 * _cost(settings),
        title="Chapter 1: the control with four times the steps",
    ),
)
