"""Chapter 8's sweeps: pretrained word vectors against none, readers against the mean, domain against domain.

The task is that of the rated texts with two classes. Every network takes :data:`STEPS` steps of
:data:`BATCH` texts with Adam:

* ``glove-frozen``: a linear layer on the mean of a text's GloVe vectors, which stay;
* ``glove-tuned``: the same, and the vectors learn too;
* ``random-tuned``: the same from random vectors of the same spread: what is the pretraining worth?

The baseline without vectors is in :mod:`tlcourse.sweeps.topics.word_tfidf`. ``word-vectors-rates`` chose a
rate for each method and size, of five, on validation rows and with seeds that the comparisons do not use;
:data:`RATES` and :data:`READER_RATES` hold the choice. It ran in PyTorch only: starts and batches are the
same numbers in both frameworks.

Classes differ in size in the test rows, so what is compared is balanced accuracy, the mean of the recalls.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from tlcourse.sweeps.engine.spec import Settings, Sweep

__all__ = [
    "BATCH",
    "DOMAIN_SIZE",
    "LENGTH",
    "METHODS",
    "RATES",
    "READERS",
    "SEEDS",
    "SIZES",
    "STEPS",
    "SWEEPS",
    "TUNING_CORPORA",
    "TUNING_SEEDS",
    "balanced",
    "compare_readers",
    "compare_tables",
    "corpora",
    "cross_domains",
    "texts_of",
    "try_rate",
]

STEPS = 300
BATCH = 32
LENGTH = 50
"""Words of a text that are read: 97 in 100 texts of each corpus, or more, have no more."""
SIZES = (10, 40, 160, 600)
"""Training texts per class; the smallest corpus has 627 of its rarer class."""
METHODS = ("glove-frozen", "glove-tuned", "random-tuned")
READERS = ("mean", "conv", "gru")
READER_SIZES = (160, 600, 2400)
READER_CORPUS = "movies"
"""The only corpus with that many texts of each class."""
DOMAIN_SIZE = 600
SEEDS = (0, 1, 2, 3, 4)

TUNING_SEEDS = (100, 101, 102)
TUNING_CORPORA = ("tweets", "editorials")
TUNING_RATES = {
    "glove-frozen": (1e-3, 3e-3, 1e-2, 3e-2, 1e-1),
    "glove-tuned": (3e-4, 1e-3, 3e-3, 1e-2, 3e-2),
    "random-tuned": (3e-4, 1e-3, 3e-3, 1e-2, 3e-2),
    "conv": (1e-4, 3e-4, 1e-3, 3e-3, 1e-2),
    "gru": (3e-4, 1e-3, 3e-3, 1e-2, 3e-2),
}


def corpora() -> tuple[str, ...]:
    from tlcourse import data

    return data.CORPORA


# ------------------------------------------------------------------------------------------- one run


@cache
def texts_of(corpus: str, split: str) -> Any:
    from tlcourse import data

    return data.rated_text(corpus, classes=2).split(split)


@cache
def _known() -> Any:
    """Every word of the four corpora that GloVe has: looking a word up needs no label."""
    from tlcourse import data
    from tlcourse.embeddings import Vocabulary, glove

    words = Vocabulary.of(text for corpus in data.CORPORA for text in data.rated_text(corpus).texts).words
    return Vocabulary(tuple(word for word in words if word in glove()))


@cache
def _known_table() -> np.ndarray:
    from tlcourse.embeddings import glove

    return glove().table(_known().words)


def _start(method: str, train: Any, seed: int) -> tuple[Any, np.ndarray]:
    """The vocabulary and the table of vectors that a method starts with."""
    from tlcourse.embeddings import Vocabulary, glove

    if method != "random-tuned":
        return _known(), _known_table()
    # A word that no training text has would keep its random vector for ever: it is unknown.
    vocabulary = Vocabulary.of(train.texts)
    rng = np.random.default_rng([seed, 88])
    table = rng.normal(0, glove().spread, (2 + len(vocabulary), glove().dimensions)).astype(np.float32)
    table[:2] = 0
    return vocabulary, table


def balanced(labels: np.ndarray, predicted: np.ndarray) -> float:
    """The mean of the classes' recalls, 0 to 1."""
    return float(np.mean([(predicted[labels == label] == label).mean() for label in np.unique(labels)]))


def _run(
    framework: str,
    corpus: str,
    method: str,
    reader: str,
    per_class: int,
    lr: float,
    seed: int,
    judged: tuple[tuple[str, str], ...],
) -> dict[str, float]:
    """One training; balanced accuracy on each of ``judged`` (corpus, split), and CPU seconds."""
    from tlcourse import training
    from tlcourse.embeddings import text_classifier

    train = texts_of(corpus, "train").per_class(per_class, seed=seed)
    vocabulary, table = _start(method, train, seed)
    model = text_classifier(table, 2, reader, method != "glove-frozen", seed=seed, framework=framework)
    history = training.fit(
        model,
        (vocabulary.encode(train.texts, LENGTH), train.labels),
        steps=STEPS,
        batch_size=BATCH,
        lr=lr,
        seed=seed,
        progress=False,
    )
    results = {"train_cpu_seconds": history.cpu_seconds}
    for other, split in judged:
        texts = texts_of(other, split)
        predicted = training.predict(
            model, vocabulary.encode(texts.texts, LENGTH), batch_size=256, progress=False
        ).argmax(1)
        results[f"{other}/{split}"] = balanced(texts.labels, predicted)
    return results


# ------------------------------------------------------------------------------------------- the rates


def try_rate(
    framework: str, corpus: str, method: str, per_class: int, lr: float, seed: int
) -> dict[str, float]:
    """One row of ``word-vectors-rates``: balanced validation accuracy for one rate.

    ``method`` is one of :data:`METHODS`, or "conv" or "gru": that reader on frozen GloVe.
    """
    reader = method if method in READERS else "mean"
    table = "glove-frozen" if method in READERS else method
    results = _run(framework, corpus, table, reader, per_class, lr, seed, ((corpus, "val"),))
    return {"val_balanced": results[f"{corpus}/val"], "train_cpu_seconds": results["train_cpu_seconds"]}


def _rates_grid() -> list[Settings]:
    cells = [(corpus, method, n) for method in METHODS for corpus in TUNING_CORPORA for n in SIZES]
    cells += [(READER_CORPUS, reader, n) for reader in ("glove-frozen", "conv", "gru") for n in READER_SIZES]
    return [
        {"corpus": corpus, "method": method, "per_class": n, "lr": lr, "seed": seed}
        for corpus, method, n in cells
        for lr in TUNING_RATES[method]
        for seed in TUNING_SEEDS
    ]


RATES: dict[tuple[str, int], float] = {
    ("glove-frozen", 10): 0.01,
    ("glove-frozen", 40): 0.01,
    ("glove-frozen", 160): 0.03,
    ("glove-frozen", 600): 0.03,
    ("glove-tuned", 10): 0.001,
    ("glove-tuned", 40): 0.01,
    ("glove-tuned", 160): 0.003,
    ("glove-tuned", 600): 0.003,
    ("random-tuned", 10): 0.03,
    ("random-tuned", 40): 0.03,
    ("random-tuned", 160): 0.03,
    ("random-tuned", 600): 0.03,
}
"""(method, texts per class) -> the rate with the best mean validation accuracy over the two corpora."""
READER_RATES: dict[tuple[str, int], float] = {
    ("mean", 160): 0.03,
    ("mean", 600): 0.03,
    ("mean", 2400): 0.03,
    ("conv", 160): 0.003,
    ("conv", 600): 0.003,
    ("conv", 2400): 0.003,
    ("gru", 160): 0.003,
    ("gru", 600): 0.003,
    ("gru", 2400): 0.01,
}
"""(reader, texts per class) -> the same on the movies, for the comparison of readers."""
# ----------------------------------------------------------------------------------- the comparisons


def compare_tables(
    framework: str, corpus: str, method: str, per_class: int, lr: float, seed: int
) -> dict[str, float]:
    """One row of ``word-vectors``: balanced test accuracy, 0 to 1, and the CPU seconds of training.

    Parameters
    ----------
    framework : {"torch", "keras"}
    corpus : str
        One of ``tlcourse.data.CORPORA``.
    method : str
        One of :data:`METHODS`.
    per_class : int
        Training texts per class, drawn by the seed.
    lr : float
        Adam's learning rate.
    seed : int
        Of the drawn texts, the start and the order of the batches.
    """
    results = _run(framework, corpus, method, "mean", per_class, lr, seed, ((corpus, "test"),))
    return {"test_balanced": results[f"{corpus}/test"], "train_cpu_seconds": results["train_cpu_seconds"]}


def compare_readers(framework: str, reader: str, per_class: int, lr: float, seed: int) -> dict[str, float]:
    """One row of ``word-readers``: the mean, a convolution or a GRU on frozen GloVe, movie reviews."""
    judged = ((READER_CORPUS, "test"),)
    results = _run(framework, READER_CORPUS, "glove-frozen", reader, per_class, lr, seed, judged)
    return {
        "test_balanced": results[f"{READER_CORPUS}/test"],
        "train_cpu_seconds": results["train_cpu_seconds"],
    }


def cross_domains(framework: str, corpus: str, method: str, lr: float, seed: int) -> dict[str, float]:
    """One row of ``word-domains``: trained on one corpus, tested on all four."""
    judged = tuple((other, "test") for other in corpora())
    results = _run(framework, corpus, method, "mean", DOMAIN_SIZE, lr, seed, judged)
    return {f"{other}_balanced": results[f"{other}/test"] for other in corpora()}


def _tables_grid() -> list[Settings]:
    return [
        {"corpus": corpus, "method": method, "per_class": n, "lr": RATES[method, n], "seed": seed}
        for corpus in corpora()
        for method in METHODS
        for n in SIZES
        for seed in SEEDS
    ]


def _readers_grid() -> list[Settings]:
    return [
        {"reader": reader, "per_class": n, "lr": READER_RATES[reader, n], "seed": seed}
        for reader in READERS
        for n in READER_SIZES
        for seed in SEEDS
    ]


def _domains_grid() -> list[Settings]:
    return [
        {"corpus": corpus, "method": method, "lr": RATES[method, DOMAIN_SIZE], "seed": seed}
        for corpus in corpora()
        for method in ("glove-frozen", "glove-tuned")
        for seed in SEEDS
    ]


def _cost(settings: Settings) -> float:
    """CPU seconds, roughly."""
    kind = str(settings.get("reader", settings.get("method")))
    return {"conv": 3.0, "gru": 6.0, "glove-tuned": 3.0}.get(kind, 1.5)


def _tolerance(settings: Settings) -> float:
    """How far balanced accuracy may move when only the rounding does: a linear layer hardly, others more."""
    kind = str(settings.get("reader", settings.get("method")))
    return {"conv": 0.05, "gru": 0.06, "glove-tuned": 0.02, "random-tuned": 0.02}.get(kind, 0.01)


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "word-vectors-rates",
        "tlcourse.sweeps.topics.word_vectors:try_rate",
        _rates_grid,
        {"val_balanced": _tolerance, "train_cpu_seconds": None},
        frameworks=("torch",),
        cost=_cost,
        title="Chapter 8: a learning rate for each method and size, chosen on validation rows",
    ),
    Sweep(
        "word-vectors",
        "tlcourse.sweeps.topics.word_vectors:compare_tables",
        _tables_grid,
        {"test_balanced": _tolerance, "train_cpu_seconds": None},
        cost=_cost,
        title="Chapter 8: GloVe frozen, GloVe tuned and random vectors, by corpus and size",
    ),
    Sweep(
        "word-readers",
        "tlcourse.sweeps.topics.word_vectors:compare_readers",
        _readers_grid,
        {"test_balanced": _tolerance, "train_cpu_seconds": None},
        cost=_cost,
        title="Chapter 8: the mean of the words against a convolution and a recurrent network",
    ),
    Sweep(
        "word-domains",
        "tlcourse.sweeps.topics.word_vectors:cross_domains",
        _domains_grid,
        {f"{corpus}_balanced": _tolerance for corpus in ("tweets", "movies", "products", "editorials")},
        cost=_cost,
        title="Chapter 8: trained on one kind of text, tested on four",
    ),
)
