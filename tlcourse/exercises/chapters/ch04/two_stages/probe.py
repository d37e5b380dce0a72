"""Handwritten digits in any two colours, as on doors; the early part of SqueezeNet has looked at them."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import numpy.typing as npt

from tlcourse.exercises.engine import late

SIZE = 40
"""Pixels a side."""
EACH, NEW_EACH = 24, 40
"""Images of a digit, with labels and without."""
CONTRAST = 60
"""So far apart are the mean values of ink and ground at least, of 255."""
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
        drawn[f"{before}images"] = _coloured(rng, _digits().images[rows])
        drawn[f"{before}labels"] = numbers[_digits().labels[rows]].astype("int64")
    return drawn


def _coloured(rng: np.random.Generator, strokes: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """White strokes on black become an ink on a ground, another pair for each image."""
    pairs: list[Any] = []
    while len(pairs) < len(strokes):
        ink, ground = rng.integers(0, 256, (2, 3))
        if abs(ink.mean() - ground.mean()) >= CONTRAST:
            pairs.append((ink, ground))
    inks, grounds = np.array(pairs, "float32").transpose(1, 0, 2)[:, :, None, None]
    share = strokes / np.float32(255)
    return np.round(share * inks + (1 - share) * grounds).astype("uint8")


def sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """What the answer's process gets."""
    return {name: value for name, value in inputs.items() if name not in KEPT}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """What `late.trained` gives: ``predicted``, float32 (400, 10), and how far the parts went."""
    return late.trained(answer, inputs, framework, "squeezenet", frozen=True)
