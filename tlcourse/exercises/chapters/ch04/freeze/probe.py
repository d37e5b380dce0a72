"""Three calls on one network, each followed by a step of training; what comes back is where it led."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import shuffled, tiny


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """The network's blocks, which of them to freeze in each of three calls, and a batch."""
    blocks = tiny.block_names(rng, 3)
    # One call after another on the same network: each opens something that the one before had closed.
    frozen = [shuffled(rng, blocks)[: int(rng.integers(2, 4))]]
    while len(frozen) < 3:
        chosen = shuffled(rng, blocks)[: int(rng.integers(1, 3))]
        if set(frozen[-1]) - set(chosen):
            frozen.append(chosen)
    return {
        "width": int(rng.integers(4, 7)),
        "classes": 3,
        "seed": int(rng.integers(1, 10_000)),
        "lr": 0.1,
        "blocks": blocks,
        "frozen": frozen,
        **tiny.batch(rng, 18, 8, 3),
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``cases``: after each call and a step, all arrays, and what dropout made of ones."""
    blocks = inputs["blocks"]
    model = tiny.build(framework, blocks, inputs["width"], inputs["classes"], 8, inputs["seed"])
    x, y = inputs["images"], inputs["labels"]
    if framework == "torch":
        model.eval()  # as it is after a look at the validation data
    cases = []
    for frozen in inputs["frozen"]:
        answer(model, list(frozen))
        dropped = tiny.dropout_of_ones(model, framework)
        tiny.step(model, framework, x, y, inputs["lr"])
        cases.append({"after": tiny.arrays(model, framework, blocks), "dropped": dropped})
    return {"cases": cases}
