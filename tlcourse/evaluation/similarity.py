"""Do two networks, or one before and after training, see images alike?"""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.errors import ShapeError
from tlcourse.evaluation._inputs import features_of

__all__ = ["linear_cka"]


def linear_cka(first: Any, second: Any) -> float:
    """Linear centred kernel alignment of two representations of the same images, debiased.

    1 where one is the other turned, scaled and shifted; about 0 where they have nothing in common. Kornblith
    and others 2019, "Similarity of neural network representations revisited" (ICML, arXiv:1905.00414). The
    plain estimate is near 1 for any two representations with more numbers than images, so the unbiased one
    of Song and others 2012 (JMLR 13) is taken for each of its three terms, as Nguyen and others 2021 do
    (arXiv:2010.15327); it may come out slightly below 0.

    Parameters
    ----------
    first, second : float array (N, D) and (N, E)
        What two networks make of the same N images, four or more, in the same order.

    Returns
    -------
    float

    Raises
    ------
    ShapeError
        For other shapes, numbers that are not finite, or a representation that is the same for all images.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(50, 200))
    >>> turn = np.linalg.qr(rng.normal(size=(200, 200)))[0]
    >>> round(linear_cka(x, 3 * x @ turn + 1), 6), abs(linear_cka(x, rng.normal(size=(50, 200)))) < 0.3
    (1.0, True)
    """
    advice = "Take the mean over the places of a feature map: (N, channels)."
    a, b = (features_of(values, "A representation", 4, advice) for values in (first, second))
    if len(a) != len(b):
        raise ShapeError(
            f"One representation is of {len(a)} images and the other of {len(b)}.",
            "Give both networks the same images, in the same order.",
        )
    # Centred first: the estimate does not change, and large means cost no digits.
    k, m = ((x - x.mean(axis=0)) @ (x - x.mean(axis=0)).T for x in (a, b))
    own = [_hsic(x, x) for x in (k, m)]
    if min(own) <= 0:
        raise ShapeError(
            "A representation is the same for all images, or as good as random.",
            "Take more images, or look whether the network's outputs differ at all.",
        )
    return float(_hsic(k, m) / np.sqrt(own[0] * own[1]))


def _hsic(k: np.ndarray, m: np.ndarray) -> float:
    """The unbiased estimate of the Hilbert-Schmidt independence criterion from two kernel matrices (N, N)."""
    n = len(k)
    k, m = (x - np.diag(np.diag(x)) for x in (k, m))
    ones = k.sum() * m.sum() / ((n - 1) * (n - 2)) - 2 * (k.sum(axis=0) @ m.sum(axis=0)) / (n - 2)
    return float(((k * m).sum() + ones) / (n * (n - 3)))
