"""Extractive summaries: the sentences of a text that say most of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from tlcourse.checks import whole
from tlcourse.errors import CourseError, DataError, SettingError, ShapeError

__all__ = ["lead", "mean_similarity", "rouge_1", "sentences_of", "summarise"]

_END = re.compile(r"([.!?][\"'”’)]*)\s+(?=[\"'“‘(]*[A-Z0-9])")


def sentences_of(text: str) -> list[str]:
    """A text cut after its full stops, question and exclamation marks.

    A rule of thumb for edited prose: it cuts after "Mr." too.

    Raises
    ------
    DataError
        If ``text`` is not a str.

    Examples
    --------
    >>> sentences_of("It rained. Who knew? Nobody!")
    ['It rained.', 'Who knew?', 'Nobody!']
    """
    if not isinstance(text, str):
        raise DataError(f"A text is needed, and this is a {type(text).__name__}.", "Pass one str.")
    marked = _END.sub(r"\1\n", " ".join(text.split()))
    return [part for part in marked.split("\n") if part]


def lead(sentences: Sequence[str], count: int) -> list[int]:
    """The first sentences: the baseline that news is hard to summarise better than.

    Examples
    --------
    >>> lead(["a", "b", "c"], 2)
    [0, 1]
    """
    return list(range(min(_checked(sentences, count), len(sentences))))


def summarise(
    sentences: Sequence[str],
    count: int,
    vectors_of: Callable[[Sequence[str]], npt.ArrayLike],
    diversity: float = 0.5,
) -> list[int]:
    """The sentences nearest to what the whole text says, each unlike those chosen before it.

    Maximal marginal relevance (Carbonell and Goldstein 1998, SIGIR) with the mean of all sentences' vectors
    in the place of a query.

    Parameters
    ----------
    sentences : sequence of str
    count : int
        Sentences to choose, 1 or more; all of a shorter text.
    vectors_of : callable
        Sentences to vectors (N, D), as an encoder gives.
    diversity : float
        0 chooses by nearness to the text alone; 1 by difference from the chosen alone.

    Returns
    -------
    list of int: rows of the chosen sentences, in the order of the text

    Raises
    ------
    DataError, SettingError, ShapeError
        For no sentences, numbers out of range, vectors that do not fit.
    """
    wanted = min(_checked(sentences, count), len(sentences))
    if not 0 <= diversity <= 1:
        raise SettingError(f"diversity is {diversity!r}.", "Give a share from 0 to 1.")
    vectors = np.asarray(vectors_of(sentences), np.float64)
    if vectors.ndim != 2 or len(vectors) != len(sentences) or not np.isfinite(vectors).all():
        raise ShapeError(
            f"{len(sentences)} sentences have vectors of shape {vectors.shape}.",
            "Give one finite vector per sentence, (N, D).",
        )
    units = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    centre = units.mean(axis=0)
    near = units @ (centre / max(float(np.linalg.norm(centre)), 1e-12))
    alike = units @ units.T
    chosen: list[int] = []
    while len(chosen) < wanted:
        redundant = alike[:, chosen].max(axis=1) if chosen else np.zeros(len(units))
        score = (1 - diversity) * near - diversity * redundant
        score[chosen] = -np.inf
        chosen.append(int(score.argmax()))
    return sorted(chosen)


def mean_similarity(units: npt.NDArray[np.float64], chosen: Sequence[int]) -> float:
    """How well some sentences cover a text: the mean over all sentences of the cosine to the nearest chosen.

    Parameters
    ----------
    units : float array (N, D), each row of length 1
    chosen : sequence of int

    Raises
    ------
    CourseError
        When nothing is chosen.
    """
    if not len(chosen):
        raise CourseError("No sentence is chosen.", "Choose at least one.")
    return float((units @ units[list(chosen)].T).max(axis=1).mean())


def rouge_1(summary: Sequence[str], reference: Sequence[str]) -> float:
    """ROUGE-1, F1: how many words a summary shares with one that a person wrote; 0 to 1.

    Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries". Words in small letters, each counted
    as often as it comes in both.

    Parameters
    ----------
    summary, reference : sequence of str
        Words.

    Raises
    ------
    DataError
        For a side without words.

    Examples
    --------
    >>> round(rouge_1("the cat sat".split(), "the cat lay down".split()), 3)
    0.571
    """
    from collections import Counter

    counts, reference_counts = Counter(w.lower() for w in summary), Counter(w.lower() for w in reference)
    if not counts or not reference_counts:
        raise DataError("A side of the comparison has no words.", "Give the words of both.")
    shared = sum((counts & reference_counts).values())
    if not shared:
        return 0.0
    precision, recall = shared / sum(counts.values()), shared / sum(reference_counts.values())
    return 2 * precision * recall / (precision + recall)


def _checked(sentences: Sequence[str], count: int) -> int:
    if isinstance(sentences, str) or not len(sentences):
        raise DataError(
            "A list of one or more sentences was expected.",
            "Pass a list of str, as sentences_of(text) gives.",
        )
    return whole("The number of sentences", count, 1)
