"""A tiny network, scans, and the share of the ill where it learned and where it is used."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_array, tiny

CLASSES, SIZE = 2, 6


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``images`` float32 (N, 6, 6, 3), and the shares ``trained`` and ``here``; the first is not one half."""
    from .ways import tells_apart  # not in the sandbox: it knows what is right

    while True:
        given = _drawn(rng)
        if tells_apart(given):
            return given


def _drawn(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "width": int(rng.integers(5, 9)),
        "blocks": tiny.block_names(rng, 2),
        "seed": int(rng.integers(1, 10_000)),
        "images": rng.normal(0.4, 1.1, (int(rng.integers(12, 18)), SIZE, SIZE, 3)).astype("float32"),
        "trained": float(rng.choice([0.3, 0.35, 0.6, 0.65])),
        "here": float(rng.choice([0.02, 0.04, 0.08])),
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``given``: what came back."""
    blocks = inputs["blocks"]
    model = tiny.build(framework, blocks, inputs["width"], CLASSES, SIZE, inputs["seed"])
    tiny.drop_nothing(model, framework)
    images = np.array(inputs["images"])
    if framework == "torch":
        model.train()
        images = tiny.torch_images(images)
    return {"given": plain_array(answer(model, images, inputs["trained"], inputs["here"]))}
