"""A threshold for a yes-or-no decision whose two mistakes cost differently."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tlcourse.errors import SettingError, ShapeError

__all__ = ["Threshold", "cost_at", "threshold_for_cost"]


class Threshold(NamedTuple):
    """A threshold and what it costs for an image, on the images it was chosen on."""

    value: float
    cost: float


def _checked(labels: Any, scores: Any, missed: float, alarm: float) -> tuple[np.ndarray, np.ndarray]:
    y, s = np.asarray(labels), np.asarray(scores, np.float64)
    if y.ndim != 1 or y.shape != s.shape or not len(y) or not np.isin(y, (0, 1)).all() or np.isnan(s).any():
        raise ShapeError(
            f"The labels have shape {y.shape} and the scores {s.shape}.",
            "Give a label 0 or 1 and a score for each image.",
        )
    if not (missed >= 0 and alarm >= 0 and missed + alarm > 0):
        raise SettingError(
            f"A miss costs {missed!r} and a false alarm {alarm!r}.", "Give costs from 0, not both of them 0."
        )
    return y.astype(bool), s


def cost_at(labels: Any, scores: Any, threshold: float, *, missed: float, alarm: float) -> float:
    """The mean cost for an image if scores of at least the threshold mean yes.

    Parameters
    ----------
    labels : array (N,) of 0 and 1
    scores : float array (N,)
    threshold : float
    missed, alarm : float
        The cost of a yes that was called no, and of a no that was called yes; from 0.

    Raises
    ------
    ShapeError
        If labels and scores do not match.
    SettingError
        For a negative cost.
    """
    y, s = _checked(labels, scores, missed, alarm)
    yes = s >= threshold
    return float((missed * (y & ~yes) + alarm * (~y & yes)).mean())


def threshold_for_cost(labels: Any, scores: Any, *, missed: float, alarm: float) -> Threshold:
    """The threshold with the lowest mean cost on these images: validation images, not test ones.

    All scores that occur are tried, and one above them all (never yes). Of equally cheap ones the lowest
    is taken. If the scores are calibrated probabilities, it lies near ``alarm / (alarm + missed)`` (Elkan
    2001, The Foundations of Cost-Sensitive Learning).

    Parameters
    ----------
    labels, scores, missed, alarm
        As for `cost_at`, and so are the errors.

    Examples
    --------
    >>> threshold_for_cost([0, 0, 1, 1], [0.1, 0.4, 0.3, 0.9], missed=10, alarm=1)
    Threshold(value=0.3, cost=0.25)
    """
    y, s = _checked(labels, scores, missed, alarm)
    tried = np.append(np.unique(s), np.inf)
    costs = [cost_at(y, s, t, missed=missed, alarm=alarm) for t in tried]
    best = int(np.argmin(costs))
    return Threshold(float(tried[best]), float(costs[best]))
