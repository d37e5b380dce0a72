"""Calls in any order on one network, each followed by a step of training."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from tlcourse.exercises.engine import shuffled, tiny

LR = 0.1


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """The network's blocks, how many of them to open in each call, and a batch."""
    blocks = tiny.block_names(rng, 4)
    # No call depends on the one before, so the counts come in any order; 0 is among them, the first opens
    # something, and once a wide opening is followed by a narrow one.
    counts = [0]
    while counts[0] < 2 or not any(one >= 2 and other <= 1 for one, other in itertools.pairwise(counts)):
        counts = shuffled(rng, [0, *shuffled(rng, [1, 2, 3])[: int(rng.integers(2, 4))]])
    return {
        "width": int(rng.integers(4, 6)),
        "seed": int(rng.integers(1, 10_000)),
        "blocks": blocks,
        "counts": counts,
        **tiny.batch(rng, 12, 8, 3),
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``after``: all arrays after each call and a step."""
    blocks = inputs["blocks"]
    model = tiny.build(framework, blocks, inputs["width"], 3, 8, inputs["seed"])
    if framework == "torch":
        model.eval()
    cases = []
    for n in inputs["counts"]:
        answer(model, list(blocks), n)
        tiny.step(model, framework, inputs["images"], inputs["labels"], LR)
        cases.append(tiny.arrays(model, framework, blocks))
    return {"after": cases}
