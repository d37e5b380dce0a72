"""The Word Embedding Association Test: what a set of vectors associates with what."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tlcourse.embeddings.vectors import WordVectors
from tlcourse.errors import DataError

__all__ = ["WEAT", "WeatResult", "weat"]

#: Word lists of Caliskan et al. 2017, in small letters: targets X, Y and attributes A, B. "flowers-insects"
#: is WEAT 1, "careers" WEAT 6, "maths-arts" WEAT 7, "science-arts" WEAT 8 of their table 1.
WEAT: dict[str, tuple[str, str, str, str]] = {
    "flowers-insects": (
        "aster clover hyacinth marigold poppy azalea crocus iris orchid rose bluebell daffodil lilac pansy "
        "tulip buttercup daisy lily peony violet carnation gladiola magnolia petunia zinnia",
        "ant caterpillar flea locust spider bedbug centipede fly maggot tarantula bee cockroach gnat "
        "mosquito termite beetle cricket hornet moth wasp blackfly dragonfly horsefly roach weevil",
        "caress freedom health love peace cheer friend heaven loyal pleasure diamond gentle honest lucky "
        "rainbow diploma gift honor miracle sunrise family happy laughter paradise vacation",
        "abuse crash filth murder sickness accident death grief poison stink assault disaster hatred pollute "
        "tragedy divorce jail poverty ugly cancer kill rotten vomit agony prison",
    ),
    "careers": (
        "john paul mike kevin steve greg jeff bill",
        "amy joan lisa sarah diana kate ann donna",
        "executive management professional corporation salary office business career",
        "home parents children family cousins marriage wedding relatives",
    ),
    "maths-arts": (
        "math algebra geometry calculus equations computation numbers addition",
        "poetry art dance literature novel symphony drama sculpture",
        "male man boy brother he him his son",
        "female woman girl sister she her hers daughter",
    ),
    "science-arts": (
        "science technology physics chemistry einstein nasa experiment astronomy",
        "poetry art shakespeare dance literature novel symphony drama",
        "brother father uncle grandfather son he his him",
        "sister mother aunt grandmother daughter she hers her",
    ),
}


@dataclass(frozen=True)
class WeatResult:
    """What the test found.

    Attributes
    ----------
    effect : float
        Effect size d, from -2 to 2: above 0, X goes with A and Y with B.
    p_value : float
        The share of ways to divide the target words that give as strong an association, one-sided.
    missing : tuple of str
        Words of the lists without a vector; they were left out.
    """

    effect: float
    p_value: float
    missing: tuple[str, ...]


def weat(
    vectors: WordVectors,
    x: Sequence[str],
    y: Sequence[str],
    a: Sequence[str],
    b: Sequence[str],
    permutations: int = 10_000,
    seed: int = 0,
) -> WeatResult:
    """Do the words X go with A and the words Y with B?

    Caliskan, Bryson and Narayanan 2017, "Semantics derived automatically from language corpora contain
    human-like biases", Science 356, arXiv:1608.07187. A word's association is its mean cosine to A less that
    to B; the effect is the difference of the means over X and Y, in standard deviations over both.

    Parameters
    ----------
    vectors : WordVectors
    x, y, a, b : sequence of str
        Targets and attributes; `WEAT` has the published lists.
    permutations : int
        All divisions of X and Y are tried if there are no more than this; otherwise this many at random.
    seed : int

    Raises
    ------
    DataError
        When fewer than two words of a list have a vector: their spread cannot be taken.

    Examples
    --------
    >>> toy = WordVectors(["a", "b", "x", "y", "z", "w", "c", "d"],
    ...     [[1, 0], [0, 1], [1, .1], [.1, 1], [1, .2], [.2, 1], [1, 0.01], [0, 1]], "toy")
    >>> round(weat(toy, ["x", "z"], ["y", "w"], ["a", "c"], ["b", "d"]).effect, 2)
    1.73
    """
    lists = {"X": list(x), "Y": list(y), "A": list(a), "B": list(b)}
    missing = tuple(word for words in lists.values() for word in words if word not in vectors)
    known = {name: [word for word in words if word in vectors] for name, words in lists.items()}
    for name, words in known.items():
        if len(words) < 2:
            raise DataError(
                f"Of the words {name} ({', '.join(lists[name][:5])}, …) {len(words)} have a vector.",
                "Give lists with at least two words that the vectors have.",
            )
    units = {name: _units(vectors, words) for name, words in known.items()}
    targets = np.concatenate([units["X"], units["Y"]])
    association = (targets @ units["A"].T).mean(axis=1) - (targets @ units["B"].T).mean(axis=1)
    count = len(units["X"])
    effect = (association[:count].mean() - association[count:].mean()) / association.std(ddof=1)
    return WeatResult(float(effect), _p_value(association, count, permutations, seed), missing)


def _units(vectors: WordVectors, words: list[str]) -> np.ndarray:
    rows = vectors.vectors(words).astype(np.float64)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _p_value(association: np.ndarray, count: int, permutations: int, seed: int) -> float:
    """The share of divisions into groups of these sizes whose difference is at least the observed one."""
    from math import comb

    def statistic(first: np.ndarray) -> np.ndarray:
        sums = association[first].sum(axis=-1)
        return sums / count - (association.sum() - sums) / (len(association) - count)

    observed = statistic(np.arange(count))
    if comb(len(association), count) <= permutations:
        divisions = np.array(list(itertools.combinations(range(len(association)), count)))
        return float((statistic(divisions) >= observed - 1e-12).mean())
    rng = np.random.default_rng(seed)
    divisions = np.array([rng.permutation(len(association))[:count] for _ in range(permutations)])
    # The observed division is one of them: a p-value of 0 would claim more than was tried.
    return float((1 + (statistic(divisions) >= observed - 1e-12).sum()) / (permutations + 1))
