"""Features without zeros, the widest masks, and what the layer makes of them in training and in use."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_array

CLIPS = 80


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``features`` float32 (80, frames, bands), none near zero; ``bands`` and ``frames``, the widest."""
    wide, high = int(rng.integers(17, 24)), int(rng.integers(11, 15))
    values = rng.uniform(0.5, 2, (CLIPS, wide, high)) * rng.choice([-1, 1], (CLIPS, wide, high))
    return {
        "features": values.astype("float32"),
        "bands": int(rng.integers(3, 5)),
        "frames": int(rng.integers(6, 8)),
        "seed": int(rng.integers(1, 10_000)),
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``trained``: the outputs of two calls in training; ``used``: of one in evaluation mode."""
    layer = answer(inputs["bands"], inputs["frames"])
    x = inputs["features"]
    if framework == "torch":
        import torch

        torch.manual_seed(inputs["seed"])
        layer.train()
        with torch.no_grad():
            trained = [plain_array(layer(torch.from_numpy(x.copy()))) for _ in range(2)]
            used = plain_array(layer.eval()(torch.from_numpy(x.copy())))
    else:
        import keras

        keras.utils.set_random_seed(inputs["seed"])
        trained = [plain_array(layer(keras.ops.convert_to_tensor(x), training=True)) for _ in range(2)]
        used = plain_array(layer(keras.ops.convert_to_tensor(x), training=False))
    return {"trained": trained, "used": used}
