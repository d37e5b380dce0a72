"""Some plans with other names and rates for each seed; what comes back is the stages, as plain data."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, words


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Two or three plans: ``groups`` (names, from input to head), ``lr``, ``decay``."""

    def plan(n: int) -> dict[str, Any]:
        # The rates of two plans have no number in common, whatever is counted from which end.
        return {
            "groups": words(rng, n),
            "lr": round(float(rng.uniform(0.001, 0.009)), 6),
            "decay": round(float(rng.uniform(0.25, 0.6)), 4),
        }

    sizes = rng.choice(np.arange(3, 8), size=int(rng.integers(2, 4)), replace=False)
    return {"plans": [plan(int(n)) for n in sizes]}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``plans``: for each plan a list of stages, each {group: rate}; or in words what came instead."""
    return {"plans": [_stages_of(answer(list(p["groups"]), p["lr"], p["decay"])) for p in inputs["plans"]]}


def _stages_of(result: Any) -> list[dict[str, float]] | str:
    if isinstance(result, (str, bytes, Mapping)) or not hasattr(result, "__iter__"):
        return describe(result)
    stages = []
    for stage in itertools.islice(result, 50):  # a generator may never end
        if not isinstance(stage, Mapping):
            return f"a stage that is {describe(stage)}"
        try:
            stages.append({str(name): float(rate) for name, rate in stage.items()})
        except (TypeError, ValueError):
            return f"a stage whose rates are no numbers, {describe(dict(stage))}"
    return stages
