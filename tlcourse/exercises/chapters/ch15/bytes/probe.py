"""Kernels whose channels are of very different size, one of them with an empty channel."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_array, shuffled


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``kernels``: float32 (O, I, h, w), as PyTorch has them; in and out differ in number."""
    kernels = []
    for side in (1, 3, 3):
        shape = (int(rng.integers(5, 9)), int(rng.integers(2, 5)), side, side)
        kernel = rng.normal(0, 1, shape)
        kernel *= np.exp(rng.uniform(-3, 1, (shape[0], 1, 1, 1)))  # channels of different size
        kernel *= np.exp(rng.uniform(-1, 1, (1, shape[1], 1, 1)))
        kernels.append(kernel.astype("float32"))
    kernels[0][int(rng.integers(0, len(kernels[0])))] = 0  # no image ever moves this channel
    return {"kernels": shuffled(rng, kernels)}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``given``: what came for each kernel, axes as they came; ``kept``: the kernels afterwards."""
    given, kept = [], []
    for kernel in inputs["kernels"]:
        if framework == "torch":
            import torch

            x = torch.from_numpy(kernel.copy())
            came = answer(x)
            kept.append(x.numpy().copy())
        else:
            x = np.ascontiguousarray(kernel.transpose(2, 3, 1, 0))
            came = answer(x)
            kept.append(np.array(x).transpose(3, 2, 0, 1))
        array = plain_array(came)
        turned = framework == "keras" and isinstance(array, np.ndarray) and array.ndim == 4
        given.append(np.asarray(array).transpose(3, 2, 0, 1) if turned else array)
    return {"given": given, "kept": kept}
