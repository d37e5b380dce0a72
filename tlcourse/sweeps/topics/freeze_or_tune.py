"""Chapter 4's sweeps: how much of a pretrained network to train, by the size of the data and how far it is.

Every method takes :data:`STEPS` steps of 16 images from the same ImageNet weights and the same fresh head:

* ``frozen``: the head alone, on cached features;
* ``last-block``: the last block, the last convolution and the head;
* ``all``: everything but BatchNorm, which stays as pretrained;
* ``all-bn``: everything, BatchNorm's statistics included;
* ``gradual``: a quarter of the steps for the head, a quarter with the last block, half with everything
  (Howard and Ruder 2018, arXiv:1801.06146, section 3.3, by steps instead of epochs);
* ``probe-then-tune``: half of the steps for the head, half for everything (Kumar et al. 2022,
  arXiv:2202.10054).

``freeze-or-tune-rates`` chose a rate for each method in each cell, of five, on validation rows and with seeds
that the comparison does not use; :func:`rates` reads the choice from its table. It ran in PyTorch only, as
starts and batches are the same numbers in both frameworks. ``freeze-or-tune`` compares.
``freeze-or-tune-shifted`` trains on one style of emoji and tests on all three: Kumar and others found that
fine-tuning can lose there what the frozen features keep.
"""

from __future__ import annotations

import time
from typing import Any

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.shared import trainer, vision
from tlcourse.sweeps.shared.rates import chosen_rates

__all__ = [
    "BATCH",
    "CELLS",
    "METHODS",
    "STAGES",
    "STEPS",
    "SWEEPS",
    "compare_methods",
    "rates",
    "shift_styles",
    "try_rate",
]

STEPS = 80
BATCH = 16
PIXELS = {"fluent": 64, "noto": 64, "twemoji": 64, "fashion-mnist": 32}
CELLS = (
    ("fluent", 5),
    ("fluent", 20),
    ("twemoji", 5),
    ("twemoji", 20),
    ("fashion-mnist", 5),
    ("fashion-mnist", 20),
    ("fashion-mnist", 100),
)
"""(data set, training images per class)."""
METHODS = ("frozen", "last-block", "all", "all-bn", "gradual", "probe-then-tune")
SEEDS = (0, 1, 2, 3, 4)

SEARCH = "freeze-or-tune-rates"
TUNING_SEEDS = (100, 101)
TUNING_RATES = {
    "frozen": (3e-4, 1e-3, 3e-3, 1e-2, 3e-2),
    "last-block": (1e-4, 3e-4, 1e-3, 3e-3, 1e-2),
    "all": (1e-5, 3e-5, 1e-4, 3e-4, 1e-3),
    "all-bn": (1e-4, 3e-4, 1e-3, 3e-3, 1e-2),
    "gradual": (1e-5, 3e-5, 1e-4, 3e-4, 1e-3),
    "probe-then-tune": (1e-5, 3e-5, 1e-4, 3e-4, 1e-3),
}
PROBE_RATE = 3e-3
"""Of the stages that train the head alone, in the methods that have others as well."""

_EARLY = ("conv_stem", *(f"blocks.{i}" for i in range(6)))
_BACKBONE = (*_EARLY, "blocks.6", "conv_head")
STAGES: dict[str, tuple[tuple[float, tuple[str, ...]], ...]] = {
    "last-block": ((1.0, _EARLY),),
    "all": ((1.0, ()),),
    "all-bn": ((1.0, ()),),
    "gradual": ((0.25, _BACKBONE), (0.25, _EARLY), (0.5, ())),
    "probe-then-tune": ((0.5, _BACKBONE), (0.5, ())),
}
"""Method -> its stages: the share of the steps, and what stays frozen in them."""


def _data(name: str) -> Any:
    return vision.dataset(name, PIXELS[name])


def _probe(
    framework: str, name: str, train: Any, lr: float, seed: int, judged: tuple[tuple[str, str], ...]
) -> dict[str, float]:
    """A head on cached features; ``judged`` holds (data set, split)."""
    from tlcourse import training

    started = time.process_time()
    features = training.cache_features(vision.backbone(framework, PIXELS[name]), train, progress=False)
    head = training.fit_head(
        features,
        train.labels,
        len(_data(name).class_names),
        steps=STEPS,
        batch_size=BATCH,
        lr=lr,
        seed=seed,
        framework=framework,
    )
    results = {"train_cpu_seconds": time.process_time() - started}
    for other, split in judged:
        predicted = head.predict(vision.features(framework, other, PIXELS[other], split)).argmax(1)
        results[f"{other}/{split}"] = float((predicted == _data(other).split(split).labels).mean())
    return results


def _run(
    framework: str,
    name: str,
    method: str,
    per_class: int,
    lr: float,
    seed: int,
    judged: tuple[tuple[str, str], ...],
) -> dict[str, float]:
    """One run: accuracy on each of ``judged`` (data set, split), and the CPU seconds of training."""
    data = _data(name)
    train = data.split("train").per_class(per_class, seed=seed)
    if method == "frozen":
        return _probe(framework, name, train, lr, seed, judged)
    network = trainer.get(framework, len(data.class_names), size=PIXELS[name])
    network.start("imagenet", seed)
    seconds = 0.0
    for number, (share, frozen) in enumerate(STAGES[method]):
        seconds += network.train(
            train,
            steps=round(STEPS * share),
            lr=PROBE_RATE if frozen == _BACKBONE else lr,
            # Another order of the batches in each stage: the same few again would be less data.
            seed=seed + 1000 * number,
            batch_size=BATCH,
            frozen=frozen,
            keep_batch_norm=method != "all-bn",
        )
    results = {f"{other}/{split}": network.accuracy(_data(other).split(split)) for other, split in judged}
    return {**results, "train_cpu_seconds": seconds}


# ------------------------------------------------------------------------------------------- the rates


def try_rate(
    framework: str, dataset: str, method: str, per_class: int, lr: float, seed: int
) -> dict[str, float]:
    """One row of ``freeze-or-tune-rates``: validation accuracy, 0 to 1, for one learning rate."""
    results = _run(framework, dataset, method, per_class, lr, seed, ((dataset, "val"),))
    return {"val_accuracy": results[f"{dataset}/val"], "train_cpu_seconds": results["train_cpu_seconds"]}


def _rates_grid() -> list[Settings]:
    return [
        {"dataset": dataset, "method": method, "per_class": per_class, "lr": lr, "seed": seed}
        for dataset, per_class in CELLS
        for method, rates in TUNING_RATES.items()
        for lr in rates
        for seed in TUNING_SEEDS
    ]


def rates() -> dict[tuple[Any, ...], float]:
    """(data set, images per class, method) -> the rate that the recorded search chose."""
    return chosen_rates(SEARCH, by=("dataset", "per_class", "method"))


# -------------------------------------------------------------------------------------- the comparison


def compare_methods(
    framework: str, dataset: str, method: str, per_class: int, lr: float, seed: int
) -> dict[str, float]:
    """One row of ``freeze-or-tune``: validation and test accuracy, 0 to 1, and the CPU seconds of training.

    Parameters
    ----------
    framework : {"torch", "keras"}
    dataset : {"fluent", "twemoji", "fashion-mnist"}
    method : str
        One of :data:`METHODS`.
    per_class : int
        Training images per class, drawn by the seed.
    lr : float
        Adam's learning rate (in ``gradual`` and ``probe-then-tune``: of the stages after the head's).
    seed : int
        Of the drawn rows, the head's start and the order of the batches.
    """
    results = _run(framework, dataset, method, per_class, lr, seed, ((dataset, "val"), (dataset, "test")))
    return {
        "val_accuracy": results[f"{dataset}/val"],
        "test_accuracy": results[f"{dataset}/test"],
        "train_cpu_seconds": results["train_cpu_seconds"],
    }


SHIFTED = ("fluent", 20)
"""The cell whose training is tested on other styles."""
STYLES = ("fluent", "noto", "twemoji")


def shift_styles(framework: str, method: str, lr: float, seed: int) -> dict[str, float]:
    """One row of ``freeze-or-tune-shifted``: test accuracy, 0 to 1, in the style learned and the others."""
    dataset, per_class = SHIFTED
    results = _run(
        framework, dataset, method, per_class, lr, seed, tuple((style, "test") for style in STYLES)
    )
    return {f"{style}_accuracy": results[f"{style}/test"] for style in STYLES}


def _comparison_grid() -> list[Settings]:
    chosen = rates()
    return [
        {
            "dataset": dataset,
            "method": method,
            "per_class": per_class,
            "lr": chosen[dataset, per_class, method],
            "seed": seed,
        }
        for dataset, per_class in CELLS
        for method in METHODS
        for seed in SEEDS
    ]


def _shifted_grid() -> list[Settings]:
    chosen = rates()
    return [
        {"method": method, "lr": chosen[(*SHIFTED, method)], "seed": seed}
        for method in METHODS
        for seed in SEEDS
    ]


def _cost(settings: Settings) -> float:
    """CPU seconds, roughly."""
    step = {"frozen": 0.005, "last-block": 0.035, "gradual": 0.06, "probe-then-tune": 0.065}
    return 1 + STEPS * step.get(settings["method"], 0.1)


def _tolerance(settings: Settings) -> float:
    """How far accuracy may move when only the rounding does; see ``why_transfer``."""
    return {"frozen": 0.02}.get(settings["method"], 0.12)


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        SEARCH,
        "tlcourse.sweeps.topics.freeze_or_tune:try_rate",
        _rates_grid,
        {"val_accuracy": _tolerance, "train_cpu_seconds": None},
        frameworks=("torch",),
        cost=_cost,
        title="Chapter 4: a learning rate for each method, chosen on validation rows",
    ),
    Sweep(
        "freeze-or-tune",
        "tlcourse.sweeps.topics.freeze_or_tune:compare_methods",
        _comparison_grid,
        {"val_accuracy": _tolerance, "test_accuracy": _tolerance, "train_cpu_seconds": None},
        cost=_cost,
        after=(SEARCH,),
        title="Chapter 4: six ways to use pretrained weights, by size and distance of the data",
    ),
    Sweep(
        "freeze-or-tune-shifted",
        "tlcourse.sweeps.topics.freeze_or_tune:shift_styles",
        _shifted_grid,
        {f"{style}_accuracy": _tolerance for style in STYLES},
        cost=_cost,
        after=(SEARCH,),
        title="Chapter 4: trained in one style of emoji, tested in all three",
    ),
)
