"""Where a head begins: its weights, the same in both frameworks, and its bias from the frequencies."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from tlcourse.errors import DataError
from tlcourse.models.architecture import linear_start

__all__ = ["bias_for_classes", "bias_for_labels", "layer_starts"]


def layer_starts(sizes: Sequence[int], seed: int) -> list[np.ndarray]:
    """Weights float32 (in, out) of each dense layer: He et al. (2015) for hidden ones, 0.01 for the last."""
    rng = np.random.default_rng([seed, 1 << 20, 2])
    last = len(sizes) - 2
    deviations = [0.01 if i == last else (2 / sizes[i]) ** 0.5 for i in range(last + 1)]
    pairs = zip(pairwise(sizes), deviations, strict=True)
    return [linear_start(inputs, outputs, rng, deviation)[0].T for (inputs, outputs), deviation in pairs]


def bias_for_classes(counts: Any) -> np.ndarray:
    """The bias with which a softmax head predicts the class frequencies before any training.

    Parameters
    ----------
    counts : array (K,)
        Images of each class, each above 0.

    Returns
    -------
    float32 array (K,): the logarithm of each class's share.

    Raises
    ------
    DataError
        For a class without images: its logarithm would be minus infinity.

    Examples
    --------
    >>> [round(float(b), 3) for b in bias_for_classes([1, 1, 2])]
    [-1.386, -1.386, -0.693]
    """
    n = _counts(counts)
    return np.log(n / n.sum()).astype(np.float32)


def bias_for_labels(positives: Any, rows: int) -> np.ndarray:
    """The bias with which a sigmoid head predicts each label's frequency before any training.

    Parameters
    ----------
    positives : array (K,)
        Images that have each label.
    rows : int
        Images in all.

    Returns
    -------
    float32 array (K,): log(p / (1 - p)) of each label's share p.

    Raises
    ------
    DataError
        For a label that no image or every image has.

    Examples
    --------
    >>> [round(float(b), 3) for b in bias_for_labels([1, 5], 10)]
    [-2.197, 0.0]
    """
    n = _counts(positives)
    if (n >= rows).any():
        raise DataError(
            f"Label {int((n >= rows).argmax())} is on every image ({rows}).",
            "A label that is always there needs no output; take it out.",
        )
    return np.log(n / (rows - n)).astype(np.float32)


def _counts(counts: Any) -> np.ndarray:
    n = np.asarray(counts, np.float64)
    if n.ndim != 1 or not len(n) or not (n > 0).all() or not np.isfinite(n).all():
        raise DataError(
            f"The counts are {n.tolist()}.",
            ("Give one number above 0 for each class; leave empty classes out."),
        )
    return n
