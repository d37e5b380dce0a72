"""A linear head on cached features: plain arrays, whichever framework trained it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tlcourse.errors import ShapeError
from tlcourse.probabilities import softmax
from tlcourse.training.history import History

__all__ = ["Head", "head_problem"]


@dataclass(frozen=True)
class Head:
    """A trained linear softmax head.

    Attributes
    ----------
    weights : float32 array (D, C)
    bias : float32 array (C,)
    framework : str
        The one whose optimizer trained it.
    history : History
        One row: mean loss and accuracy over the steps.

    Examples
    --------
    >>> head = Head(np.eye(2, dtype=np.float32), np.zeros(2, np.float32), "torch")
    >>> head.predict(np.array([[9.0, 0.0]])).round(3).tolist()
    [[1.0, 0.0]]
    >>> head.predict(np.zeros((1, 3)))
    Traceback (most recent call last):
        ...
    tlcourse.errors.ShapeError: The head reads 2 features per image, and got an array of shape (1, 3).
      What to do: Pass what cache_features gives with the backbone that the head was trained on.
    """

    weights: np.ndarray
    bias: np.ndarray
    framework: str
    history: History = field(default_factory=History)

    @property
    def seconds(self) -> float:
        """Wall time of the training."""
        return self.history.seconds

    @property
    def cpu_seconds(self) -> float:
        """Processor time of the training, summed over threads."""
        return self.history.cpu_seconds

    def logits(self, features: np.ndarray) -> np.ndarray:
        """Features (N, D) to logits float32 (N, C).

        Raises
        ------
        ShapeError
            If the features do not have D columns.
        """
        features = np.asarray(features, dtype=np.float32)
        if features.ndim != 2 or features.shape[1] != len(self.weights):
            raise ShapeError(
                f"The head reads {len(self.weights)} features per image, and got an array of shape "
                f"{features.shape}.",
                "Pass what cache_features gives with the backbone that the head was trained on.",
            )
        return features @ self.weights + self.bias

    def predict(self, features: np.ndarray) -> np.ndarray:
        """Features (N, D) to probabilities float32 (N, C), each row summing to 1."""
        return softmax(self.logits(features))

    def __repr__(self) -> str:
        d, c = self.weights.shape
        return (
            f"Head({d} features to {c} classes, {d * c + c} parameters, {self.framework}: {self.history!r})"
        )


def head_problem(features: np.ndarray, labels: np.ndarray, num_classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Features float32 (N, D) and labels int64 (N,), checked against one another.

    Raises
    ------
    ShapeError
        For wrong shapes, labels outside 0..num_classes-1, or features that are not finite.
    """
    features, labels = np.asarray(features), np.asarray(labels)
    if features.ndim != 2 or 0 in features.shape or not np.issubdtype(features.dtype, np.floating):
        raise ShapeError(
            f"The features have shape {features.shape} and dtype {features.dtype}; float (N, D) is needed.",
            "Pass what cache_features gives.",
        )
    if labels.shape != (len(features),) or not np.issubdtype(labels.dtype, np.integer):
        raise ShapeError(
            f"{len(features)} rows of features, but labels of shape {labels.shape} and dtype {labels.dtype}.",
            "Pass the labels of the same images, one whole number each.",
        )
    if num_classes < 2 or labels.min() < 0 or labels.max() >= num_classes:
        raise ShapeError(
            f"num_classes is {num_classes}, and the labels run from {labels.min()} to {labels.max()}.",
            "Give num_classes=len(data.class_names), at least 2, and labels numbered from 0.",
        )
    if not np.isfinite(features).all():
        raise ShapeError(
            f"{int((~np.isfinite(features)).sum())} of the features are not finite numbers.",
            "Compute them again: the backbone's weights or its input are damaged.",
        )
    return features.astype(np.float32, copy=False), labels.astype(np.int64)
