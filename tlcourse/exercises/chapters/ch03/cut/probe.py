"""Three calls, each on a network of its own: what the model that comes back makes of the same images."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, plain_array, shuffled, tiny

FEATURES, MAPS = "features", "maps"


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """The network's blocks and numbers, 16 images, and what is asked for, in the seed's order."""
    return {
        "width": int(rng.integers(9, 12)),  # not the images' side
        "classes": int(rng.integers(4, 6)),
        "seed": int(rng.integers(1, 10_000)),
        "blocks": tiny.block_names(rng, 2),
        "keep": shuffled(rng, [FEATURES, MAPS, int(rng.integers(2, 4))]),
        **tiny.batch(rng, 16, 8, 3),
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``cases``: for each call the ``outputs`` of the model that came back, or words for what it was."""
    x = np.asarray(inputs["images"], "float32")
    blocks, width, classes = inputs["blocks"], inputs["width"], inputs["classes"]
    cases = []
    for keep in inputs["keep"]:
        model = tiny.build(framework, blocks, width, classes, 8, inputs["seed"])
        returned = answer(model, keep)
        cut = model if returned is None else returned
        outputs = _torch(cut, x) if framework == "torch" else _keras(cut, x)
        cases.append({"outputs": outputs})
    return {"cases": cases}


def _torch(model: Any, images: np.ndarray) -> np.ndarray | str:
    import torch

    if not isinstance(model, torch.nn.Module):
        return describe(model)
    model.eval()
    with torch.no_grad():
        outputs = model(tiny.torch_images(images))
    return plain_array(outputs) if isinstance(outputs, torch.Tensor) else f"{describe(outputs)} from a model"


def _keras(model: Any, images: np.ndarray) -> np.ndarray | str:
    import keras

    if not isinstance(model, keras.Model):
        return describe(model)
    outputs = model(images, training=False)
    if isinstance(outputs, dict | list | tuple):
        return f"{describe(outputs)} from a model"
    return plain_array(outputs)
