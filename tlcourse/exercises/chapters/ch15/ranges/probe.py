"""A network, batches of calibration images of different brightness, and the blocks that are asked about."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain, shuffled, tiny

CLASSES, SIZE = 3, 8


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """The blocks, those asked about, and two batches or more, in any order of brightness."""
    blocks = tiny.block_names(rng, int(rng.integers(3, 5)))
    n = int(rng.integers(2, 5))
    # Spread tells the batches apart: the widest range is not in the last batch, or not in the first.
    spreads = [float(value) for value in rng.permutation(np.linspace(0.4, 2.0, n))]
    if spreads[-1] == max(spreads):
        spreads = [spreads[-1], *spreads[:-1]]
    return {
        "width": int(rng.integers(4, 7)),
        "blocks": blocks,
        "asked": shuffled(rng, blocks)[: int(rng.integers(2, len(blocks) + 1))],
        "seed": int(rng.integers(1, 10_000)),
        "batches": [
            (rng.normal(0.2, spread, (int(rng.integers(3, 7)), SIZE, SIZE, 3))).astype("float32")
            for spread in spreads
        ],
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``given``: what the answer returned; ``after``: the network's arrays."""
    blocks = inputs["blocks"]
    model = tiny.build(framework, blocks, inputs["width"], CLASSES, SIZE, inputs["seed"])
    if framework == "torch":
        model.train()
        batches = [tiny.torch_images(images) for images in inputs["batches"]]
    else:
        batches = [images.copy() for images in inputs["batches"]]
    given = answer(model, batches, list(inputs["asked"]))
    return {"given": plain(given), "after": tiny.arrays(model, framework, blocks)}
