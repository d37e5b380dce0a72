"""Chapter 6's sweeps: rates for layers, schedules, stopping early, augmentation.

* ``adapted-rates``: one rate for all layers, with Adam, with SGD, and with Adam on larger batches; rates that
  fall towards the input (Howard and Ruder 2018); and Adam's two with a warm-up and a cosine. Each has a
  search of its own (``adapted-rates-search``).
* ``adapted-stopping``: one long run, looked at every 20 steps: training and validation loss, and the test
  accuracy of the last weights, of the best by validation, and of those at which patience ended. It shows
  under- and overfitting made on purpose as well, by the rate and the size of the data.
* ``adapted-augment``: four augmentations one at a time and together, on emoji and on digits, all at the rate
  that ``adapted-augment-rates`` chose for the data set.

The searches ran in PyTorch only, with seeds of their own and on validation images. BatchNorm stays as it
came throughout (chapter 4).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.shared import trainer, vision

__all__ = [
    "AUGMENT_RATES",
    "KINDS",
    "LOOKS",
    "RATES",
    "RUNS",
    "SWEEPS",
    "augmented",
    "stop_early",
    "train_kind",
    "try_augment_rate",
    "try_rate",
]

SEEDS = (0, 1, 2, 3, 4)
TUNING_SEEDS = (100, 101)
PIXELS = {"fluent": 48, "fashion-mnist": 32, "digits": 32}
STEPS = 80
DECAY = 1 / 2.6

KINDS = ("one", "sgd", "batch-64", "layerwise", "one-scheduled", "layerwise-scheduled")
"""One rate (Adam, SGD, or Adam with a quarter of the steps on batches of 64) or falling ones; constant, or
with warm-up and cosine."""
KIND_CELLS = (("fluent", 20), ("fashion-mnist", 20))
KIND_RATES = {
    "one": (1e-5, 3e-5, 1e-4, 3e-4, 1e-3),
    "sgd": (1e-4, 3e-4, 1e-3, 3e-3, 1e-2),
    "batch-64": (3e-5, 1e-4, 3e-4, 1e-3, 3e-3),
    "layerwise": (1e-4, 3e-4, 1e-3, 3e-3, 1e-2),
    "one-scheduled": (3e-5, 1e-4, 3e-4, 1e-3, 3e-3),
    "layerwise-scheduled": (3e-4, 1e-3, 3e-3, 1e-2, 3e-2),
}
"""Of layer-wise rates the head's, which is the largest."""


def _data(name: str) -> Any:
    return vision.dataset(name, PIXELS[name])


def _begun(framework: str, name: str, seed: int) -> Any:
    network = trainer.get(framework, len(_data(name).class_names), size=PIXELS[name])
    network.start("imagenet", seed)
    return network


def _kind(
    framework: str, dataset: str, per_class: int, kind: str, lr: float, seed: int, split: str
) -> dict[str, float]:
    from tlcourse import freezing
    from tlcourse.training.schedules import warmup_cosine

    whole = _data(dataset)
    network = _begun(framework, dataset, seed)
    rates = freezing.discriminative_lrs(network.model, lr, DECAY) if kind.startswith("layerwise") else lr
    seconds = network.train(
        whole.split("train").per_class(per_class, seed=seed),
        steps=STEPS // 4 if kind == "batch-64" else STEPS,
        lr=rates,
        seed=seed,
        batch_size=64 if kind == "batch-64" else trainer.BATCH,
        keep_batch_norm=True,
        optimizer="sgd" if kind == "sgd" else "adam",
        schedule=warmup_cosine(0.1) if kind.endswith("scheduled") else None,
    )
    return {f"{split}_accuracy": network.accuracy(whole.split(split)), "train_cpu_seconds": seconds}


def train_kind(
    framework: str, dataset: str, per_class: int, kind: str, lr: float, seed: int
) -> dict[str, float]:
    """One row of ``adapted-rates``: test accuracy, 0 to 1."""
    return _kind(framework, dataset, per_class, kind, lr, seed, "test")


def try_rate(
    framework: str, dataset: str, per_class: int, kind: str, lr: float, seed: int
) -> dict[str, float]:
    """One row of ``adapted-rates-search``: validation accuracy, 0 to 1."""
    return _kind(framework, dataset, per_class, kind, lr, seed, "val")


RATES: dict[tuple[str, int, str], float] = {
    ("fluent", 20, "one"): 0.0003,
    ("fluent", 20, "sgd"): 0.001,
    ("fluent", 20, "batch-64"): 0.0003,
    ("fluent", 20, "layerwise"): 0.003,
    ("fluent", 20, "one-scheduled"): 0.0003,
    ("fluent", 20, "layerwise-scheduled"): 0.003,
    ("fashion-mnist", 20, "one"): 0.0001,
    ("fashion-mnist", 20, "sgd"): 0.001,
    ("fashion-mnist", 20, "batch-64"): 0.0003,
    ("fashion-mnist", 20, "layerwise"): 0.0003,
    ("fashion-mnist", 20, "one-scheduled"): 0.0003,
    ("fashion-mnist", 20, "layerwise-scheduled"): 0.003,
}
"""(data set, per class, kind) -> the rate with the best mean validation accuracy in the search."""

# ------------------------------------------------------------------------------------------- stopping

LOOKS = tuple(range(20, 241, 20))
PATIENCE = 3
RUNS = (
    ("good", 100, 1e-4),
    ("overfitting", 5, 1e-4),
    ("underfitting", 20, 3e-6),
)
"""(what it is meant to show, images of Fashion-MNIST per class, rate)."""


def _loss(p: np.ndarray, labels: np.ndarray) -> float:
    return float(-np.log(np.maximum(p[np.arange(len(labels)), labels], 1e-12)).mean())


def _patient(scores: list[float]) -> tuple[int, int]:
    """(look whose weights are restored, look at which patience ends) for scores that should fall."""
    best = 0
    for look, score in enumerate(scores):
        if score < scores[best]:
            best = look
        elif look - best >= PATIENCE:
            return best, look
    return best, len(scores) - 1


def stop_early(framework: str, run: str, per_class: int, lr: float, seed: int) -> dict[str, float]:
    """One row of ``adapted-stopping``: one run of 240 steps, looked at every 20.

    Returns
    -------
    dict
        ``train_20`` and so on, ``val_20`` and so on: losses in nats after that many steps. ``best``: the step
        with the lowest validation loss; ``stopped``: the step at which three looks without a lower one end
        the run. Test accuracies, 0 to 1: ``last`` (all steps), ``stopped`` (patience on the validation loss,
        the best weights until then restored), ``by_accuracy`` (the same with patience on the validation
        accuracy).
    """
    from tlcourse import training

    whole = _data("fashion-mnist")
    train, val = whole.split("train").per_class(per_class, seed=seed), whole.split("val")
    network = _begun(framework, "fashion-mnist", seed)
    out: dict[str, float] = {}
    losses: list[float] = []
    errors: list[float] = []
    tests: list[float] = []

    def look(done: int, model: Any) -> None:
        if done not in LOOKS:
            return
        for split, part in (("train", train), ("val", val), ("test", whole.split("test"))):
            p = training.predict(model, part, preprocess=network.name, progress=False)
            if split != "test":
                out[f"{split}_{done}"] = _loss(p, part.labels)
            if split == "val":
                losses.append(out[f"val_{done}"])
            if split != "train":
                (errors if split == "val" else tests).append(float((p.argmax(1) != part.labels).mean()))

    network.train(train, steps=LOOKS[-1], lr=lr, seed=seed, keep_batch_norm=True, after_step=look)
    kept, stop = _patient(losses)
    out |= {"best": float(LOOKS[int(np.argmin(losses))]), "stopped": float(LOOKS[stop])}
    return out | {
        "last_accuracy": 1 - tests[-1],
        "stopped_accuracy": 1 - tests[kept],
        "by_accuracy_accuracy": 1 - tests[_patient(errors)[0]],
    }


# --------------------------------------------------------------------------------------- augmentation

AUGMENTS = ("none", "flip", "rotate", "crop", "colour", "together")
AUGMENT_CELLS = (("fluent", 10), ("digits", 10))
AUGMENT_STEPS = 100
AUGMENT_TRIED = (3e-5, 1e-4, 3e-4, 1e-3)
AUGMENT_RATES: dict[str, float] = {"fluent": 0.0003, "digits": 0.0001}
"""The rate with the best mean validation accuracy over "none" and "together", so that it favours neither."""


def _augment(name: str) -> Any:
    from tlcourse import augmentation as a

    one = {
        "none": None,
        "flip": a.flip(),
        "rotate": a.rotate(20),
        "crop": a.crop(0.75),
        "colour": a.colour(0.3),
    }
    return (
        a.together(a.flip(), a.rotate(20), a.crop(0.75), a.colour(0.3)) if name == "together" else one[name]
    )


def _augmented(
    framework: str, dataset: str, per_class: int, augment: str, lr: float, seed: int, splits: tuple[str, ...]
) -> dict[str, float]:
    whole = _data(dataset)
    train = whole.split("train").per_class(per_class, seed=seed)
    network = _begun(framework, dataset, seed)
    seconds = network.train(
        train, steps=AUGMENT_STEPS, lr=lr, seed=seed, keep_batch_norm=True, augment=_augment(augment)
    )
    parts = {split: train if split == "train" else whole.split(split) for split in splits}
    out = {f"{split}_accuracy": network.accuracy(part) for split, part in parts.items()}
    return {**out, "train_cpu_seconds": seconds}


def augmented(
    framework: str, dataset: str, per_class: int, augment: str, lr: float, seed: int
) -> dict[str, float]:
    """One row of ``adapted-augment``: training and test accuracy, 0 to 1."""
    return _augmented(framework, dataset, per_class, augment, lr, seed, ("train", "test"))


def try_augment_rate(
    framework: str, dataset: str, per_class: int, augment: str, lr: float, seed: int
) -> dict[str, float]:
    """One row of ``adapted-augment-rates``: validation accuracy, 0 to 1."""
    return _augmented(framework, dataset, per_class, augment, lr, seed, ("val",))


def _cost(settings: Settings) -> float:
    """CPU seconds, roughly."""
    return 30.0 if "run" in settings else 9.0


def _tolerance(settings: Settings) -> float:
    return 0.12


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "adapted-rates-search",
        "tlcourse.sweeps.topics.train_adapted:try_rate",
        lambda: [
            {"dataset": d, "per_class": n, "kind": kind, "lr": lr, "seed": seed}
            for d, n in KIND_CELLS
            for kind, rates in KIND_RATES.items()
            for lr in rates
            for seed in TUNING_SEEDS
        ],
        {"val_accuracy": _tolerance, "train_cpu_seconds": None},
        frameworks=("torch",),
        cost=_cost,
        title="Chapter 6: a rate for each kind of rates, chosen on validation rows",
    ),
    Sweep(
        "adapted-rates",
        "tlcourse.sweeps.topics.train_adapted:train_kind",
        lambda: [
            {"dataset": d, "per_class": n, "kind": kind, "lr": RATES[d, n, kind], "seed": seed}
            for d, n in KIND_CELLS
            for kind in KINDS
            for seed in SEEDS
        ],
        {"test_accuracy": _tolerance, "train_cpu_seconds": None},
        cost=_cost,
        title="Chapter 6: one rate or one for each layer, constant or scheduled",
    ),
    Sweep(
        "adapted-stopping",
        "tlcourse.sweeps.topics.train_adapted:stop_early",
        lambda: [
            {"run": run, "per_class": n, "lr": lr, "seed": seed} for run, n, lr in RUNS for seed in SEEDS
        ],
        {f"{split}_{step}": 0.6 for split in ("train", "val") for step in LOOKS}
        | {"best": None, "stopped": None}
        | {f"{which}_accuracy": 0.12 for which in ("last", "stopped", "by_accuracy")},
        cost=_cost,
        title="Chapter 6: long runs, looked at every 20 steps",
    ),
    Sweep(
        "adapted-augment-rates",
        "tlcourse.sweeps.topics.train_adapted:try_augment_rate",
        lambda: [
            {"dataset": d, "per_class": n, "augment": augment, "lr": lr, "seed": seed}
            for d, n in AUGMENT_CELLS
            for augment in ("none", "together")
            for lr in AUGMENT_TRIED
            for seed in TUNING_SEEDS
        ],
        {"val_accuracy": _tolerance, "train_cpu_seconds": None},
        frameworks=("torch",),
        cost=_cost,
        title="Chapter 6: a rate for each data set, chosen on validation rows",
    ),
    Sweep(
        "adapted-augment",
        "tlcourse.sweeps.topics.train_adapted:augmented",
        lambda: [
            {"dataset": d, "per_class": n, "augment": augment, "lr": AUGMENT_RATES[d], "seed": seed}
            for d, n in AUGMENT_CELLS
            for augment in AUGMENTS
            for seed in SEEDS
        ],
        {"train_accuracy": _tolerance, "test_accuracy": _tolerance, "train_cpu_seconds": None},
        cost=_cost,
        title="Chapter 6: augmentations one at a time and together, on emoji and digits",
    ),
)
