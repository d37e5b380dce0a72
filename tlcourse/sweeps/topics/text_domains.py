"""Chapter 9: labels of one kind of text, few labels of another; reviews of products, and tweets.

``text-domains`` trains on :data:`REVIEWS` sentences of product reviews of each class, on a few labelled
tweets, or on both, and judges test tweets:

* ``tf-idf``: words and pairs of words, and a logistic regression. The control without anything pretrained;
* ``frozen``: a linear layer on what all-MiniLM-L6-v2 says of a text;
* ``lora``: additions of rank 8 in that encoder learn, and the linear layer.

``carried`` uses reviews and tweets. The first two train once, on both, and the tweets together count
:data:`SHARE` of the whole; LoRA trains on the reviews first and then goes on with the tweets, :data:`STEPS`
steps each. ``alone`` is the same without reviews. No rate was searched here: those of chapters 8 and 9 were
chosen on validation texts of editorials (TF-IDF's: of editorials and tweets).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.topics.encoders import BATCH, LENGTH
from tlcourse.sweeps.topics.encoders import RATES as ENCODER_RATES
from tlcourse.sweeps.topics.word_tfidf import STRENGTHS
from tlcourse.sweeps.topics.word_vectors import balanced, texts_of

__all__ = ["LABELS", "METHODS", "REVIEWS", "SHARE", "SOURCE", "STEPS", "SWEEPS", "TARGET", "USES", "carry"]

SOURCE, TARGET = "products", "tweets"
REVIEWS = 300
"""Sentences of reviews, of each class."""
LABELS = (0, 10, 40, 160)
"""Labelled tweets, both classes together."""
METHODS = ("tf-idf", "frozen", "lora")
USES = ("carried", "alone")
STEPS = 60
"""LoRA: of 16 texts, on the reviews, and again on the tweets."""
HEAD_STEPS = 100
SHARE = 0.5
"""On validation editorials, with three other seeds, it was better than counting each text once."""
SEEDS = (0, 1, 2, 3, 4)

LORA_RATE = ENCODER_RATES["lora", 160]
FROZEN_RATE = ENCODER_RATES["frozen", 160]
STRENGTH = STRENGTHS[160]


@cache
def _tokens(corpus: str, split: str, per_class: int, seed: int) -> np.ndarray:
    from tlcourse.language import load_tokenizer

    return load_tokenizer("all-MiniLM-L6-v2").encode(_texts(corpus, split, per_class, seed).texts, LENGTH)


@cache
def _texts(corpus: str, split: str, per_class: int, seed: int) -> Any:
    """Rows of a split, balanced and drawn by the seed; all of them for 0 a class."""
    texts = texts_of(corpus, split)
    return texts.per_class(per_class, seed=seed) if per_class else texts


@cache
def _features(framework: str, corpus: str, split: str, per_class: int, seed: int) -> np.ndarray:
    from tlcourse import training
    from tlcourse.language import load_encoder

    tokens = _tokens(corpus, split, per_class, seed)
    encoder = load_encoder(framework=framework)
    return training.cache_features(encoder, tokens, batch_size=32, progress=False)


def _train_parts(use: str, labels: int, seed: int) -> list[tuple[str, str, int, int]]:
    """What is trained on: the reviews, the tweets, or both."""
    parts = [(SOURCE, "train", REVIEWS, seed)] if use == "carried" else []
    return [*parts, (TARGET, "train", labels // 2, seed)] if labels else parts


def _repeats(sizes: list[int]) -> list[int]:
    """How often each part comes, so that the tweets count :data:`SHARE` of the whole."""
    if len(sizes) < 2:
        return [1]
    return [1, max(1, round(SHARE / (1 - SHARE) * sizes[0] / sizes[1]))]


def _tfidf(use: str, labels: int, seed: int) -> np.ndarray:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    from tlcourse.embeddings import tokenize

    parts = [_texts(*part) for part in _train_parts(use, labels, seed)]
    times = _repeats([len(part.texts) for part in parts])
    model = make_pipeline(
        TfidfVectorizer(tokenizer=tokenize, token_pattern=None, lowercase=False, ngram_range=(1, 2)),
        LogisticRegression(C=STRENGTH, max_iter=2000),
    ).fit(
        [text for part in parts for text in part.texts],
        np.concatenate([part.labels for part in parts]),
        logisticregression__sample_weight=np.repeat(times, [len(part.texts) for part in parts]),
    )
    return np.asarray(model.predict(texts_of(TARGET, "test").texts))


def _frozen(framework: str, use: str, labels: int, seed: int) -> np.ndarray:
    from tlcourse import training

    parts = _train_parts(use, labels, seed)
    rows = [_features(framework, *part) for part in parts]
    times = _repeats([len(part) for part in rows])
    head = training.fit_head(
        np.concatenate([np.tile(part, (n, 1)) for part, n in zip(rows, times, strict=True)]),
        np.concatenate([np.tile(_texts(*part).labels, n) for part, n in zip(parts, times, strict=True)]),
        2,
        steps=HEAD_STEPS,
        batch_size=BATCH,
        lr=FROZEN_RATE,
        seed=seed,
        framework=framework,
    )
    return np.asarray(head.predict(_features(framework, TARGET, "test", 0, 0)).argmax(1))


def _start(framework: str, seed: int) -> Any:
    from tlcourse.language import add_lora, load_encoder

    return add_lora(load_encoder(framework=framework, num_classes=2, seed=seed), rank=8, seed=seed)


def _fit(model: Any, part: tuple[str, str, int, int], seed: int) -> None:
    from tlcourse import training

    training.fit(
        model,
        (_tokens(*part), _texts(*part).labels),
        steps=STEPS,
        batch_size=BATCH,
        lr=LORA_RATE,
        seed=seed,
        progress=False,
    )


def _arrays(framework: str, model: Any) -> Any:
    """All weights, to begin again from them."""
    if framework == "keras":
        return model.get_weights()
    return {name: value.clone() for name, value in model.state_dict().items()}


@cache
def _after_reviews(framework: str, seed: int) -> Any:
    """The weights that the reviews leave: every number of tweets goes on from them."""
    model = _start(framework, seed)
    _fit(model, (SOURCE, "train", REVIEWS, seed), seed)
    return _arrays(framework, model)


def _lora(framework: str, use: str, labels: int, seed: int) -> np.ndarray:
    from tlcourse import training

    model = _start(framework, seed)
    if use == "carried":
        weights = _after_reviews(framework, seed)
        model.set_weights(weights) if framework == "keras" else model.load_state_dict(weights)
    if labels:
        _fit(model, (TARGET, "train", labels // 2, seed), seed)
    tokens = _tokens(TARGET, "test", 0, 0)
    return np.asarray(training.predict(model, tokens, batch_size=32, progress=False).argmax(1))


def carry(framework: str, method: str, use: str, labels: int, seed: int) -> dict[str, float]:
    """One row of ``text-domains``.

    Parameters
    ----------
    framework : {"torch", "keras"}
    method, use : str
        One of :data:`METHODS`, of :data:`USES`.
    labels : int
        Labelled tweets, both classes together, the same number of each; of :data:`LABELS`.
    seed : int
        Of the drawn texts, the start and the order of the batches.

    Returns
    -------
    dict
        ``test_balanced``: balanced accuracy on all test tweets, 0 to 1.
    """
    if method == "tf-idf":
        predicted = _tfidf(use, labels, seed)
    else:
        predicted = (_frozen if method == "frozen" else _lora)(framework, use, labels, seed)
    return {"test_balanced": balanced(texts_of(TARGET, "test").labels, predicted)}


def _grid() -> list[Settings]:
    return [
        {"method": method, "use": use, "labels": labels, "seed": seed}
        for seed in SEEDS
        for method in METHODS
        for use in USES
        for labels in LABELS
        if labels or use == "carried"
    ]


def _cost(settings: Settings) -> float:
    """CPU seconds, roughly."""
    return 40.0 if settings["method"] == "lora" else 1.0


def _tolerance(settings: Settings) -> float:
    """How far balanced accuracy may move when only the rounding does."""
    return 0.05 if settings["method"] == "lora" else 0.01


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "text-domains",
        "tlcourse.sweeps.topics.text_domains:carry",
        _grid,
        {"test_balanced": _tolerance},
        frameworks=("torch", "keras"),
        cost=_cost,
        title="Chapter 9: from reviews to tweets, by how many tweets are labelled",
    ),
)
