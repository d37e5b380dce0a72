"""`WordVectors`: words, a matrix, and the questions one asks of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from tlcourse.checks import whole
from tlcourse.errors import DataError, ShapeError, UnknownNameError

__all__ = ["POLICIES", "SubwordVectors", "WordVectors"]

#: What `WordVectors.vector` does with a word that it does not have.
POLICIES = ("error", "zeros", "mean", "subwords")


class WordVectors:
    """A vector for each word.

    Parameters
    ----------
    words : sequence of str
        Each once, the most frequent first where the file has that order.
    matrix : float32 array (V, D)
        May be a memory map: rows are read when they are asked for.
    name, licence, source : str
    unknown : {"error", "zeros", "mean"}
        The vector of a word that is not there: none, but an error that says so; zeros; or the mean of all
        vectors. Zeros add nothing to an average; the mean is the best guess for an unseen word.

    Raises
    ------
    ShapeError
        When words and matrix do not fit each other.
    DataError
        If a word occurs twice.

    Examples
    --------
    >>> four = WordVectors(["king", "queen", "man", "woman"], [[1, 1], [1, -1], [0, 1], [0, -1]], "toy")
    >>> four
    WordVectors toy: 4 words, 2 dimensions; unknown words: error
    >>> four.analogy("man", "king", "woman", n=1)[0][0]
    'queen'
    """

    def __init__(
        self,
        words: Sequence[str],
        matrix: npt.ArrayLike,
        name: str,
        licence: str = "",
        source: str = "",
        unknown: str = "error",
    ) -> None:
        matrix = matrix if isinstance(matrix, np.ndarray) else np.asarray(matrix, np.float32)
        if matrix.ndim != 2 or len(matrix) != len(words) or not len(words):
            raise ShapeError(
                f"There are {len(words)} words, and the matrix has shape {matrix.shape}.",
                "Give a row of numbers for each word, and at least one.",
            )
        if unknown not in self._policies():
            raise UnknownNameError("way to treat unknown words", unknown, self._policies())
        self.words, self.matrix = words, matrix
        self.name, self.licence, self.source, self.unknown = name, licence, source, unknown
        if len(self.index) != len(words):
            twice = next(word for row, word in enumerate(words) if self.index[word] != row)
            raise DataError(f"The word {twice!r} occurs twice in {name}.", "Give each word one vector.")

    @classmethod
    def _policies(cls) -> tuple[str, ...]:
        return POLICIES[:3]

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__} {self.name}: {len(self)} words, {self.dimensions} dimensions; "
            f"unknown words: {self.unknown}"
        )

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self.index

    @property
    def dimensions(self) -> int:
        """Numbers in a vector."""
        return int(self.matrix.shape[1])

    @cached_property
    def index(self) -> dict[str, int]:
        """The row of each word."""
        return {word: row for row, word in enumerate(self.words)}

    @cached_property
    def mean(self) -> npt.NDArray[np.float32]:
        """The mean of all vectors, float32 (D,)."""
        return np.asarray(self.matrix.mean(axis=0, dtype=np.float64), np.float32)

    @cached_property
    def _lengths(self) -> npt.NDArray[np.float32]:
        return np.maximum(np.linalg.norm(self.matrix, axis=1), 1e-9).astype(np.float32)

    # -- looking up --

    def vector(self, word: str, unknown: str | None = None) -> npt.NDArray[np.float32]:
        """The vector of a word, float32 (D,), a copy.

        Parameters
        ----------
        word : str
        unknown : str, optional
            Another policy than the one of these vectors.

        Raises
        ------
        UnknownNameError
            With the policy "error" for a word that is not there; it suggests the word in small letters if
            that is there.
        """
        policy = self.unknown if unknown is None else unknown
        if policy not in self._policies():
            raise UnknownNameError("way to treat unknown words", policy, self._policies())
        row = self.index.get(word)
        if row is not None:
            return np.array(self.matrix[row], np.float32)
        if policy == "zeros":
            return np.zeros(self.dimensions, np.float32)
        if policy == "mean":
            return self.mean.copy()
        if policy == "subwords":
            return self._composed(word)
        raise self._missing(word)

    def vectors(self, words: Iterable[str], unknown: str | None = None) -> npt.NDArray[np.float32]:
        """The vectors of some words, float32 (K, D), as `vector` gives each."""
        rows = [self.vector(word, unknown) for word in _listed(words)]
        return np.stack(rows) if rows else np.empty((0, self.dimensions), np.float32)

    def coverage(self, words: Iterable[str]) -> float:
        """The share of these words, repetitions counted, that have a vector of their own; 0 to 1.

        Raises
        ------
        DataError
            For no words at all.
        """
        words = _listed(words)
        if not words:
            raise DataError("No words were given.", "Pass a list of words, as tokenize(text) gives.")
        return sum(word in self.index for word in words) / len(words)

    # -- neighbours --

    def similarity(self, first: str, second: str) -> float:
        """The cosine of the angle between two words' vectors, -1 to 1.

        Raises
        ------
        UnknownNameError
            As `vector`.
        """
        a, b = self.vector(first), self.vector(second)
        return float(a @ b / np.maximum(np.linalg.norm(a) * np.linalg.norm(b), 1e-9))

    def nearest(
        self, to: str | npt.ArrayLike, n: int = 10, among: int | None = None
    ) -> list[tuple[str, float]]:
        """The words with the highest cosine to a word (itself left out) or to a vector.

        Parameters
        ----------
        to : str or array (D,)
        n : int
        among : int, optional
            Look only among the first words: the frequent ones, if the file has that order. Rare words have
            noisy vectors.

        Returns
        -------
        list of (word, cosine), the nearest first

        Raises
        ------
        UnknownNameError
            As `vector`.
        ShapeError
            If the vector has a different length, or is all zeros: it points nowhere.
        """
        leave_out = {to} if isinstance(to, str) else set()
        return self._nearest(self.vector(to) if isinstance(to, str) else to, n, leave_out, among)

    def _nearest(
        self, to: npt.ArrayLike, n: int, leave_out: set[str], among: int | None
    ) -> list[tuple[str, float]]:
        target = np.asarray(to, np.float32)
        if target.shape != (self.dimensions,) or not np.isfinite(target).all() or not target.any():
            raise ShapeError(
                f"Neighbours were asked for of a vector of shape {target.shape}"
                + (", all zeros" if target.size and not target.any() else "")
                + f"; these vectors have {self.dimensions} numbers.",
                f"Give {self.dimensions} finite numbers, not all zero.",
            )
        n = whole("The number of neighbours", n, 1)
        count = len(self) if among is None else min(among, len(self))
        cosines = (self.matrix[:count] @ target) / (self._lengths[:count] * np.linalg.norm(target))
        wanted = min(n + len(leave_out), count)
        best = np.argpartition(-cosines, wanted - 1)[:wanted]
        best = best[np.argsort(-cosines[best], kind="stable")]
        neighbours = [
            (self.words[row], float(cosines[row])) for row in best if self.words[row] not in leave_out
        ]
        return neighbours[:n]

    def analogy(
        self, a: str, b: str, c: str, n: int = 5, among: int | None = None, keep_question: bool = False
    ) -> list[tuple[str, float]]:
        """``a`` is to ``b`` as ``c`` is to ...: the words nearest to b - a + c, each of length 1.

        Mikolov, Yih and Zweig 2013, "Linguistic Regularities in Continuous Space Word Representations",
        NAACL. As there, the three words of the question are left out of the answers; `keep_question` shows
        what the sum itself is nearest to, which is often ``c`` or ``b`` (Rogers, Drozd and Li 2017, "The (too
        many) Problems of Analogical Reasoning with Word Vectors").

        Parameters
        ----------
        a, b, c : str
        n, among : int
            As for `nearest`.
        keep_question : bool

        Raises
        ------
        UnknownNameError
            As `vector`.
        """
        one, two, three = (v / max(np.linalg.norm(v), 1e-9) for v in self.vectors([a, b, c]))
        return self._nearest(two - one + three, n, set() if keep_question else {a, b, c}, among)

    # -- for a network --

    def table(self, words: Sequence[str], seed: int = 0) -> npt.NDArray[np.float32]:
        """The start of an embedding layer for a vocabulary, float32 (2 + K, D).

        Row 0 is padding, zeros; row 1 is for unknown words, zeros too; the others are the words' own. A word
        without a vector starts at random with the spread of the vectors (or at the sum of its subwords,
        where these vectors have subwords): the same numbers for a seed, whatever else is in the vocabulary.

        Parameters
        ----------
        words : sequence of str
            As `Vocabulary.words`.
        seed : int
        """
        table = np.zeros((2 + len(words), self.dimensions), np.float32)
        rows = np.array([self.index.get(word, -1) for word in words], np.int64)
        known = np.flatnonzero(rows >= 0)
        table[2 + known] = self.matrix[rows[known]]
        for position in np.flatnonzero(rows < 0).tolist():
            table[2 + position] = self._start(words[position], seed)
        return table

    def _start(self, word: str, seed: int) -> npt.NDArray[np.float32]:
        from zlib import crc32

        rng = np.random.default_rng([seed, crc32(word.encode("utf-8"))])
        return rng.normal(0, self.spread, self.dimensions).astype(np.float32)

    @cached_property
    def spread(self) -> float:
        """The standard deviation of the vectors' numbers (of the first 10,000 words)."""
        return float(np.asarray(self.matrix[:10_000], np.float64).std())

    def _composed(self, word: str) -> npt.NDArray[np.float32]:
        raise self._missing(word)

    def _missing(self, word: str) -> UnknownNameError:
        error = UnknownNameError(f"word in {self.name}", word, ())
        lower = str(word).lower()
        hint = f"{lower!r} is there. " if lower in self.index else ""
        error.fix = (
            f"{hint}Ask `word in vectors` first, or say what an unknown word gets: "
            'unknown="zeros" or unknown="mean".'
        )
        error.args = (error.problem, error.fix)
        return error


class SubwordVectors(WordVectors):
    """Word vectors that are sums over parts of words, so that an unseen word has one as well.

    Bojanowski, Grave, Joulin and Mikolov 2017, "Enriching Word Vectors with Subword Information",
    arXiv:1607.04606.

    Parameters
    ----------
    words, matrix, name, licence, source
        As for `WordVectors`.
    compose : callable
        ``compose(word)``: the vector, float32 (D,), of any word from its parts; None for a word that is too
        short to have any. Such a word is unknown.
    unknown : {"subwords", "error", "zeros", "mean"}
    """

    def __init__(
        self,
        words: Sequence[str],
        matrix: npt.ArrayLike,
        name: str,
        compose: Callable[[str], Any],
        licence: str = "",
        source: str = "",
        unknown: str = "subwords",
    ) -> None:
        self._compose = compose
        super().__init__(words, matrix, name, licence, source, unknown)

    @classmethod
    def _policies(cls) -> tuple[str, ...]:
        return POLICIES

    def _composed(self, word: str) -> npt.NDArray[np.float32]:
        vector = self._compose(word) if word else None
        if vector is None:
            raise self._missing(word)
        return np.asarray(vector, np.float32)

    def _start(self, word: str, seed: int) -> npt.NDArray[np.float32]:
        vector = self._compose(word) if word else None
        return super()._start(word, seed) if vector is None else np.asarray(vector, np.float32)


def _listed(words: Iterable[str]) -> list[str]:
    if isinstance(words, str):
        raise DataError(
            f"The words are one string, {words[:40]!r}.", "Give a list of words, as tokenize(text) gives."
        )
    return list(words)
