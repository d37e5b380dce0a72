"""Uneven classes in a random order, drawn from with some seeds more than once."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import mixed, plain


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``labels`` int64 (N,), ``n`` to draw of each class, and the ``seeds`` of the calls."""
    # Uneven classes in a random order, as labels come; large enough that two honest draws never coincide, and
    # one so small that a draw from all rows together never holds enough of it (fewer than one in a million).
    n = int(rng.integers(8, 12))
    sizes = rng.permutation([n + 1, *rng.integers(80, 140, size=int(rng.integers(3, 6)))])
    labels = rng.permutation(np.repeat(np.arange(len(sizes)), sizes)).astype(np.int64)
    # Which calls have a seed in common comes from the exercise's own: a list of draws played again is wrong.
    three = [int(seed) for seed in rng.choice(1_000_000, size=3, replace=False)]
    return {"labels": labels, "n": n, "seeds": mixed(rng, int(rng.integers(10, 14)), three)}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``draws``: what the answer gave for each seed."""
    draws = []
    for seed in inputs["seeds"]:
        draws.append(plain(answer(inputs["labels"].copy(), inputs["n"], seed)))
        np.random.random(7)  # other cells draw numbers too: the same seed must not notice
    return {"draws": draws}
