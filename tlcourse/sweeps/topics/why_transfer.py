"""Chapter 1's sweep: one architecture, three starts, and a small network as the control.

Every method takes the same number of steps with the same batch size, on the same drawn rows:

* ``random``: EfficientNet-Lite0 from random weights;
* ``frozen``: the same network with ImageNet weights, kept as they are; a linear head learns on its features;
* ``fine-tuned``: the same network from ImageNet weights, all of it learning;
* ``small-cnn``: three convolutions from random weights: is it the pretraining, or is the network too large?

The learning rates were chosen on validation rows by a sweep of their own, ``why-transfer-rates``, with seeds
that the comparison does not use and as many rates for each method; :data:`RATES` holds the choice. It ran in
PyTorch only: starts and batches are the same numbers in both frameworks. Test rows are used in the comparison
only, after everything was chosen.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from tlcourse.sweeps.engine.spec import Settings, Sweep

__all__ = ["BATCH", "METHODS", "RATES", "SIZE", "SIZES", "STEPS", "SWEEPS", "compare_starts", "try_rate"]

METHODS = ("random", "small-cnn", "frozen", "fine-tuned")
SIZE = 64
"""Pixels: emoji come in 64, and a step costs a quarter of what it does at 128."""
STEPS = 100
BATCH = 16
SIZES = {"three-styles": (5, 10, 20), "fashion-mnist": (5, 20, 50, 200), "textile": (20, 100)}
"""Training images per class."""
SEEDS = (0, 1, 2, 3, 4)

TUNING_SIZE = {"three-styles": 10, "fashion-mnist": 20, "textile": 20}
TUNING_SEEDS = (100, 101)
TUNING_RATES = {
    "random": (3e-4, 1e-3, 3e-3, 1e-2),
    "small-cnn": (1e-4, 3e-4, 1e-3, 3e-3),
    "frozen": (3e-4, 1e-3, 3e-3, 1e-2),
    "fine-tuned": (1e-4, 3e-4, 1e-3, 3e-3),
    # BatchNorm's scales, shifts and statistics stay ImageNet's. A smaller rate suits it.
    "fine-tuned-kept-bn": (3e-5, 1e-4, 3e-4, 1e-3),
}

# -------------------------------------------------------------------------------------------- one run


@cache
def _data(name: str) -> Any:
    """A data set at :data:`SIZE` pixels."""
    from tlcourse import data

    if name == "textile":
        return data.textile(size=SIZE)
    return (data.three_styles("twemoji") if name == "three-styles" else data.fashion_mnist()).resized(SIZE)


def _model(framework: str, method: str, classes: int, seed: int) -> Any:
    """A model at its start: what is random in it comes from the seed, the same in both frameworks."""
    from tlcourse import models

    name = "small_cnn" if method == "small-cnn" else "efficientnet_lite0"
    weights = None if method in ("random", "small-cnn") else "imagenet"
    model = models.load(name, framework, weights=weights, num_classes=classes, input_size=SIZE, seed=seed)
    if framework == "torch":
        import torch

        # Channels last in memory: the same numbers, in two thirds of the time on a CPU.
        model = model.to(memory_format=torch.channels_last)
    if method == "fine-tuned-kept-bn":
        _keep_batch_norm(framework, model)
    return model


def _keep_batch_norm(framework: str, model: Any) -> None:
    """BatchNorm layers neither learn nor follow the batches."""
    if framework == "keras":
        for layer in model._flatten_layers():
            if type(layer).__name__ == "BatchNormalization":
                layer.trainable = False
        return
    for module in model.modules():
        if "BatchNorm" in type(module).__name__:
            module.eval().requires_grad_(False)
            # model.train() of the training loop must not wake it.
            module.train = lambda mode=True, module=module: module


def _network(framework: str, method: str, classes: int, seed: int) -> Any:
    """The network of a row at its start, ready to train."""
    start = _model(framework, method, classes, seed)
    if framework != "keras":
        return start
    # Keras traces a model's training step for some ten seconds; in a process that runs many rows, one traced
    # model serves all rows that differ in their numbers only.
    kind = method if method in ("small-cnn", "fine-tuned-kept-bn") else "random"
    model = _traced(kind, classes)
    model.set_weights(start.get_weights())
    for variable in model.optimizer.variables:
        variable.assign(np.zeros(variable.shape, variable.dtype))
    return model


@cache
def _traced(kind: str, classes: int) -> Any:
    """A Keras model whose training step is traced already."""
    import keras

    model = _model("keras", kind, classes, seed=0)
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3, epsilon=1e-7),  # epsilon as the course's fit has it
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    noise = np.random.default_rng(0).integers(0, 256, (BATCH, SIZE, SIZE, 3), dtype=np.uint8)
    _steps_keras(model, noise, np.arange(BATCH) % classes, 1, seed=0)
    return model


def _steps_keras(model: Any, images: np.ndarray, labels: np.ndarray, steps: int, seed: int) -> None:
    """What ``tlcourse.training.fit`` does in Keras, the same batches too, without compiling anew."""
    from tlcourse.training.batches import Plan
    from tlcourse.training.loop.inputs_keras import to_input

    def batches() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for rows in Plan(len(labels), BATCH, steps=steps, epochs=None, seed=seed):
            yield to_input(images[rows], "efficientnet_lite0"), labels[rows]

    model.fit(batches(), steps_per_epoch=steps, epochs=1, shuffle=False, verbose=0)


def _train(framework: str, model: Any, train: Any, lr: float, seed: int) -> float:
    """Take the steps; gives their CPU seconds."""
    from tlcourse import training

    if framework == "keras":
        model.optimizer.learning_rate = lr
        started = time.process_time()
        _steps_keras(model, train.images, train.labels, STEPS, seed)
        return time.process_time() - started
    return training.fit(
        model, train, steps=STEPS, batch_size=BATCH, lr=lr, seed=seed, progress=False
    ).cpu_seconds


@cache
def _backbone(framework: str) -> Any:
    return _model(framework, "frozen", 0, seed=0)


@cache
def _features(framework: str, dataset: str, split: str) -> np.ndarray:
    """Pretrained features of the rows that are the same in every run."""
    from tlcourse import training

    return training.cache_features(_backbone(framework), _data(dataset).split(split), progress=False)


def _train_head(framework: str, train: Any, classes: int, lr: float, seed: int) -> tuple[Any, float]:
    """The head, and the CPU seconds of computing the features of the training rows and training on them."""
    from tlcourse import training

    backbone = _backbone(framework)
    started = time.process_time()
    features = training.cache_features(backbone, train, progress=False)
    head = training.fit_head(
        features, train.labels, classes, steps=STEPS, batch_size=BATCH, lr=lr, seed=seed, framework=framework
    )
    return head, time.process_time() - started


def _run(
    framework: str, dataset: str, method: str, per_class: int, lr: float, seed: int, splits: tuple[str, ...]
) -> dict[str, float]:
    """One run: accuracy on each of ``splits``, and the CPU seconds of training."""
    from tlcourse import training

    data = _data(dataset)
    train = data.split("train").per_class(per_class, seed=seed)
    classes = len(data.class_names)
    found: dict[str, float] = {}
    if method == "frozen":
        head, seconds = _train_head(framework, train, classes, lr, seed)
    else:
        model = _network(framework, method, classes, seed)
        seconds = _train(framework, model, train, lr, seed)
    for split in splits:
        held_out = data.split(split)
        if method == "frozen":
            predicted = head.predict(_features(framework, dataset, split))
        else:
            predicted = training.predict(model, held_out, progress=False)
        found[f"{split}_accuracy"] = float((predicted.argmax(1) == held_out.labels).mean())
    return {**found, "train_cpu_seconds": seconds}


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
    ("textile", "random"): 3e-4,
    ("textile", "small-cnn"): 1e-4,
    ("textile", "frozen"): 1e-2,
    ("textile", "fine-tuned"): 1e-4,
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
    dataset : {"three-styles", "fashion-mnist", "textile"}
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
)
