"""Chapter 3's sweep of starts: does the architecture alone catch up, with more images and more steps?

``base-model-starts`` trains the whole network on Fashion-MNIST, from ImageNet's weights or from random ones
in the same architecture, and looks after 50, 100, 200 and 400 steps. ``base-model-starts-rates`` chose a
learning rate for each start, on validation rows and with seeds that the comparison does not use;
:data:`START_RATES` holds the choice. It ran in PyTorch only: starts and batches are the same numbers in both
frameworks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.shared import trainer, vision

__all__ = ["STARTS", "START_RATES", "SWEEPS", "WHOLE_RATES", "grow", "try_start_rate"]

SEEDS = (0, 1, 2, 3, 4)
TUNING_SEEDS = (100, 101)
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
    return (LOOKED_AT[-1] if "per_class" in settings else SEARCH_STEPS) * 0.06


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
