"""Do new images look like those that a model learned from? Signs of a shift that need no new labels.

All of them read features of images from both sides, by one frozen network, and draw as many from each.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.checks import whole
from tlcourse.errors import ShapeError
from tlcourse.evaluation._inputs import features_of

__all__ = ["domain_accuracy", "mean_discrepancy", "own_neighbours"]

FOLDS = 5


def domain_accuracy(source: Any, target: Any, *, seed: int = 0) -> float:
    """How well a classifier tells features of the source from those of the target, cross-validated.

    A logistic regression on standardised features, five folds, as many images of each side. 0.5 is a coin:
    by these features the two cannot be told apart. Ben-David and others bound the target's loss with such a
    classifier ("A theory of learning from different domains", 2010, Machine Learning 79); Rabanser and others
    compare it with other tests ("Failing loudly", 2019, NeurIPS, arXiv:1810.11953).

    Parameters
    ----------
    source, target : float array (N, D) and (M, D)
        Ten images or more of each.
    seed : int
        Of the images that are drawn from the larger side, and of the folds.

    Returns
    -------
    float
        Accuracy, 0 to 1.

    Raises
    ------
    ShapeError
        For other shapes, numbers that are not finite, or fewer than ten rows.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> here = rng.normal(size=(60, 4))
    >>> 0.3 < domain_accuracy(here[:30], here[30:]) < 0.7, domain_accuracy(here[:30], here[30:] + 9)
    (True, 1.0)
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    a, b = _drawn(source, target, seed)
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=1e-3, max_iter=500))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    sides = np.repeat([0, 1], len(a))
    return float(cross_val_score(classifier, np.concatenate([a, b]), sides, cv=folds).mean())


def mean_discrepancy(source: Any, target: Any, *, seed: int = 0) -> float:
    """The squared maximum mean discrepancy of two sets of features, with a Gaussian kernel.

    0 where both come from one distribution, whatever its shape; being unbiased, the estimate is then on
    either side of 0. At most 2. The kernel's width is the median distance of the rows (Gretton and others
    2012, "A kernel two-sample test", JMLR 13).

    Parameters
    ----------
    source, target : float array (N, D) and (M, D)
        Ten images or more of each.
    seed : int
        Of the images that are drawn from the larger side.

    Raises
    ------
    ShapeError
        As `domain_accuracy`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> here = rng.normal(size=(200, 4))
    >>> abs(mean_discrepancy(here[:100], here[100:])) < 0.02
    True
    >>> mean_discrepancy(here[:100], here[100:] + 9) > 0.5
    True
    """
    a, b = _drawn(source, target, seed)
    squared = _squared_distances(np.concatenate([a, b]))
    n = len(a)
    median = np.median(squared[np.triu_indices(2 * n, 1)])
    kernel = np.exp(-squared / max(float(median), 1e-12))
    within = sum((k.sum() - np.trace(k)) / (n * (n - 1)) for k in (kernel[:n, :n], kernel[n:, n:]))
    return float(within - 2 * kernel[:n, n:].mean())


def own_neighbours(source: Any, target: Any, *, k: int = 5, seed: int = 0) -> float:
    """The share of a target image's nearest neighbours that are of the target.

    Among all other images drawn, by the cosine of the features. 0.5 where the sides are mixed, 1 where the
    target keeps to itself (Schilling 1986, "Multivariate two-sample tests based on nearest neighbors",
    JASA 81).

    Parameters
    ----------
    source, target : float array (N, D) and (M, D)
        Ten images or more of each.
    k : int
        Neighbours of an image.
    seed : int
        Of the images that are drawn from the larger side.

    Raises
    ------
    ShapeError
        As `domain_accuracy`.
    SettingError
        If k is not a whole number from 1 to 9.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> here = rng.normal(size=(60, 4))
    >>> own_neighbours(here[:30], here[30:] + 9)
    1.0
    """
    a, b = _drawn(source, target, seed)
    k = whole("k", k, 1, 9)
    both = np.concatenate([a, b])
    length = np.linalg.norm(both, axis=1, keepdims=True)
    both = both / np.where(length > 0, length, 1.0)
    similarity = both[len(a) :] @ both.T
    similarity[np.arange(len(b)), len(a) + np.arange(len(b))] = -np.inf  # nobody is its own neighbour
    nearest = np.argsort(-similarity, axis=1, kind="stable")[:, :k]
    return float((nearest >= len(a)).mean())


def _squared_distances(x: np.ndarray) -> np.ndarray:
    lengths = (x**2).sum(axis=1)
    return np.asarray(np.maximum(lengths[:, None] + lengths - 2 * x @ x.T, 0))


def _drawn(source: Any, target: Any, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """As many rows of both, in an order of the seed's."""
    advice = "Pass what a frozen network makes of the images: (N, D)."
    both = (("The source", source), ("The target", target))
    sides = [features_of(values, name, 10, advice) for name, values in both]
    if sides[0].shape[1] != sides[1].shape[1]:
        raise ShapeError(
            f"The source has {sides[0].shape[1]} features an image and the target {sides[1].shape[1]}.",
            "Compute both with the same network.",
        )
    n = min(map(len, sides))
    rng = np.random.default_rng(seed)
    a, b = (side[rng.permutation(len(side))[:n]] for side in sides)
    return a, b
