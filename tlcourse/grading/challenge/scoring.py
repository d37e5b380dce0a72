"""How good is each file of predictions, how certain is that, and who is clearly better than whom?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from tlcourse.evaluation.intervals import Interval
from tlcourse.grading.challenge.settings import Challenge

__all__ = ["Board", "board_of", "exact_score"]

LEVEL, RESAMPLES = 0.95, 2000
_CHUNK = 200  # resamples at a time


def exact_score(predicted: npt.NDArray[np.int64], challenge: Challenge) -> Fraction:
    """The score as a fraction, so that a bar is reached or it is not.

    Parameters
    ----------
    predicted : int array (N,)
    challenge : Challenge
    """
    right = predicted == challenge.labels
    if challenge.rules.metric == "accuracy":
        return Fraction(int(right.sum()), len(right))
    classes = np.unique(challenge.labels)
    shares = [
        Fraction(int(right[of].sum()), int(of.sum())) for c in classes for of in [challenge.labels == c]
    ]
    return sum(shares, Fraction(0)) / len(shares)


@dataclass(frozen=True)
class Board:
    """All files of predictions that count, compared.

    Attributes
    ----------
    scores : tuple of M Fraction
    intervals : tuple of M Interval
    ranks : tuple of M int
        Places that are not clearly apart have the same rank: 1, 1, 3, ...
    """

    scores: tuple[Fraction, ...]
    intervals: tuple[Interval, ...]
    ranks: tuple[int, ...]


def board_of(predicted: npt.NDArray[np.int64], challenge: Challenge, seed: int = 0) -> Board:
    """Scores, intervals and ranks, all from the same resamples of the test images.

    The interval is the percentile bootstrap over images: within each class for the balanced accuracy, and
    over groups where there are groups. For ranks one walks down from the best score: the first one of a rank
    is its best, and a new rank begins with the first one to whom the difference is clear, which means that
    the interval of the difference on the same resamples lies above 0.

    Parameters
    ----------
    predicted : int array (M, N)
        A row for each file of predictions.
    challenge : Challenge
    seed : int
    """
    scores = tuple(exact_score(row, challenge) for row in predicted)
    drawn = _drawn(predicted == challenge.labels, challenge, seed)
    ends = (1 - LEVEL) / 2, (1 + LEVEL) / 2
    intervals = tuple(
        Interval(float(score), float(low), float(high), LEVEL)
        for score, (low, high) in zip(scores, np.quantile(drawn, ends, axis=0).T, strict=True)
    )
    return Board(scores, intervals, _ranks(scores, drawn))


def _ranks(scores: Sequence[Fraction], drawn: npt.NDArray[np.float64]) -> tuple[int, ...]:
    """Ranks from scores (M,) and their resamples (R, M)."""
    ranks = [0] * len(scores)
    order = sorted(range(len(scores)), key=lambda each: -scores[each])
    best = rank = 0
    for place, each in enumerate(order):
        difference = drawn[:, best] - drawn[:, each]
        if place == 0 or np.quantile(difference, (1 - LEVEL) / 2) > 0:
            best, rank = each, place + 1
        ranks[each] = rank
    return tuple(ranks)


def _drawn(right: npt.NDArray[np.bool_], challenge: Challenge, seed: int) -> npt.NDArray[np.float64]:
    """Each row's score on each resample: (R, M)."""
    rng = np.random.default_rng(seed)
    parts = []
    for begin in range(0, RESAMPLES, _CHUNK):
        weights = _weights(challenge, min(_CHUNK, RESAMPLES - begin), rng)
        parts.append(weights @ right.T.astype(np.float64))
    # Sums of weights differ from 1 in the last digits.
    return np.concatenate(parts).round(12)


def _weights(challenge: Challenge, count: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """What each image weighs in each resample, for a score that is a weighted sum: (count, N)."""
    labels, groups = challenge.labels, challenge.groups
    balanced = challenge.rules.metric == "balanced-accuracy"
    n = len(labels)
    if groups is not None:
        times = _times(int(groups.max()) + 1, count, rng)[:, groups]
    elif balanced:
        times = np.empty((count, n))
        for label in np.unique(labels):
            of = np.flatnonzero(labels == label)
            times[:, of] = _times(len(of), count, rng)
    else:
        times = _times(n, count, rng)
    if not balanced:
        return times / np.maximum(times.sum(axis=1, keepdims=True), 1)
    classes = np.unique(labels)
    totals = np.stack([times[:, labels == label].sum(axis=1) for label in classes], axis=1)
    # With groups, a resample may be without a class: the mean is then over the others.
    share = (totals > 0) / np.maximum(totals, 1) / np.maximum((totals > 0).sum(axis=1, keepdims=True), 1)
    return times * share[:, np.searchsorted(classes, labels)]


def _times(things: int, count: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """How often each thing is drawn when as many are drawn as there are: (count, things)."""
    return rng.multinomial(things, np.full(things, 1 / things), size=count).astype(np.float64)
