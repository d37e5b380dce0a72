"""Probabilities for a place where few are ill, the right way and the known wrong ones; not in the sandbox."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import tiny

from .probe import CLASSES

__all__ = ["WAYS", "answers", "tells_apart"]

WAYS = (
    "as it is",
    "exchanged",
    "multiplied",
    "times the share",
    "from one half",
    "shares",
    "other class",
    "training",
)


def _log_odds(share: float) -> float:
    return float(np.log(share / (1 - share)))


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-x)))


def answers(given: dict[str, Any], way: str = "") -> np.ndarray:
    """The probabilities of class 1 that this way gives, float64 (N,)."""
    blocks, trained, here = given["blocks"], given["trained"], given["here"]
    arrays = tiny.initial(blocks, given["width"], CLASSES, given["seed"])
    z = tiny.logits(arrays, blocks, given["images"], blocks if way == "training" else ())
    odds = np.asarray(z[:, 1] - z[:, 0])
    if way in ("multiplied", "times the share"):
        return _sigmoid(odds) * here / (trained if way == "multiplied" else 1)
    right = _log_odds(here) - _log_odds(trained)
    shift = {
        "as it is": 0.0,
        "exchanged": -right,
        "from one half": _log_odds(here),
        "shares": float(np.log(here / trained)),
    }.get(way, right)
    p = _sigmoid(odds + shift)
    return 1 - p if way == "other class" else p


def tells_apart(given: dict[str, Any]) -> bool:
    """Whether each two ways differ clearly for some image."""
    found = [answers(given, way) for way in ("", *WAYS)]
    return all(
        (np.abs(one - two) > 0.004 + 0.02 * np.maximum(one, two)).any()
        for number, one in enumerate(found)
        for two in found[:number]
    )
