"""Cases that come from the seed: their order, their number and their names.

An answer that counts its calls, reads a file's name or gives what was right last time must be wrong under
the next seed. Where a case has few possible outcomes (refused or not, one of three verdicts), a replay is
right by luck: take so many cases, in an order of the seed's, that this happens once in a hundred thousand
draws, and give the points for all of them together (`judging.told_apart`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["mixed", "shuffled", "turned", "words"]

_ONSETS = ("b", "br", "d", "dr", "f", "g", "gl", "k", "l", "m", "n", "p", "pl", "r", "s", "st", "t", "v")
_NUCLEI = ("a", "e", "i", "o", "u", "ai", "ea", "ou")


def shuffled(rng: np.random.Generator, cases: Sequence[Any]) -> list[Any]:
    """The same cases in an order that the seed chose.

    Examples
    --------
    >>> sorted(shuffled(np.random.default_rng(1), ["a", "b", "c"]))
    ['a', 'b', 'c']
    """
    return [cases[int(place)] for place in rng.permutation(len(cases))]


def mixed(rng: np.random.Generator, n: int, kinds: Sequence[Any]) -> list[Any]:
    """``n`` of these kinds, each of them at least once, in an order and in numbers that the seed chose.

    With two kinds and 20 cases, two seeds agree once in some hundred thousand times.

    Examples
    --------
    >>> drawn = mixed(np.random.default_rng(1), 20, ["good", "bad"])
    >>> len(drawn), sorted(set(drawn))
    (20, ['bad', 'good'])
    """
    more = rng.integers(0, len(kinds), n - len(kinds))
    return shuffled(rng, [*kinds, *(kinds[int(kind)] for kind in more)])


def words(rng: np.random.Generator, n: int, syllables: int = 3) -> list[str]:
    """``n`` different names that nobody has seen: what to call a layer, a file or a class.

    Examples
    --------
    >>> len(set(words(np.random.default_rng(1), 9)))
    9
    """
    drawn: dict[str, None] = {}
    while len(drawn) < n:
        parts = zip(rng.choice(_ONSETS, syllables), rng.choice(_NUCLEI, syllables), strict=True)
        drawn["".join(f"{onset}{nucleus}" for onset, nucleus in parts)] = None
    return list(drawn)


def turned(rng: np.random.Generator, images: np.ndarray) -> np.ndarray:
    """Square images (N, S, S), turned and flipped as the seed has it: a list of known ones finds none."""
    turned = np.stack(
        [
            np.rot90(image, int(turns))
            for image, turns in zip(images, rng.integers(0, 4, len(images)), strict=True)
        ]
    )
    flips = rng.random(len(images)) < 0.5
    turned[flips] = turned[flips, :, ::-1]
    return turned
