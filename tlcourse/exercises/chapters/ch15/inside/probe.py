"""A network, the numbers that scale its images, and batches that share an image."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, plain_array, tiny

CLASSES, SIZE = 4, 8


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """The blocks, mean and deviation of each channel, images, and batches that begin with one image."""
    images = rng.integers(0, 256, (9, SIZE, SIZE, 3)).astype("uint8")
    first = int(rng.integers(0, 9))
    others = [int(row) for row in rng.permutation([row for row in range(9) if row != first])]
    small = int(rng.integers(2, 4))
    batches = [[first], [first, *others[:small]], [first, *others[small:]]]
    return {
        "width": int(rng.integers(4, 7)),
        "blocks": tiny.block_names(rng, int(rng.integers(2, 4))),
        "seed": int(rng.integers(1, 10_000)),
        "mean": [round(float(value), 3) for value in rng.uniform(0.3, 0.6, 3)],
        "std": [round(float(value), 3) for value in rng.uniform(0.15, 0.35, 3)],
        "images": images,
        "batches": [batches[i] for i in rng.permutation(3)],
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``outputs``: what the answer's network gives for each batch; or ``other``, what came instead."""
    model = tiny.build(framework, inputs["blocks"], inputs["width"], CLASSES, SIZE, inputs["seed"])
    tiny.drop_nothing(model, framework)
    if framework == "torch":
        model.train()
    made = answer(model, list(inputs["mean"]), list(inputs["std"]))
    if not callable(made):
        return {"other": describe(made)}
    return {"outputs": [_asked(made, inputs["images"][rows], framework) for rows in inputs["batches"]]}


def _asked(made: Any, images: np.ndarray, framework: str) -> Any:
    if framework == "torch":
        import torch

        with torch.no_grad():
            given = made(torch.from_numpy(images.copy()))
    else:
        import keras

        given = made(keras.ops.convert_to_tensor(images))
    return plain_array(given)
