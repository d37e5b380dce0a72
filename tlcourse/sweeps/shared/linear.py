"""Linear heads on features or pixels: regularisation chosen on validation rows, all classes count alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Chosen", "balanced", "best", "fitted", "pixels"]

Rows = tuple[np.ndarray, np.ndarray]
"""Features (N, D) and labels (N,)."""


class Chosen(NamedTuple):
    """The head that validation chose, and its balanced accuracy there, 0 to 1."""

    head: Any
    val_balanced: float


def fitted(x: np.ndarray, y: np.ndarray, strength: float, weights: np.ndarray | None = None) -> Any:
    """A logistic regression on standardised features, every class with the same weight.

    Parameters
    ----------
    x : float array (N, D)
    y : int array (N,)
    strength : float
        scikit-learn's C, the inverse of the regularisation.
    weights : float array (N,), optional
        Of each row, besides its class's.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = LogisticRegression(C=strength, class_weight="balanced", max_iter=500)
    head = make_pipeline(StandardScaler(), model)
    return head.fit(x, y, **({} if weights is None else {"logisticregression__sample_weight": weights}))


def balanced(head: Any, x: np.ndarray, y: np.ndarray) -> float:
    """The mean of the classes' recalls, 0 to 1."""
    from sklearn.metrics import balanced_accuracy_score

    return float(balanced_accuracy_score(y, head.predict(x)))


def best(train: Rows, val: Rows, strengths: Sequence[float]) -> Chosen:
    """The head that is best on the validation rows, and the first of those that tie."""
    heads = [fitted(*train, strength) for strength in strengths]
    scores = [balanced(head, *val) for head in heads]
    first = int(np.argmax(scores))
    return Chosen(heads[first], scores[first])


def pixels(images: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.float64]:
    """The pixels of colour images, made ``side`` by ``side`` by means over blocks: (N, 3 * side²), 0 to 1."""
    step = images.shape[1] // side
    blocks = images.reshape(len(images), side, step, side, step, 3).mean((2, 4))
    return np.asarray(blocks.reshape(len(images), -1) / 255)
