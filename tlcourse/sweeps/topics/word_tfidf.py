"""Chapter 8's baseline: words and pairs of words, weighted by TF-IDF, and a logistic regression.

Neither framework is in it, so its rows are sweeps of their own, beside those of
:mod:`tlcourse.sweeps.topics.word_vectors`. ``word-tfidf-rates`` chose its regularisation for each size, of
five, on validation rows and with seeds that the comparisons do not use; :data:`STRENGTHS` holds the choice.
"""

from __future__ import annotations

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.topics.word_vectors import (
    DOMAIN_SIZE,
    SEEDS,
    SIZES,
    TUNING_CORPORA,
    TUNING_SEEDS,
    balanced,
    corpora,
    texts_of,
)

__all__ = ["STRENGTHS", "SWEEPS", "TUNING_STRENGTHS", "tfidf", "tfidf_domains", "try_strength"]

TUNING_STRENGTHS = (0.1, 1.0, 10.0, 100.0, 1000.0)

STRENGTHS: dict[int, float] = {10: 100.0, 40: 1000.0, 160: 1000.0, 600: 100.0}
"""Texts per class -> the inverse regularisation with the best mean validation accuracy."""


def _tfidf(
    corpus: str, per_class: int, strength: float, seed: int, judged: tuple[tuple[str, str], ...]
) -> dict[str, float]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    from tlcourse.embeddings import tokenize

    train = texts_of(corpus, "train").per_class(per_class, seed=seed)
    model = make_pipeline(
        TfidfVectorizer(tokenizer=tokenize, token_pattern=None, lowercase=False, ngram_range=(1, 2)),
        LogisticRegression(C=strength, max_iter=2000),
    ).fit(train.texts, train.labels)
    return {
        f"{other}/{split}": balanced(
            texts_of(other, split).labels, model.predict(texts_of(other, split).texts)
        )
        for other, split in judged
    }


def try_strength(framework: str, corpus: str, per_class: int, strength: float, seed: int) -> dict[str, float]:
    """One row of ``word-tfidf-rates``: balanced validation accuracy for one inverse regularisation."""
    return {"val_balanced": _tfidf(corpus, per_class, strength, seed, ((corpus, "val"),))[f"{corpus}/val"]}


def tfidf(framework: str, corpus: str, per_class: int, strength: float, seed: int) -> dict[str, float]:
    """One row of ``word-tfidf``: balanced test accuracy of the baseline."""
    return {"test_balanced": _tfidf(corpus, per_class, strength, seed, ((corpus, "test"),))[f"{corpus}/test"]}


def tfidf_domains(framework: str, corpus: str, strength: float, seed: int) -> dict[str, float]:
    """One row of ``word-tfidf-domains``: the baseline trained on one corpus, tested on all four."""
    results = _tfidf(corpus, DOMAIN_SIZE, strength, seed, tuple((other, "test") for other in corpora()))
    return {f"{other}_balanced": results[f"{other}/test"] for other in corpora()}


def _strengths_grid() -> list[Settings]:
    return [
        {"corpus": corpus, "per_class": n, "strength": strength, "seed": seed}
        for corpus in TUNING_CORPORA
        for n in SIZES
        for strength in TUNING_STRENGTHS
        for seed in TUNING_SEEDS
    ]


def _tfidf_grid() -> list[Settings]:
    return [
        {"corpus": corpus, "per_class": n, "strength": STRENGTHS[n], "seed": seed}
        for corpus in corpora()
        for n in SIZES
        for seed in SEEDS
    ]


def _tfidf_domains_grid() -> list[Settings]:
    return [
        {"corpus": corpus, "strength": STRENGTHS[DOMAIN_SIZE], "seed": seed}
        for corpus in corpora()
        for seed in SEEDS
    ]


def _exact(settings: Settings) -> float:
    """scikit-learn's own solver, on other versions of it."""
    return 0.01


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "word-tfidf-rates",
        "tlcourse.sweeps.topics.word_tfidf:try_strength",
        _strengths_grid,
        {"val_balanced": _exact},
        frameworks=("plain",),
        title="Chapter 8: the baseline's regularisation for each size, chosen on validation rows",
    ),
    Sweep(
        "word-tfidf",
        "tlcourse.sweeps.topics.word_tfidf:tfidf",
        _tfidf_grid,
        {"test_balanced": _exact},
        frameworks=("plain",),
        title="Chapter 8: the baseline without vectors, by corpus and size",
    ),
    Sweep(
        "word-tfidf-domains",
        "tlcourse.sweeps.topics.word_tfidf:tfidf_domains",
        _tfidf_domains_grid,
        {f"{corpus}_balanced": _exact for corpus in ("tweets", "movies", "products", "editorials")},
        frameworks=("plain",),
        title="Chapter 8: the baseline, trained on one kind of text, tested on four",
    ),
)
