"""How much a text repeats itself, and how varied several are: counts of runs of words."""

from __future__ import annotations

from collections.abc import Sequence

from tlcourse.checks import whole
from tlcourse.errors import DataError

__all__ = ["distinct", "repeated"]


def repeated(words: Sequence[str], n: int = 3) -> float:
    """The share of a text's runs of ``n`` words that stood in it before; 0 to 1.

    Parameters
    ----------
    words : sequence of str
        The words of one text, in order.
    n : int
        1 or more.

    Raises
    ------
    DataError
        For a str in the place of words, or fewer than ``n`` of them.

    Examples
    --------
    >>> repeated("the film is a film is a film is a joy".split())
    0.4444444444444444
    """
    runs = _runs(words, n)
    if not runs:
        raise DataError(f"{len(words)} words hold no run of {n}.", "Give more words, or a smaller n.")
    return 1 - len(set(runs)) / len(runs)


def distinct(texts: Sequence[Sequence[str]], n: int = 2) -> float:
    """The share of different runs among all runs of ``n`` words of several texts; 0 to 1.

    Li, Galley, Brockett, Gao and Dolan 2016, "A Diversity-Promoting Objective Function for Neural
    Conversation Models", NAACL.

    Parameters
    ----------
    texts : sequence of sequences of str
        The words of each text. Compare texts of equal length only: longer ones come back to words.
    n : int
        1 or more.

    Raises
    ------
    DataError
        For a str in the place of words, or texts that are all shorter than ``n``.

    Examples
    --------
    >>> distinct(["a good film".split(), "a good book".split()])
    0.75
    """
    runs = [run for text in texts for run in _runs(text, n)]
    if not runs:
        raise DataError(f"No text has {n} words.", "Give longer texts, or a smaller n.")
    return len(set(runs)) / len(runs)


def _runs(words: Sequence[str], n: int) -> list[tuple[str, ...]]:
    n = whole("The length of a run", n, 1)
    if isinstance(words, str):
        raise DataError("A text came as one str.", "Give its words: text.split().")
    return [tuple(words[at : at + n]) for at in range(len(words) - n + 1)]
