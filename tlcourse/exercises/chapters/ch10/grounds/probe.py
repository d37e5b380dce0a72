"""Cut-outs with soft edges, put on grounds twice."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_array

SIDE = 12


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``cutouts`` float32 (N, 12, 12, 4): things of some size and place, noise within, and soft edges."""
    n = int(rng.integers(5, 9))
    cutouts = rng.uniform(0.05, 0.95, (n, SIDE, SIDE, 4))
    y, x = np.mgrid[:SIDE, :SIDE]
    for row in range(n):
        top, left, size = *rng.integers(2, 4, 2), int(rng.integers(4, 7))
        apart = np.maximum(np.maximum(top - y, y - top - size), np.maximum(left - x, x - left - size))
        cutouts[row, ..., 3] = np.select([apart <= 0, apart == 1], [1.0, rng.uniform(0.3, 0.7)], 0.0)
    return {"cutouts": cutouts.astype("float32")}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``images``: what two calls gave, as (N, 12, 12, 3), or in words what it is."""
    cutouts, images = inputs["cutouts"], []
    for _ in range(2):
        if framework == "torch":
            import torch

            given = plain_array(answer(torch.from_numpy(cutouts.transpose(0, 3, 1, 2).copy())))
            if isinstance(given, np.ndarray) and given.ndim == 4:
                given = given.transpose(0, 2, 3, 1)
        else:
            import tensorflow as tf

            given = plain_array(answer(tf.constant(cutouts)))
        images.append(given)
    return {"images": images}
