"""Rows of logits whose winner stands apart; one of them once more, moved up until exp() overflows."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import mixed, plain

_NAMES = (
    *("cat", "dog", "fox", "owl", "bear", "bee", "crab"),
    *("deer", "duck", "goat", "hare", "lynx", "moth", "mole"),
)


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``names`` (C,), ``logits`` float64 (8 to 10, C), and ``large`` (C,): the first row, moved up."""
    names = tuple(str(name) for name in rng.permutation(_NAMES)[: rng.integers(5, 9)])
    # So many rows that no list of names is right for another seed, and no one name for all of them.
    winners = np.array(mixed(rng, int(rng.integers(8, 11)), range(len(names))))
    rows = rng.normal(0.0, 2.0, (len(winners), len(names)))
    # The winner stands a little apart, but nowhere near so far that its probability rounds to 1.
    rows[np.arange(len(rows)), winners] = rows.max(axis=1) + rng.uniform(0.3, 1.0, len(rows))
    # One more row like the first, moved up until exp() overflows: its probabilities are the same.
    large = rows[:1] + np.round(rng.uniform(1000.0, 2000.0))
    return {"names": names, "logits": rows, "large": large[0]}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``rows``: what the answer gave for each row; ``large``: for the large one."""
    rows = [plain(answer(row.copy(), list(inputs["names"]))) for row in inputs["logits"]]
    return {"rows": rows, "large": plain(answer(inputs["large"].copy(), list(inputs["names"])))}
