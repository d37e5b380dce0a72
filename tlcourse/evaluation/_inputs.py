"""The checked inputs of a measure: labels, predictions, probabilities and names that match."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tlcourse.errors import ShapeError

__all__ = ["class_numbers", "features_of", "names_of", "pair", "probabilities_of", "scored"]


def class_numbers(values: Any, name: str) -> np.ndarray:
    array = np.asarray(values)
    if array.ndim != 1 or not len(array) or not np.issubdtype(array.dtype, np.integer):
        raise ShapeError(
            f"{name} has shape {array.shape} and dtype {array.dtype}; whole numbers (N,) are needed.",
            "Pass one class number per image; probabilities (N, C) become predictions by argmax(axis=1).",
        )
    if array.min() < 0:
        raise ShapeError(f"{name} holds {array.min()}.", "Number the classes from 0.")
    return array.astype(np.int64)


def pair(labels: Any, predicted: Any) -> tuple[np.ndarray, np.ndarray]:
    true = class_numbers(labels, "labels")
    guess = np.asarray(predicted)
    guess = (
        probabilities_of(guess, len(true)).argmax(axis=1)
        if guess.ndim == 2
        else class_numbers(guess, "predicted")
    )
    if len(true) != len(guess):
        raise ShapeError(
            f"There are {len(true)} labels and {len(guess)} predictions.", "Pass both for the same images."
        )
    return true, guess


def features_of(values: Any, name: str, least: int, advice: str) -> np.ndarray:
    """One row of finite numbers for each of ``least`` images or more, as float64 (N, D)."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 2 or len(array) < least or not np.isfinite(array).all():
        raise ShapeError(
            f"{name} has shape {array.shape}; {least} or more rows of finite numbers are needed.", advice
        )
    return array


def probabilities_of(values: Any, n: int | None = None) -> np.ndarray:
    array = np.asarray(values)
    if array.ndim != 2 or array.shape[1] < 2 or not len(array):
        raise ShapeError(
            f"The probabilities have shape {array.shape}; (N, C) with C of 2 or more is needed.",
            "Pass what training.predict gives.",
        )
    array = array.astype(np.float64)
    if not np.isfinite(array).all():
        bad = int((~np.isfinite(array)).any(axis=1).sum())
        raise ShapeError(
            f"{bad} rows of the probabilities hold NaN or infinity.",
            "Look for the step at which training diverged; a lower learning rate usually mends it.",
        )
    sums = array.sum(axis=1)
    if array.min() < -1e-6 or np.abs(sums - 1).max() > 1e-3:
        worst = int(np.abs(sums - 1).argmax())
        raise ShapeError(
            f"Row {worst} of the probabilities sums to {sums[worst]:.4g} (smallest value {array.min():.3g}).",
            "These look like logits: take the softmax first, as training.predict does.",
        )
    if n is not None and len(array) != n:
        raise ShapeError(
            f"There are {n} labels and {len(array)} rows of probabilities.", "Pass both for the same images."
        )
    return array


def scored(labels: Any, probabilities: Any) -> tuple[np.ndarray, np.ndarray]:
    true = class_numbers(labels, "labels")
    chances = probabilities_of(probabilities, len(true))
    if true.max() >= chances.shape[1]:
        raise ShapeError(
            f"A label is {true.max()}, and there are probabilities of {chances.shape[1]} classes.",
            "Number the classes from 0 and use a model with as many outputs.",
        )
    return true, chances


def names_of(class_names: Sequence[str] | None, classes: int) -> list[str]:
    names = [str(c) for c in range(classes)] if class_names is None else list(class_names)
    if len(names) != classes:
        raise ShapeError(f"There are {classes} classes and {len(names)} names.", "Give each class one name.")
    return names
