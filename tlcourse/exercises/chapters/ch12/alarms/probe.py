"""Scores of many windows of validation clips, which hold the keyword, and how many alarms are allowed."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``cases``: scores (N, windows), ``keyword`` bool (N,), seconds of a clip, alarms allowed an hour."""
    return {"cases": [_case(rng, float(per_hour)) for per_hour in rng.permutation([60.0, 120.0, 200.0])]}


def _case(rng: np.random.Generator, per_hour: float) -> dict[str, Any]:
    n, windows, seconds = (
        int(rng.integers(280, 340)),
        int(rng.integers(5, 9)),
        float(rng.choice([4.0, 5.0, 6.0])),
    )
    keyword = rng.random(n) < 0.15
    others = rng.normal(0, 1, (n, windows))
    # Loud clips raise several alarms each: windows and clips give different counts.
    others[rng.random(n) < 0.15] += 1.5
    best = rng.normal(2.2, 1.2, n)
    scores = others.copy()
    scores[keyword] = rng.normal(-0.5, 0.5, (n, windows))[keyword]
    scores[keyword, rng.integers(0, windows, n)[keyword]] = best[keyword]
    values = np.sort(np.unique(scores))
    spread = np.linspace(0, 1, len(values)).round(6)  # all different, from 0 to 1, in the same order
    return {
        "scores": spread[np.searchsorted(values, scores)].tolist(),
        "keyword": keyword.tolist(),
        "seconds": seconds,
        "per_hour": per_hour,
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``found``: a threshold and a share of missed keywords for each case."""
    found = []
    for case in inputs["cases"]:
        threshold, missed = answer(
            np.array(case["scores"]), np.array(case["keyword"]), case["seconds"], case["per_hour"]
        )
        found.append([plain(threshold), plain(missed)])
    return {"found": found}
