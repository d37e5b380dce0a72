"""A small network, a batch and two rates; the answer takes one step."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import tiny

BLOCKS = ("stem", "block1")


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """The network's ``width`` and ``seed``, a batch, and a small and a large rate."""
    return {
        "width": int(rng.integers(4, 7)),
        "seed": int(rng.integers(1, 10_000)),
        "body_lr": float(rng.choice([0.002, 0.003, 0.004])),
        "head_lr": float(rng.choice([0.05, 0.06, 0.08])),
        **tiny.batch(rng, 18, 8, 3),
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """All arrays ``after`` the step, and whether the model was left in ``training`` mode."""
    model = tiny.build(framework, BLOCKS, inputs["width"], 3, 8, inputs["seed"])
    x, y = np.asarray(inputs["images"], "float32"), np.asarray(inputs["labels"], "int64")
    if framework == "torch":
        import torch

        images, labels = tiny.torch_images(x), torch.from_numpy(y)
        model.eval()
        answer(model, images, labels, inputs["body_lr"], inputs["head_lr"])
    else:
        answer(model, x.copy(), y.copy(), inputs["body_lr"], inputs["head_lr"])
    return {
        "after": tiny.arrays(model, framework, BLOCKS),
        "training": framework == "torch" and bool(model.training),
    }
