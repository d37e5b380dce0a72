"""Chapter 8: vectors trained by gensim on the course's own texts, against GloVe's and against none.

The own vectors read the training texts of all four corpora without their labels (:func:`pool`, some 300,000
words): Word2Vec as skip-gram and as CBOW, and fastText, all with :data:`DIMENSIONS` numbers, :data:`EPOCHS`
epochs and gensim's defaults otherwise. One thread and a seed give the same vectors every time, whatever
``PYTHONHASHSEED`` says: gensim 4 draws their start with NumPy.

``word-own`` puts a logistic regression on the mean of a text's vectors; the baseline has words and pairs of
words, weighted by TF-IDF. Each method has five strengths to choose from, by cross-validation inside of the
labelled training texts. Every model is tested on the texts as they are, and with typing errors in a tenth
and in three tenths of the words of four letters or more.

``word-own-known`` asks WordSim-353 (Finkelstein et al. 2002, "Placing search in context", TOIS), which gensim
brings, for the rank correlation of cosines with people's judgements.
"""

from __future__ import annotations

import itertools
from functools import cache
from typing import Any

import numpy as np

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.topics.word_vectors import SEEDS, balanced, corpora, texts_of

__all__ = [
    "DIMENSIONS",
    "EPOCHS",
    "ERRORS",
    "KINDS",
    "METHODS",
    "OWN_SIZES",
    "STRENGTHS",
    "SWEEPS",
    "compare_own",
    "mistyped",
    "pool",
    "similarity",
    "trained",
]

DIMENSIONS, EPOCHS = 50, 30
KINDS = ("skip-gram", "cbow", "fasttext")
METHODS = ("glove", *KINDS, "tf-idf")
OWN_SIZES = (40, 160, 600)
"""Labelled training texts per class."""
ERRORS = (0.1, 0.3)
"""Shares of the longer words that get a typing error."""
STRENGTHS = (0.001, 0.01, 0.1, 1.0, 10.0)
"""Inverse regularisation of the regression on standardised features; TF-IDF has 1,000 times these."""


@cache
def pool() -> list[list[str]]:
    """The words of all training texts, neutral ones included."""
    from tlcourse import data
    from tlcourse.embeddings import tokenize

    return [tokenize(text) for name in data.CORPORA for text in data.rated_text(name).split("train").texts]


@cache
def trained(kind: str, seed: int) -> Any:
    """gensim's ``KeyedVectors`` of one of :data:`KINDS`."""
    from gensim.models import FastText, Word2Vec

    settings: dict[str, Any] = {
        "vector_size": DIMENSIONS,
        "epochs": EPOCHS,
        "min_count": 2,
        "sg": int(kind != "cbow"),
        "seed": seed,
        "workers": 1,
    }
    if kind == "fasttext":
        return FastText(pool(), bucket=50_000, **settings).wv
    return Word2Vec(pool(), **settings).wv


@cache
def _glove() -> Any:
    """GloVe as ``KeyedVectors``, all words."""
    from gensim.models import KeyedVectors

    from tlcourse.embeddings import glove

    vectors = KeyedVectors(glove().dimensions)
    vectors.add_vectors(list(glove().words), np.asarray(glove().matrix))
    return vectors


def _vectors(kind: str, seed: int) -> Any:
    return _glove() if kind == "glove" else trained(kind, seed)


_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def mistyped(words: list[str], share: float, rng: np.random.Generator) -> list[str]:
    """The words, and in a share of those with four letters or more one typing error.

    Two neighbouring letters change places, one is left out, typed twice, or replaced by its neighbour on the
    keyboard. The first letter stays.
    """
    return [
        _slip(word, rng) if rng.random() < share and len(word) > 3 and word.isalpha() else word
        for word in words
    ]


def _slip(word: str, rng: np.random.Generator) -> str:
    at, kind = int(rng.integers(1, len(word) - 1)), int(rng.integers(4))
    if kind == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        return word[:at] + word[at] + word[at:]
    row = next((row for row in _KEYS if word[at] in row), "")
    beside = (
        row[max(row.find(word[at]) - 1, 0) : row.find(word[at]) + 2].replace(word[at], "") if row else "x"
    )
    return word[:at] + beside[int(rng.integers(len(beside)))] + word[at + 1 :]


@cache
def _test(corpus: str, share: float, seed: int) -> list[list[str]]:
    from tlcourse.embeddings import tokenize

    rng = np.random.default_rng([seed, 8, round(100 * share)])
    return [mistyped(tokenize(text), share, rng) for text in texts_of(corpus, "test").texts]


def _means(vectors: Any, texts: list[list[str]]) -> np.ndarray:
    """The mean of each text's known words; fastText knows every word that has parts."""
    rows = []
    for text in texts:
        known = [vectors[word] for word in text if word in vectors]
        rows.append(np.mean(known, axis=0) if known else np.zeros(DIMENSIONS))
    return np.array(rows, np.float64)


@cache
def _test_means(corpus: str, share: float, kind: str, vector_seed: int, seed: int) -> np.ndarray:
    return _means(_vectors(kind, vector_seed), _test(corpus, share, seed))


def compare_own(framework: str, corpus: str, method: str, per_class: int, seed: int) -> dict[str, float]:
    """One row of ``word-own``: balanced test accuracy, on texts as they are and with typing errors.

    Parameters
    ----------
    framework : {"plain"}
    corpus : str
        One of ``tlcourse.data.CORPORA``.
    method : str
        One of :data:`METHODS`.
    per_class : int
        Labelled training texts per class.
    seed : int
        Of the drawn texts, the typing errors, and of vectors that are trained here.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from tlcourse.embeddings import tokenize

    train = texts_of(corpus, "train").per_class(per_class, seed=seed)
    words = [tokenize(text) for text in train.texts]
    head = LogisticRegression(max_iter=5000, tol=1e-6)
    if method == "tf-idf":
        model = make_pipeline(TfidfVectorizer(analyzer=_pairs), head)
        strengths = [1000 * strength for strength in STRENGTHS]
    else:
        model, strengths = make_pipeline(StandardScaler(), head), list(STRENGTHS)
    known = words if method == "tf-idf" else _means(_vectors(method, seed), words)
    search = GridSearchCV(model, {"logisticregression__C": strengths}, cv=5, scoring="balanced_accuracy")
    search.fit(known, train.labels)
    results = {}
    labels = texts_of(corpus, "test").labels
    # The start of GloVe does not depend on a seed, so its vectors have one only.
    vector_seed = 0 if method == "glove" else seed
    for name, share in (("test", 0.0), *((f"typed_{round(100 * share)}", share) for share in ERRORS)):
        asked = (
            _test(corpus, share, seed)
            if method == "tf-idf"
            else _test_means(corpus, share, method, vector_seed, seed)
        )
        results[f"{name}_balanced"] = balanced(labels, search.predict(asked))
    return results


def _pairs(words: list[str]) -> list[str]:
    return words + [f"{one} {other}" for one, other in itertools.pairwise(words)]


def similarity(framework: str, method: str, seed: int) -> dict[str, float]:
    """One row of ``word-own-known``: WordSim-353, by the pairs whose words the own vectors know.

    ``spearman``: the rank correlation with people; ``pairs``: how many are asked; ``words``: how many have a
    vector of their own.
    """
    from gensim.test.utils import datapath
    from scipy.stats import spearmanr

    vectors, common = _vectors(method, seed), trained("skip-gram", seed).key_to_index
    theirs, ours = [], []
    with open(datapath("wordsim353.tsv"), encoding="utf-8") as file:
        for line in file:
            one, other, score = line.strip().lower().split("\t") if not line.startswith("#") else ("", "", "")
            if one in common and other in common and one != other:
                theirs.append(float(score))
                ours.append(float(vectors.similarity(one, other)))
    return {
        "spearman": float(spearmanr(theirs, ours).statistic),
        "pairs": float(len(ours)),
        "words": float(len(vectors.key_to_index)),
    }


def _own_grid() -> list[Settings]:
    return [
        {"corpus": corpus, "method": method, "per_class": n, "seed": seed}
        for seed in SEEDS
        for method in METHODS
        for corpus in corpora()
        for n in OWN_SIZES
    ]


def _similarity_grid() -> list[Settings]:
    return [{"method": method, "seed": seed} for method in ("glove", *KINDS) for seed in SEEDS]


def _cost(settings: Settings) -> float:
    seconds = {"skip-gram": 38.0, "cbow": 14.0, "fasttext": 75.0, "glove": 12.0}
    return seconds.get(str(settings["method"]), 3.0)


def _tolerance(settings: Settings) -> float:
    """Vectors from another machine's rounding, and a strength that is chosen differently there."""
    return 0.02 if settings["method"] in ("glove", "tf-idf") else 0.04


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "word-own",
        "tlcourse.sweeps.topics.word_own:compare_own",
        _own_grid,
        dict.fromkeys(("test_balanced", "typed_10_balanced", "typed_30_balanced"), _tolerance),
        frameworks=("plain",),
        cost=_cost,
        title="Chapter 8: vectors trained on the course's texts, as features, and typing errors",
    ),
    Sweep(
        "word-own-known",
        "tlcourse.sweeps.topics.word_own:similarity",
        _similarity_grid,
        {"spearman": 0.06, "pairs": 0.0, "words": 0.0},
        frameworks=("plain",),
        cost=_cost,
        title="Chapter 8: what people call similar, and what the vectors do",
    ),
)
