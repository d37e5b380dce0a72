"""Which pretrained network to take, guessed from its features before any training.

A score reads the features that a frozen candidate gives for the training images, and their labels. It takes
seconds where training takes minutes. Whether to trust it is a question of rank correlation: among several
candidates, is the one with the higher score the one that is better after training?
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.checks import whole
from tlcourse.errors import CourseError, ShapeError

__all__ = ["knn_accuracy", "logme", "rank_correlation"]

_STEPS = 500
_RANGE = 1e8
"""How far the ratio of the two precisions may go from the features' squared singular values."""


def logme(features: Any, labels: Any) -> float:
    r"""The log evidence of a linear model on the features, at its maximum, per image.

    LogME (You et al. 2021, ICML, arXiv:2102.11005). For each class the targets are 1 for its images and 0
    for the others, explained by weights that are normal with precision alpha, and noise that is normal with
    precision beta. The evidence is the density of the targets with the weights integrated out, so that a fit
    bought with many weights is not rewarded; alpha and beta are those that maximise it.

    Higher is better. It is the logarithm of a density of the targets, in nats per image, and no
    probability: it may be above 0. Values compare candidates on the same images and labels, not tasks.
    Scaling or rotating the features changes nothing.

    Parameters
    ----------
    features : float array (N, D)
        Of the training images, from a frozen network.
    labels : int array (N,)

    Returns
    -------
    float
        Mean over the classes.

    Raises
    ------
    ShapeError
        For other shapes, numbers that are not finite, features that are all 0, fewer than 3 rows, or
        labels that do not fit.
    CourseError
        If there is one class only.

    Examples
    --------
    >>> labels = np.arange(60) % 3
    >>> rng = np.random.default_rng(0)
    >>> noise = rng.normal(size=(60, 8))
    >>> separable = noise + 3 * np.eye(8)[labels]
    >>> round(logme(separable, labels), 2), round(logme(noise, labels), 2)
    (-0.24, -0.86)
    """
    x, y = _checked(features, labels)
    left, singular, _ = np.linalg.svd(x, full_matrices=False)
    squared = singular**2
    # Rounding errors would be taken for directions.
    keep = squared > squared[0] * (np.finfo(np.float64).eps * max(x.shape)) ** 2
    left, squared = left[:, keep], squared[keep]
    return float(np.mean([_evidence(left, squared, (y == one).astype(np.float64)) for one in np.unique(y)]))


def _evidence(left: np.ndarray, squared: np.ndarray, target: np.ndarray) -> float:
    """The maximised log evidence per row of one target (N,).

    ``left`` (N, K) are the features' left singular vectors, ``squared`` (K,) their squared singular values.
    """
    rows = len(target)
    along = (left.T @ target) ** 2
    outside = max(float(target @ target - along.sum()), 0.0)
    low, high = squared.min() / _RANGE, squared.max() * _RANGE
    # MacKay's fixed point, for ratio = alpha / beta alone (You et al. 2021, algorithm 3).
    ratio = float(np.sqrt(squared.min() * squared.max()))
    for _ in range(_STEPS):
        shrunk = squared / (ratio + squared)
        used = shrunk.sum()  # the effective number of weights, gamma
        weights = float((along * shrunk**2 / squared).sum())
        residual = float((along * (1 - shrunk) ** 2).sum()) + outside
        if weights == 0:
            ratio = high
            break
        # alpha = used / weights; beta = (rows - used) / residual
        new = float(np.clip(used * residual / (weights * max(rows - used, 1e-12)), low, high))
        done = abs(new - ratio) <= 1e-9 * ratio
        ratio = new
        if done:
            break
    # For a given ratio the best noise is known: the targets are normal with covariance
    # (I + F F' / ratio) / beta.
    noise = (float((along / (1 + squared / ratio)).sum()) + outside) / rows
    return float(-0.5 * np.log(2 * np.pi * noise) - 0.5 - 0.5 * np.log1p(squared / ratio).sum() / rows)


def knn_accuracy(features: Any, labels: Any, k: int = 5) -> float:
    """The share of images whose label the k most similar other images vote for.

    Leave one out: an image has no vote on itself, so no second set is needed. Similarity is the cosine. Of
    classes with as many votes, the one with the higher sum of similarities wins.

    Parameters
    ----------
    features : float array (N, D)
        A row of zeros is like no other: its similarity is 0.
    labels : int array (N,)
    k : int
        From 1 to N - 1.

    Returns
    -------
    float
        0 to 1.

    Raises
    ------
    ShapeError
        As `logme`.
    SettingError
        If k is not a whole number in its range.
    CourseError
        If there is one class only.

    Examples
    --------
    >>> knn_accuracy([[1.0, 0.0], [2.0, 0.1], [0.0, 1.0], [0.1, 3.0]], [0, 0, 1, 1], k=1)
    1.0
    """
    x, y = _checked(features, labels)
    k = whole("k", k, 1, len(x) - 1)
    length = np.linalg.norm(x, axis=1, keepdims=True)
    x = x / np.where(length > 0, length, 1.0)
    similar = x @ x.T
    np.fill_diagonal(similar, -np.inf)
    nearest = np.argsort(-similar, axis=1, kind="stable")[:, :k]
    classes, y = np.unique(y, return_inverse=True)
    votes = np.zeros((len(x), len(classes)))
    rows = np.repeat(np.arange(len(x)), k)
    # Cosines are at most 1 in size, so k of them cannot outweigh a vote.
    np.add.at(votes, (rows, y[nearest].ravel()), 1.0)
    np.add.at(votes, (rows, y[nearest].ravel()), similar[rows, nearest.ravel()] / (4 * k))
    return float((votes.argmax(1) == y).mean())


def rank_correlation(scores: Any, accuracies: Any) -> float:
    """Spearman's rank correlation: do the scores put the candidates in the same order as the accuracies?

    Parameters
    ----------
    scores, accuracies : array (N,)
        One of each for every candidate. Equal values share the mean of their ranks.

    Returns
    -------
    float
        1: the same order, 0: no relation, -1: the opposite order. With few candidates chance reaches far:
        for five, one random order in six gives 0.6 or more.

    Raises
    ------
    ShapeError
        For other shapes, numbers that are not finite, or fewer than 3 candidates.
    CourseError
        If all scores, or all accuracies, are equal.

    Examples
    --------
    >>> rank_correlation([0.1, 0.4, 0.9], [0.5, 0.6, 0.61])
    1.0
    """
    from scipy.stats import spearmanr

    a, b = _numbers(scores), _numbers(accuracies)
    if a.ndim != 1 or a.shape != b.shape or len(a) < 3 or not (np.isfinite(a) & np.isfinite(b)).all():
        raise ShapeError(
            f"The scores have shape {a.shape} and the accuracies {b.shape}; finite numbers (N,), N of 3 or "
            "more, are needed.",
            "Give one score and one accuracy for each candidate, in the same order.",
        )
    for name, values in (("scores", a), ("accuracies", b)):
        if (values == values[0]).all():
            raise CourseError(
                f"All {name} are {values[0]:g}, so they put the candidates in no order.",
                "Compare candidates that differ.",
            )
    # Equal orders would otherwise give a number just below 1.
    return float(np.round(spearmanr(a, b).statistic, 12))


def _numbers(values: Any) -> np.ndarray:
    """An array of float64; anything that is not numbers becomes an array whose shape is refused."""
    try:
        return np.asarray(values, np.float64)
    except (TypeError, ValueError):
        return np.full((), np.nan)


def _checked(features: Any, labels: Any) -> tuple[np.ndarray, np.ndarray]:
    """Features float64 (N, D) and labels (N,) that match."""
    x, y = _numbers(features), np.asarray(labels)
    if x.ndim != 2 or 0 in x.shape:
        raise ShapeError(
            f"The features have shape {x.shape}; numbers (N, D) are needed.",
            "Pass one row for each image, as training.cache_features gives.",
        )
    if y.shape != (len(x),) or y.dtype.kind not in "iu":
        raise ShapeError(
            f"There are {len(x)} rows of features, and labels of shape {y.shape} and dtype {y.dtype}.",
            "Give one whole number for each row.",
        )
    if len(x) < 3:
        raise ShapeError(f"There are {len(x)} rows of features, too few for a score.", "Give 3 or more.")
    if not np.isfinite(x).all():
        raise ShapeError(
            f"{int((~np.isfinite(x)).sum())} of the features are not finite numbers.",
            "Compute them again: the network's weights or its input are damaged.",
        )
    if not x.any():
        raise ShapeError(
            "All features are 0.", "Look at the network and at its input: nothing comes through it."
        )
    if (y == y[0]).all():
        raise CourseError(
            f"All images have the label {y[0]}, so there is nothing to tell apart.",
            "Give images of 2 classes or more.",
        )
    return x, y
