"""What the model that comes back makes of grey images with one channel."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, plain_array, tiny

BLOCKS = ("stem", "block1")
NO_GREY = "one that does not take images with one channel"


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """The network's numbers, and grey images float32 (N, 8, 8, 1)."""
    return {
        "width": int(rng.integers(5, 9)),
        "classes": int(rng.integers(3, 6)),
        "seed": int(rng.integers(1, 10_000)),
        "images": tiny.batch(rng, 8, 8, 3)["images"][..., :1],
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """The ``outputs`` (N, classes) for the grey images, or words for what came back."""
    model = tiny.build(framework, BLOCKS, inputs["width"], inputs["classes"], 8, inputs["seed"])
    x = np.asarray(inputs["images"], "float32")
    if framework == "torch":
        model.eval()
    returned = answer(model)
    made = model if returned is None else returned
    return {"outputs": _torch(made, x) if framework == "torch" else _keras(made, x)}


def _torch(model: Any, images: np.ndarray) -> np.ndarray | str:
    import torch

    if not isinstance(model, torch.nn.Module):
        return describe(model)
    model.eval()
    try:
        with torch.no_grad():
            return plain_array(model(tiny.torch_images(images)))
    except RuntimeError:
        return NO_GREY


def _keras(model: Any, images: np.ndarray) -> np.ndarray | str:
    import keras

    if not isinstance(model, keras.Model):
        return describe(model)
    try:
        return plain_array(model(images, training=False))
    except ValueError:
        return NO_GREY
