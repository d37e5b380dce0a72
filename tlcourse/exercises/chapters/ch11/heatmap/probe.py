"""A tiny network, images, the block whose maps are looked at, and a class for each image."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_array, tiny

CLASSES, SIZE = 3, 8


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Three or four blocks, of which one before the last is asked about; images and their ``classes``."""
    blocks = tiny.block_names(rng, int(rng.integers(3, 5)))
    n = int(rng.integers(4, 7))
    return {
        "width": int(rng.integers(4, 7)),
        "blocks": blocks,
        "asked": blocks[int(rng.integers(0, len(blocks) - 1))],
        "seed": int(rng.integers(1, 10_000)),
        "images": rng.normal(0.3, 1.0, (n, SIZE, SIZE, 3)).astype("float32"),
        "classes": rng.permutation(np.arange(n) % CLASSES).astype("int64"),
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``maps``: what came back for the images; ``after``: the network's arrays."""
    blocks = inputs["blocks"]
    model = tiny.build(framework, blocks, inputs["width"], CLASSES, SIZE, inputs["seed"])
    tiny.drop_nothing(model, framework)
    images, classes = np.array(inputs["images"]), np.array(inputs["classes"])
    if framework == "torch":
        import torch

        model.train()
        images, classes = tiny.torch_images(images), torch.from_numpy(classes)
    maps = answer(model, images, inputs["asked"], classes)
    return {"maps": plain_array(maps), "after": tiny.arrays(model, framework, blocks)}
