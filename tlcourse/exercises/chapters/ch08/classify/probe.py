"""Product reviews with labels, tweets without, and GloVe's vectors of their words."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain

KNOWN, NEW = 350, 700
"""Texts of each class: with labels, and to predict."""


def packed(lines: list[str]) -> np.ndarray:
    """Lines as bytes, uint8: more text than plain data hold."""
    return np.frombuffer("\n".join(lines).encode(), np.uint8)


def unpacked(raw: np.ndarray) -> list[str]:
    """What `packed` packed."""
    return np.asarray(raw, np.uint8).tobytes().decode().split("\n")


@cache
def _words(corpus: str, split: str | None) -> tuple[list[str], np.ndarray]:
    """Texts as words with spaces between them, and their labels."""
    from tlcourse import data
    from tlcourse.embeddings import tokenize

    texts = data.rated_text(corpus, classes=2)
    texts = texts if split is None else texts.split(split)
    return [" ".join(tokenize(text)) for text in texts.texts], np.asarray(texts.labels)


def _drawn(rng: np.random.Generator, corpus: str, split: str | None, n: int) -> tuple[list[str], np.ndarray]:
    texts, labels = _words(corpus, split)
    rows = np.concatenate([rng.choice(np.flatnonzero(labels == label), n, replace=False) for label in (0, 1)])
    rows = rng.permutation(rows)
    return [texts[int(row)] for row in rows], labels[rows]


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``texts``, ``labels``, ``new_texts``, ``new_labels``; ``words`` and their ``vectors`` float32 (V, 50).

    Which class is 0 comes from the seed. The words are in an order of the seed's, and some have no vector.
    """
    from tlcourse.embeddings import glove

    texts, labels = _drawn(rng, "products", "train", KNOWN)
    new_texts, new_labels = _drawn(rng, "tweets", None, NEW)
    turned = bool(rng.random() < 0.5)
    index = glove().index
    known = sorted({word for text in (*texts, *new_texts) for word in text.split() if word in index})
    known = [known[int(i)] for i in rng.permutation(len(known))]
    return {
        "texts": packed(texts),
        "labels": 1 - labels if turned else labels,
        "new_texts": packed(new_texts),
        "new_labels": 1 - new_labels if turned else new_labels,
        "words": packed(known),
        "vectors": np.asarray(glove().matrix[[index[word] for word in known]], "float32"),
    }


def sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """All but the labels of the tweets."""
    return {name: value for name, value in inputs.items() if name != "new_labels"}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``predicted``: class numbers for the tweets."""
    from gensim.models import KeyedVectors

    vectors = KeyedVectors(np.asarray(inputs["vectors"]).shape[1])
    vectors.add_vectors(unpacked(inputs["words"]), np.array(inputs["vectors"], "float32"))
    labels = np.array(inputs["labels"], "int64")
    texts, new_texts = unpacked(inputs["texts"]), unpacked(inputs["new_texts"])
    return {"predicted": plain(answer(texts, labels, vectors, new_texts))}
