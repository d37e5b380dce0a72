"""A network, some blocks of it frozen, and a batch of the target; then its numbers, and its outputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import shuffled, tiny

CLASSES, SIZE = 3, 8


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """The blocks, those that are frozen, images of the target, and others on which the network is used."""
    blocks = tiny.block_names(rng, 3)
    shift, spread = rng.uniform(1.0, 2.0), rng.uniform(0.4, 0.7)
    images = shift + spread * rng.normal(size=(24, SIZE, SIZE, 3))
    return {
        "width": int(rng.integers(4, 7)),
        "blocks": blocks,
        "frozen": shuffled(rng, blocks)[: int(rng.integers(1, 3))],
        "seed": int(rng.integers(1, 10_000)),
        "images": images.astype("float32"),
        "others": (shift + spread * rng.normal(size=(9, SIZE, SIZE, 3))).astype("float32"),
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``after``: all arrays; ``outputs``: what the network gives for the others, as it was left."""
    blocks = inputs["blocks"]
    model = tiny.build(framework, blocks, inputs["width"], CLASSES, SIZE, inputs["seed"])
    side = _in_torch if framework == "torch" else _in_keras
    outputs = side(answer, model, inputs)
    return {"after": tiny.arrays(model, framework, blocks), "outputs": outputs}


def _in_torch(answer: Any, model: Any, inputs: dict[str, Any]) -> np.ndarray:
    import torch

    model.eval()
    for block in inputs["frozen"]:
        model.get_submodule(block).requires_grad_(False)
    answer(model, tiny.torch_images(inputs["images"]))
    with torch.no_grad():
        outputs: np.ndarray = model(tiny.torch_images(inputs["others"])).numpy()
    return outputs


def _in_keras(answer: Any, model: Any, inputs: dict[str, Any]) -> np.ndarray:
    for block in inputs["frozen"]:
        model.get_layer(block).trainable = False
    answer(model, inputs["images"].copy())
    return np.asarray(model(inputs["others"], training=False))
