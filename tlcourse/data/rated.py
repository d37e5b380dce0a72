"""Rated text: tweets, movie reviews, product reviews and editorials, each rated by twenty people."""

from __future__ import annotations

import lzma
from functools import cache

import numpy as np

from tlcourse.data.files import bundled
from tlcourse.data.rows import SPLITS
from tlcourse.data.texts import TextDataset
from tlcourse.errors import DataError, UnknownNameError

__all__ = ["CORPORA", "rated_text"]

#: The corpora, from the least edited to the most.
CORPORA = ("tweets", "movies", "products", "editorials")
SPLIT_SEED = 8
VAL, TEST = 0.15, 0.25
#: A mean rating within this distance of 0 is neutral. One rater in twenty who says 1 or more moves a mean by
#: 0.05 or more, so 0.5 asks for agreement of a good part of them.
NEUTRAL = 0.5


def rated_text(corpus: str, classes: int = 3) -> TextDataset:
    """Short texts with the mean of some twenty people's ratings, from -4 (negative) to 4 (positive).

    Four corpora, four domains with one task: what was learned on one can be tested on another. Hutto and
    Gilbert 2014, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text", ICWSM.

    ========== ====== ========= ======== ======= =========
    corpus      texts documents negative neutral positive
    ========== ====== ========= ======== ======= =========
    tweets       4200      4045     1062     838     2300
    movies      10605     10603     5061     562     4982
    products     3708       298     1218     765     1725
    editorials   5190       498     1688    2402     1100
    ========== ====== ========= ======== ======= =========

    Movies, products and editorials are sentences and parts of sentences. Sentences of one review or editorial
    are in one split, and so are texts that say the same; 60 % of the documents are for training, 15 % for
    validation, 25 % for testing. (The file of the movies does not tell which review a sentence is from.)

    Parameters
    ----------
    corpus : {"tweets", "movies", "products", "editorials"}
    classes : {3, 2}
        3: negative, neutral and positive, neutral from -0.5 to 0.5. 2: the neutral texts are left out; the
        others stay in the split they are in. The ratings themselves, for regression, are in ``ratings``.

    Returns
    -------
    TextDataset

    Raises
    ------
    UnknownNameError
        If the corpus is not one of these.
    DataError
        If the number of classes is not 2 or 3, or when the file is missing or damaged.

    Examples
    --------
    >>> rated_text("products")
    TextDataset rated-text/products: 3708 texts in 3 classes; train 2471, val 546, test 691
    >>> rated_text("products", classes=2).class_names
    ('negative', 'positive')
    """
    if corpus not in CORPORA:
        raise UnknownNameError("corpus of rated text", corpus, CORPORA)
    if classes not in (2, 3):
        raise DataError(
            f"{classes!r} classes were asked for.",
            "Ask for 3 (negative, neutral, positive) or 2 (without neutral); `ratings` has the numbers.",
        )
    rows = _table()[corpus]
    ratings = np.array([float(row[1]) for row in rows], np.float32)
    labels = np.where(ratings < -NEUTRAL, 0, np.where(ratings > NEUTRAL, 2, 1))
    groups = np.array([int(row[0]) for row in rows])
    data = TextDataset(
        name=f"rated-text/{corpus}",
        texts=tuple(row[2] for row in rows),
        labels=labels,
        class_names=("negative", "neutral", "positive"),
        splits=_splits(corpus, groups),
        licence="MIT",
        source="C. J. Hutto, vaderSentiment 0.5; Hutto and Gilbert 2014, ICWSM",
        ratings=ratings,
        groups=tuple(str(group) for group in groups),
        ids=tuple(f"{corpus}-{row}" for row in range(len(rows))),
    )
    return data if classes == 3 else data.select(("negative", "positive"))


@cache
def _table() -> dict[str, list[tuple[str, str, str]]]:
    """(group, rating, text) of each text, by corpus."""
    table: dict[str, list[tuple[str, str, str]]] = {corpus: [] for corpus in CORPORA}
    for line in lzma.decompress(bundled("rated_text.tsv.xz")).decode("utf-8").splitlines():
        corpus, group, rating, text = line.split("\t")
        table[corpus].append((group, rating, text))
    return table


def _splits(corpus: str, groups: np.ndarray) -> dict[str, np.ndarray]:
    """Whole groups to each split, drawn from a fixed seed."""
    names = np.unique(groups)
    order = np.random.default_rng([SPLIT_SEED, CORPORA.index(corpus)]).permutation(names)
    val, test = round(VAL * len(order)), round(TEST * len(order))
    member = dict.fromkeys(order[:val].tolist(), "val") | dict.fromkeys(
        order[val : val + test].tolist(), "test"
    )
    where = np.array([member.get(group, "train") for group in groups.tolist()])
    return {split: np.flatnonzero(where == split) for split in SPLITS}
