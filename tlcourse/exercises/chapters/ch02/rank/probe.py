"""Scores and accuracies of some candidates, in which every known wrong formula gives another number."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from tlcourse.exercises.engine import (
    plain,
    shuffled,
)


def _rank_case(rng: np.random.Generator, sign: int) -> dict[str, Any]:
    from .ways import rank_ways

    while True:
        n = int(rng.integers(7, 16))
        quality = rng.normal(0, 1, n)
        # Scores on another scale, bent, with noise, and one far out: what a correlation of values stumbles
        # over.
        scores = np.exp(sign * quality + rng.normal(0, 0.7, n))
        scores[int(rng.integers(n))] *= 6
        scores, accuracies = scores.round(3), (0.7 + 0.06 * quality + rng.normal(0, 0.01, n)).round(4)
        if min(np.diff(np.sort(scores)).min(), np.diff(np.sort(accuracies)).min()) <= 0:
            continue
        values = np.array(list(rank_ways(scores, accuracies).values()))
        gaps = np.abs(values[:, None] - values)[np.triu_indices(len(values), 1)]
        if gaps.min() > 0.004 and 0.3 < sign * values[0] < 0.9:
            return {"sign": sign, "scores": scores, "accuracies": accuracies}


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``cases``: each with ``scores`` and ``accuracies`` float64 (N,), and their correlation's ``sign``."""
    from .ways import rank_ways  # not in the sandbox: it knows what is right

    while True:
        # Two of each: a single correlation of so few ranks comes up again under another seed.
        cases = [_rank_case(rng, sign) for sign in shuffled(rng, [1, 1, -1, -1])]
        ways = [rank_ways(np.asarray(case["scores"]), np.asarray(case["accuracies"])) for case in cases]
        # A wrong value that is shown for one case must not be, but for its sign, the right one of the other.
        apart = [
            abs(abs(value) - abs(other["right"])) > 0.002
            for one, other in itertools.permutations(ways, 2)
            for value in one.values()
        ]
        if all(apart):
            return {"cases": cases}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``found``: what came back for each case."""
    return {
        "found": [
            plain(answer(np.array(case["scores"], "float64"), np.array(case["accuracies"], "float64")))
            for case in inputs["cases"]
        ]
    }
