"""How far the probability falls, the right way and the known wrong ways; it stays outside of the sandbox."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import tiny
from tlcourse.probabilities import softmax

from .probe import arrays

__all__ = ["WAYS", "falls", "tells_apart"]

WAYS = ("rose", "size", "after", "logits", "turned", "corner", "zeros", "training", "negative start")


def _covered(given: dict[str, Any], way: str) -> np.ndarray:
    """The images with their squares."""
    images, side = np.array(given["images"], "float64"), given["side"]
    for image, place in zip(images, given["places"], strict=True):
        row, column = (int(part) for part in (place[::-1] if way == "turned" else place))
        half = 0 if way == "corner" else side // 2
        top, left = max(row - half, 0), max(column - half, 0)
        if way == "negative start":
            top, left = row - half, column - half
        image[top : row - half + side, left : column - half + side] = 0.0 if way == "zeros" else given["fill"]
    return images


def _said(given: dict[str, Any], images: np.ndarray, way: str) -> np.ndarray:
    blocks = given["blocks"]
    z = tiny.logits(arrays(given), blocks, images, blocks if way == "training" else ())
    return np.asarray(z[:, 1] if way == "logits" else softmax(z)[:, 1])


def falls(given: dict[str, Any], way: str = "") -> np.ndarray:
    """Before minus after, float64 (N,)."""
    before = _said(given, np.asarray(given["images"], "float64"), way)
    after = _said(given, _covered(given, way), way)
    if way == "after":
        return after
    fell = after - before if way == "rose" else before - after
    return np.abs(fell) if way == "size" else fell


def tells_apart(given: dict[str, Any]) -> bool:
    """Whether each two ways differ for some image."""
    found = [falls(given, way) for way in ("", *WAYS)]
    return all(np.abs(one - two).max() > 0.015 for number, one in enumerate(found) for two in found[:number])
