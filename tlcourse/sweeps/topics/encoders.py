"""Chapter 9's sweeps: a pretrained encoder that stays, one that learns in part, one that learns as a whole.

The task is chapter 8's, with its texts, sizes, seeds and measure, so that its rows for word vectors and for
TF-IDF can stand beside these. The encoder is all-MiniLM-L6-v2 with a linear classifier on the mean of its
tokens; every method takes :data:`STEPS` steps of :data:`BATCH` texts with Adam:

* ``frozen``: only the classifier learns, on features that were computed once;
* ``top-2``: the last two of the six layers learn too;
* ``all``: everything learns, at one rate;
* ``all-careful``: everything learns, the rate rises and falls (warm-up, then half a cosine), and each layer
  has :data:`DECAY` times the rate of the layer after it;
* ``lora``: additions of rank 8 to the queries and values learn, and the classifier.

``encoders-rates`` chose a rate for each method, of as many, on validation rows and with seeds that the
comparison does not use, at :data:`TUNING_SIZE` texts a class (``frozen``, which is cheap, at every size);
:data:`RATES` holds the choice. The rates were searched in PyTorch only: starts and batches are the same
numbers in both frameworks.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.topics.word_vectors import balanced

__all__ = ["BATCH", "CORPUS", "LENGTH", "METHODS", "RATES", "SIZES", "STEPS", "SWEEPS", "compare", "try_rate"]

STEPS = 100
BATCH = 16
LENGTH = 40
"""Tokens of a text that are read, special ones included: 9 in 10 texts have no more."""
CORPUS = "editorials"
"""Where chapter 8 found what is pretrained to matter most."""
SIZES = (40, 160, 600)
"""Training texts per class."""
METHODS = ("frozen", "top-2", "all")
RECIPES = ("all", "all-careful", "lora")
RECIPE_SIZE = 160
DECAY = 0.7
SEEDS = (0, 1, 2, 3, 4)

TUNING_SEEDS = (100, 101, 102)
TUNING_SIZE = 160
TUNING_RATES = {
    "frozen": (3e-3, 1e-2, 3e-2),
    "top-2": (3e-5, 1e-4, 3e-4),
    "all": (1e-5, 3e-5, 1e-4),
    "all-careful": (1e-4, 5e-4, 1e-3),
    "lora": (3e-4, 1e-3, 3e-3),
}


@cache
def _texts(split: str) -> Any:
    from tlcourse import data

    return data.rated_text(CORPUS, classes=2).split(split)


@cache
def _tokenizer() -> Any:
    from tlcourse.language import load_tokenizer

    return load_tokenizer("all-MiniLM-L6-v2")


def _tokens(texts: Any) -> np.ndarray:
    return _tokenizer().encode(texts.texts, LENGTH)


@cache
def _known(framework: str, split: str) -> dict[str, np.ndarray]:
    """Text to what the frozen encoder says of it, as far as it was asked: that never changes."""
    return {}


def _rows(framework: str, split: str, texts: Any) -> np.ndarray:
    from tlcourse import training
    from tlcourse.language import load_encoder

    known = _known(framework, split)
    new = [text for text in dict.fromkeys(texts.texts) if text not in known]
    if new:
        tokens = _tokenizer().encode(new, LENGTH)
        encoder = load_encoder(framework=framework)
        rows = training.cache_features(encoder, tokens, batch_size=32, progress=False)
        known.update(zip(new, rows, strict=True))
    return np.stack([known[text] for text in texts.texts])


def _run(framework: str, method: str, per_class: int, lr: float, seed: int, split: str) -> dict[str, float]:
    """One training; balanced accuracy on a split, and CPU seconds."""
    from tlcourse import freezing, training
    from tlcourse.language import add_lora, load_encoder
    from tlcourse.training.schedules import warmup_cosine

    train, judged = _texts("train").per_class(per_class, seed=seed), _texts(split)
    if method == "frozen":
        head = training.fit_head(
            _rows(framework, "train", train),
            train.labels,
            2,
            steps=STEPS,
            batch_size=BATCH,
            lr=lr,
            seed=seed,
            framework=framework,
        )
        predicted = head.predict(_rows(framework, split, judged)).argmax(1)
        return {"balanced": balanced(judged.labels, predicted)}
    model = load_encoder(framework=framework, num_classes=2, seed=seed)
    rates: Any = lr
    schedule = None
    if method == "top-2":
        freezing.freeze_to(model, "layer.3")
    elif method == "lora":
        add_lora(model, rank=8, seed=seed)
    elif method == "all-careful":
        rates, schedule = freezing.discriminative_lrs(model, lr, DECAY), warmup_cosine(0.1)
    history = training.fit(
        model,
        (_tokens(train), train.labels),
        steps=STEPS,
        batch_size=BATCH,
        lr=rates,
        schedule=schedule,
        seed=seed,
        progress=False,
    )
    predicted = training.predict(model, _tokens(judged), batch_size=32, progress=False).argmax(1)
    return {"balanced": balanced(judged.labels, predicted), "train_cpu_seconds": history.cpu_seconds}


def try_rate(framework: str, method: str, per_class: int, lr: float, seed: int) -> dict[str, float]:
    """One row of ``encoders-rates``: balanced validation accuracy for one rate."""
    return {"val_balanced": _run(framework, method, per_class, lr, seed, "val")["balanced"]}


def compare(framework: str, method: str, per_class: int, lr: float, seed: int) -> dict[str, float]:
    """One row of ``encoders``: balanced test accuracy, 0 to 1, and the CPU seconds of training.

    Parameters
    ----------
    framework : {"torch", "keras"}
    method : str
        One of :data:`METHODS` or :data:`RECIPES`. "frozen" trains on features that are there: its seconds are
        given as 0.
    per_class : int
        Training texts per class, drawn by the seed.
    lr : float
        Adam's learning rate; of the last group of layers, where each has its own.
    seed : int
        Of the drawn texts, the classifier's start, the order of the batches, and dropout.
    """
    results = _run(framework, method, per_class, lr, seed, "test")
    return {"test_balanced": results["balanced"], "train_cpu_seconds": results.get("train_cpu_seconds", 0.0)}


RATES: dict[tuple[str, int], float] = {
    ("frozen", 40): 0.003,
    ("frozen", 160): 0.003,
    ("frozen", 600): 0.01,
    ("top-2", 40): 0.0001,
    ("top-2", 160): 0.0001,
    ("top-2", 600): 0.0001,
    ("all", 40): 3e-05,
    ("all", 160): 3e-05,
    ("all", 600): 3e-05,
    ("all-careful", 160): 0.0005,
    ("lora", 160): 0.001,
}
"""(method, texts per class) -> the rate with the best mean validation accuracy."""


def _cells() -> list[tuple[str, int]]:
    cells = [(method, n) for method in METHODS for n in SIZES]
    return cells + [(method, RECIPE_SIZE) for method in RECIPES if method not in METHODS]


def _rates_grid() -> list[Settings]:
    cells = [("frozen", n) for n in SIZES] + [(m, TUNING_SIZE) for m in TUNING_RATES if m != "frozen"]
    return [
        {"method": method, "per_class": n, "lr": lr, "seed": seed}
        for method, n in cells
        for lr in TUNING_RATES[method]
        for seed in TUNING_SEEDS
    ]


def _grid() -> list[Settings]:
    return [
        {"method": method, "per_class": n, "lr": RATES[method, n], "seed": seed}
        for method, n in _cells()
        for seed in SEEDS
    ]


def _cost(settings: Settings) -> float:
    """CPU seconds, roughly."""
    return {"frozen": 10.0, "top-2": 50.0, "lora": 70.0}.get(str(settings["method"]), 90.0)


def _tolerance(settings: Settings) -> float:
    """How far balanced accuracy may move when only the rounding does: for a linear layer hardly."""
    return 0.01 if settings["method"] == "frozen" else 0.05


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "encoders-rates",
        "tlcourse.sweeps.topics.encoders:try_rate",
        _rates_grid,
        {"val_balanced": _tolerance},
        frameworks=("torch",),
        cost=_cost,
        title="Chapter 9: a learning rate for each method, chosen on validation rows",
    ),
    Sweep(
        "encoders",
        "tlcourse.sweeps.topics.encoders:compare",
        _grid,
        {"test_balanced": _tolerance, "train_cpu_seconds": None},
        cost=_cost,
        title="Chapter 9: the encoder frozen, tuned at the top, tuned whole, with care, by LoRA",
    ),
)
