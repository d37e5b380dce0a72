"""Handwritten digits in any two colours, as on doors; the early part of SqueezeNet has looked at them."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from tlcourse.exercises.engine import coloured, late

SIZE = 40
"""Pixels a side."""
EACH, NEW_EACH = 24, 40
"""Images of a digit, with labels and without."""
KEPT = ("new_labels",)
"""What stays with the judge."""


@functools.cache
def _digits() -> Any:
    from tlcourse import data

    return data.digits().resized(SIZE)


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``images`` uint8 (240, 40, 40, 3), ``labels`` int64; ``new_images``, ``new_labels`` of 400 others.

    Which digit has which number comes from the seed.
    """
    numbers = rng.permutation(10)
    known: list[int] = []
    new: list[int] = []
    for digit in range(10):
        rows = rng.permutation(np.flatnonzero(_digits().labels == digit))
        known.extend(int(row) for row in rows[:EACH])
        new.extend(int(row) for row in rows[EACH : EACH + NEW_EACH])
    drawn: dict[str, Any] = {"seed": int(rng.integers(1, 10_000)), "n_classes": 10}
    for before, side in (("", known), ("new_", new)):
        rows = rng.permutation(side)
        drawn[f"{before}images"] = coloured(rng, _digits().images[rows])
        drawn[f"{before}labels"] = numbers[_digits().labels[rows]].astype("int64")
    return drawn


def sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """What the answer's process gets."""
    return {name: value for name, value in inputs.items() if name not in KEPT}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """What `late.trained` gives: ``predicted``, float32 (400, 10), and how far the parts went."""
    return late.trained(answer, inputs, framework, "squeezenet", frozen=True)
