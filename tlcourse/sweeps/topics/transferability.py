"""Chapter 2's sweeps: do scores of frozen features tell which pretrained network will train best?

A candidate is EfficientNet-Lite0 with some weights, cut after some block (:data:`CANDIDATES`):

* ``imagenet@full``, ``@blocks.4``, ``@blocks.2``, ``@blocks.1``: ImageNet's weights, ever less of them;
* ``noto@full``, ``fashion@full``: weights trained here on the training rows of the course's Noto emoji and of
  Fashion-MNIST, from random ones (:data:`SOURCES`), once in a process;
* ``random@full``, ``random@blocks.2``: other random weights for each seed.

For each target and seed every candidate is scored on the frozen features of the same few training images
(`tlcourse.transferability`), before anything is trained. Then it is trained: all layers open, a fresh head,
:data:`STEPS` steps of 16 with Adam. BatchNorm stays as it is with pretrained weights, and learns
with random ones, which bring no statistics. Beside it a linear head on the frozen features, the probe, at
fixed settings.

``transferability-rates`` chose the learning rate of the training for each target and candidate, of four, on
validation rows and with seeds that the comparison does not use; :data:`RATES` holds the choice. It ran in
PyTorch only: starts and batches are the same numbers in both frameworks. The test rows are used in
``transferability`` alone, after everything was chosen.
"""

from __future__ import annotations

import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.shared import trainer, vision

__all__ = [
    "BATCH",
    "CANDIDATES",
    "RATES",
    "SOURCES",
    "STEPS",
    "SWEEPS",
    "TARGETS",
    "candidates_of",
    "judge_candidate",
    "try_rate",
]

STEPS = 60
BATCH = 16
TARGETS = {"fluent": (64, 20), "fashion-mnist": (32, 20), "digits": (32, 20)}
"""Data set -> its side in pixels, training images per class."""
SOURCES = {"noto": (64, 300, 1e-3), "fashion": (32, 300, 3e-3)}
"""Data set to pretrain on -> its side in pixels, steps of 16, Adam's rate: what chapter 1's search chose for
random weights on emoji and on Fashion-MNIST."""
SOURCE_SEED = 2024
CANDIDATES = (
    "imagenet@full",
    "imagenet@blocks.4",
    "imagenet@blocks.2",
    "imagenet@blocks.1",
    "noto@full",
    "fashion@full",
    "random@full",
    "random@blocks.2",
)
"""The weights, and the last block that is kept."""
SEEDS = (0, 1, 2, 3, 4)

TUNING_SEEDS = (100, 101)
TUNING_RATES = {
    "imagenet@full": (3e-5, 1e-4, 3e-4, 1e-3),
    "imagenet@blocks.4": (1e-4, 3e-4, 1e-3, 3e-3),
    "imagenet@blocks.2": (3e-4, 1e-3, 3e-3, 1e-2),
    "imagenet@blocks.1": (3e-4, 1e-3, 3e-3, 1e-2),
    "noto@full": (1e-4, 3e-4, 1e-3, 3e-3),
    "fashion@full": (1e-4, 3e-4, 1e-3, 3e-3),
    "random@full": (1e-3, 3e-3, 1e-2, 3e-2),
    "random@blocks.2": (1e-3, 3e-3, 1e-2, 3e-2),
}
"""As many for each. What is learned anew or is shallow needs higher ones (seen on validation rows)."""

PROBE_STEPS = 200
PROBE_RATE = 3e-3


def candidates_of(target: str) -> list[str]:
    """The candidates for a target: all but those that were trained on it.

    Examples
    --------
    >>> sorted(set(CANDIDATES) - set(candidates_of("fashion-mnist")))
    ['fashion@full']
    """
    return [one for one in CANDIDATES if not target.startswith(one.partition("@")[0])]


# ------------------------------------------------------------------------------------------- the parts


def _data(name: str, size: int) -> Any:
    return vision.dataset("fashion-mnist" if name == "fashion" else name, size)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Where this process keeps the weights that it trained; removed when it ends."""
    return tempfile.TemporaryDirectory(prefix="tlcourse-sources-")


@cache
def _trained(framework: str, source: str) -> Path:
    """A file of the weights, without their head, that training on a source gave."""
    import numpy as np
    from safetensors.numpy import save_file

    from tlcourse.models.layers import arrays

    size, steps, lr = SOURCES[source]
    images = _data(source, size)
    network = trainer.Trainer(framework, len(images.class_names), "efficientnet_lite0", size)
    network.start(None, SOURCE_SEED)
    network.train(images.split("train"), steps=steps, lr=lr, seed=SOURCE_SEED, batch_size=BATCH)
    named = arrays(network.model)
    body = {name: np.ascontiguousarray(array) for name, layer, array in named if layer != "classifier"}
    path = Path(_folder().name) / f"{source}.safetensors"
    save_file(body, path)
    return path


@cache
def _network(framework: str, target: str, block: str) -> trainer.Trainer:
    """A network of this process for a target, whose features were asked for once.

    So that Keras's tracing is not in the seconds of the first row's scores.
    """
    images = _data(target, TARGETS[target][0])
    network = trainer.get(
        framework,
        len(images.class_names),
        size=TARGETS[target][0],
        cut="conv_head" if block == "full" else block,
    )
    network.start(None, 0)
    network.features(images.images[:64])
    return network


def _started(framework: str, target: str, candidate: str, seed: int) -> trainer.Trainer:
    """The candidate's network with its weights and a fresh head, untrained on the target."""
    weights, _, block = candidate.partition("@")
    network = _network(framework, target, block)
    starts: dict[str, Any] = {"imagenet": "imagenet", "random": None}
    network.start(starts[weights] if weights in starts else _trained(framework, weights), seed)
    return network


def _train(network: trainer.Trainer, candidate: str, train: Any, lr: float, seed: int) -> float:
    """All layers open; gives the CPU seconds."""
    kept = not candidate.startswith("random")
    return network.train(train, steps=STEPS, lr=lr, seed=seed, batch_size=BATCH, keep_batch_norm=kept)


_TEST: dict[tuple[str, str, str], Any] = {}


def _test_features(network: trainer.Trainer, target: str, candidate: str, test: Any) -> Any:
    """The frozen candidate's features of the test images, kept where they do not depend on the seed."""
    if candidate.startswith("random"):
        return network.features(test)
    name = (network.framework, target, candidate)
    if name not in _TEST:
        _TEST[name] = network.features(test)
    return _TEST[name]


def _probe(framework: str, train: Any, features: Any, test: Any, test_features: Any, seed: int) -> float:
    """Test accuracy of a linear head on frozen features, 0 to 1.

    The columns are standardised by the training images: one rate then suits features of every scale.
    """
    from tlcourse import training

    mean, deviation = features.mean(0), features.std(0)
    deviation[deviation < 1e-6] = 1.0  # a column that says the same of every image
    head = training.fit_head(
        (features - mean) / deviation,
        train.labels,
        len(train.class_names),
        steps=PROBE_STEPS,
        batch_size=BATCH,
        lr=PROBE_RATE,
        seed=seed,
        framework=framework,
    )
    return float((head.predict((test_features - mean) / deviation).argmax(1) == test.labels).mean())


# ------------------------------------------------------------------------------------------- the rates


def try_rate(framework: str, target: str, candidate: str, lr: float, seed: int) -> dict[str, float]:
    """One row of ``transferability-rates``: validation accuracy, 0 to 1, for one learning rate."""
    size, per_class = TARGETS[target]
    train = _data(target, size).split("train").per_class(per_class, seed=seed)
    network = _started(framework, target, candidate, seed)
    seconds = _train(network, candidate, train, lr, seed)
    return {
        "val_accuracy": network.accuracy(_data(target, size).split("val")),
        "train_cpu_seconds": seconds,
    }


def _rates_grid() -> list[Settings]:
    return [
        {"target": target, "candidate": candidate, "lr": lr, "seed": seed}
        for target in TARGETS
        for candidate in candidates_of(target)
        for lr in TUNING_RATES[candidate]
        for seed in TUNING_SEEDS
    ]


RATES: dict[tuple[str, str], float] = {
    ("fluent", "imagenet@full"): 0.0003,
    ("fluent", "imagenet@blocks.4"): 0.0003,
    ("fluent", "imagenet@blocks.2"): 0.001,
    ("fluent", "imagenet@blocks.1"): 0.001,
    ("fluent", "noto@full"): 0.001,
    ("fluent", "fashion@full"): 0.0003,
    ("fluent", "random@full"): 0.001,
    ("fluent", "random@blocks.2"): 0.003,
    ("fashion-mnist", "imagenet@full"): 0.0001,
    ("fashion-mnist", "imagenet@blocks.4"): 0.0003,
    ("fashion-mnist", "imagenet@blocks.2"): 0.003,
    ("fashion-mnist", "imagenet@blocks.1"): 0.003,
    ("fashion-mnist", "noto@full"): 0.0003,
    ("fashion-mnist", "random@full"): 0.003,
    ("fashion-mnist", "random@blocks.2"): 0.03,
    ("digits", "imagenet@full"): 0.0001,
    ("digits", "imagenet@blocks.4"): 0.0003,
    ("digits", "imagenet@blocks.2"): 0.003,
    ("digits", "imagenet@blocks.1"): 0.003,
    ("digits", "noto@full"): 0.0003,
    ("digits", "fashion@full"): 0.0003,
    ("digits", "random@full"): 0.003,
    ("digits", "random@blocks.2"): 0.01,
}
"""(target, candidate) -> the rate with the best mean validation accuracy in ``transferability-rates``."""

# -------------------------------------------------------------------------------------- the comparison


def judge_candidate(framework: str, target: str, candidate: str, lr: float, seed: int) -> dict[str, float]:
    """One row of ``transferability``: a candidate's scores before training, and how good it then is.

    Parameters
    ----------
    framework : {"torch", "keras"}
    target : str
        A key of :data:`TARGETS`.
    candidate : str
        One of :data:`CANDIDATES`.
    lr : float
        Adam's learning rate in the training of all layers.
    seed : int
        Of the drawn images, the head's start, the order of the batches, and the random weights.

    Returns
    -------
    dict
        ``knn`` (leave-one-out accuracy, 0 to 1) and ``logme`` (nats per image) of the training images;
        ``score_cpu_seconds`` (their features and both scores); ``probe_accuracy`` and ``test_accuracy``
        (0 to 1, of the linear head and of the trained network, test images); ``train_cpu_seconds``.
    """
    from tlcourse.transferability import knn_accuracy, logme

    size, per_class = TARGETS[target]
    whole = _data(target, size)
    train, test = whole.split("train").per_class(per_class, seed=seed), whole.split("test")
    network = _started(framework, target, candidate, seed)
    started = time.process_time()
    features = network.features(train)
    scores = {"knn": knn_accuracy(features, train.labels), "logme": logme(features, train.labels)}
    scores["score_cpu_seconds"] = time.process_time() - started
    test_features = _test_features(network, target, candidate, test)
    probe = _probe(framework, train, features, test, test_features, seed)
    seconds = _train(network, candidate, train, lr, seed)
    return {
        **scores,
        "probe_accuracy": probe,
        "test_accuracy": network.accuracy(test),
        "train_cpu_seconds": seconds,
    }


def _comparison_grid() -> list[Settings]:
    return [
        {"target": target, "candidate": candidate, "lr": RATES[target, candidate], "seed": seed}
        for target in TARGETS
        for candidate in candidates_of(target)
        for seed in SEEDS
    ]


def _cost(settings: Settings) -> float:
    """CPU seconds, roughly; the same for all rows of a candidate and target, so that these run in a row."""
    step = {"full": 0.06, "blocks.4": 0.04, "blocks.2": 0.015, "blocks.1": 0.012}
    pixels = TARGETS[settings["target"]][0] / 32
    return 1.5 + STEPS * step[settings["candidate"].partition("@")[2]] * (1 + pixels) / 2


def _source_of(settings: Settings) -> str:
    return settings["candidate"].partition("@")[0]


def _tolerance(settings: Settings) -> float:
    """How far accuracy after training may move when only the rounding does; see ``why_transfer``."""
    return {"imagenet": 0.12}.get(_source_of(settings), 0.2)


def _frozen_tolerance(settings: Settings) -> float:
    """Of the k-NN and the probe's accuracy. Weights trained here move with the rounding of their training."""
    return {"imagenet": 0.03, "random": 0.05}.get(_source_of(settings), 0.15)


def _evidence_tolerance(settings: Settings) -> float:
    """Of LogME, in nats per image."""
    return {"imagenet": 0.01, "random": 0.02}.get(_source_of(settings), 0.1)


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "transferability-rates",
        "tlcourse.sweeps.topics.transferability:try_rate",
        _rates_grid,
        {"val_accuracy": _tolerance, "train_cpu_seconds": None},
        frameworks=("torch",),
        cost=_cost,
        title="Chapter 2: a learning rate for each target and candidate, chosen on validation rows",
    ),
    Sweep(
        "transferability",
        "tlcourse.sweeps.topics.transferability:judge_candidate",
        _comparison_grid,
        {
            "knn": _frozen_tolerance,
            "logme": _evidence_tolerance,
            "score_cpu_seconds": None,
            "probe_accuracy": _frozen_tolerance,
            "test_accuracy": _tolerance,
            "train_cpu_seconds": None,
        },
        cost=_cost,
        title="Chapter 2: scores of eight candidates before training, and their accuracy after it",
    ),
)
