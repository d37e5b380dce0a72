"""Two networks of one kind, and shares of the way from one to the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import tiny

CLASSES, SIZE = 3, 8


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """The blocks, the seeds of both networks' numbers, and a share for each call."""
    shares = [float(rng.uniform(0.1, 0.4)), float(rng.uniform(0.6, 0.9))]
    more = [float(rng.uniform(0.05, 0.95)) for _ in range(int(rng.integers(0, 3)))]
    return {
        "width": int(rng.integers(4, 7)),
        "blocks": tiny.block_names(rng, int(rng.integers(2, 4))),
        "old": int(rng.integers(1, 10_000)),
        "new": int(rng.integers(10_000, 20_000)),
        "shares": [round(float(share), 3) for share in rng.permutation(shares + more)],
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``cases``: all arrays of what came, or in words what it is; then those of ``old`` and of ``new``."""
    blocks = inputs["blocks"]
    first = {name: tiny.initial(blocks, inputs["width"], CLASSES, inputs[name]) for name in ("old", "new")}
    model = {
        name: tiny.build(framework, blocks, inputs["width"], CLASSES, SIZE, inputs[name]) for name in first
    }
    cases = []
    for share in inputs["shares"]:
        for name, network in model.items():
            tiny.put(network, framework, blocks, first[name])
        given = answer(model["old"], model["new"], share)
        cases.append(
            {
                "given": _arrays(given, framework, blocks),
                **{name: tiny.arrays(network, framework, blocks) for name, network in model.items()},
            }
        )
    return {"cases": cases}


def _arrays(given: Any, framework: str, blocks: list[str]) -> Any:
    try:
        return tiny.arrays(given, framework, blocks)
    except Exception:  # whatever it is, it is no such network
        return f"something of type {type(given).__name__}"  # its numbers may be those of the answer
