"""Networks for several numbers of classes, each tried on images of two sizes."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain, shuffled

SIZES = (32, 44)
ROWS = 4


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``classes`` of three networks, and a seed for the images that they are tried on."""
    return {
        "classes": [int(n) for n in shuffled(rng, range(3, 30))[:3]],
        "seed": int(rng.integers(1, 10_000)),
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``cases``: of each network its outputs by size, its arrays' shapes, or why there are none."""
    return {"cases": [_tried(answer(n), inputs["seed"], framework) for n in inputs["classes"]]}


def _tried(model: Any, seed: int, framework: str) -> dict[str, Any]:
    kinds = {"torch": "an nn.Module", "keras": "a Keras model"}
    if not _is_model(model, framework):
        return {"problem": f"{type(model).__name__}, not {kinds[framework]}"}
    outputs: dict[str, Any] = {}
    for size in SIZES:
        # Four images, the fourth halfway between the first two.
        images = np.random.default_rng([seed, size]).uniform(-2, 2, (ROWS, size, size, 3)).astype("float32")
        images[3] = (images[0] + images[1]) / 2
        try:
            outputs[str(size)] = plain(_outputs(model, images, framework))
        except Exception as error:
            outputs[str(size)] = f"{type(error).__name__}: {' '.join(str(error).split())[:120]}"
    shapes = _shapes(model, framework)
    sides = slice(2, None) if framework == "torch" else slice(0, 2)
    kernels = [shape[sides] for shape in shapes if len(shape) == 4]
    return {"outputs": outputs, "shapes": shapes, "kernels": kernels}


def _is_model(model: Any, framework: str) -> bool:
    if framework == "torch":
        from torch import nn

        return isinstance(model, nn.Module)
    import keras

    return isinstance(model, keras.Model)


def _outputs(model: Any, images: np.ndarray, framework: str) -> Any:
    if framework == "torch":
        import torch

        model.eval()
        with torch.no_grad():
            return model(torch.from_numpy(images.transpose(0, 3, 1, 2).copy()))
    return model(images, training=False)


def _shapes(model: Any, framework: str) -> list[list[int]]:
    """Of all arrays that train, in the order of the network."""
    arrays = model.parameters() if framework == "torch" else model.trainable_weights
    return [[int(side) for side in array.shape] for array in arrays][:200]
