"""A network of two convolutions, and the channels between them that are to stay."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe

CLASSES, SIZE, AFTER = 3, 8, 5
"""Outputs, pixels a side, and channels after the second convolution."""
PARTS = {
    "first": ("weight", "bias"),
    "norm": ("scale", "shift", "mean", "variance"),
    "second": ("weight", "bias"),
    "classifier": ("weight", "bias"),
}
_TORCH = {"scale": "weight", "shift": "bias", "mean": "running_mean", "variance": "running_var"}


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """How wide the network is, its seed, and which channels stay, in order: not the first ones."""
    width = int(rng.integers(7, 11))
    kept = np.sort(rng.permutation(np.arange(1, width))[: int(rng.integers(3, width - 2))])
    return {"width": width, "seed": int(rng.integers(1, 10_000)), "kept": [int(row) for row in kept]}


def initial(width: int, seed: int) -> dict[str, np.ndarray]:
    """The network's numbers; kernels (height, width, in, out), dense weights (in, out)."""
    rng = np.random.default_rng(seed)
    shapes = {
        "first.weight": (3, 3, 3, width),
        "first.bias": (width,),
        "norm.scale": (width,),
        "norm.shift": (width,),
        "norm.mean": (width,),
        "norm.variance": (width,),
        "second.weight": (3, 3, width, AFTER),
        "second.bias": (AFTER,),
        "classifier.weight": (AFTER, CLASSES),
        "classifier.bias": (CLASSES,),
    }
    positive = ("scale", "variance")
    return {
        name: (rng.uniform(0.6, 1.5, shape) if name.endswith(positive) else rng.normal(0, 0.4, shape)).astype(
            "float32"
        )
        for name, shape in shapes.items()
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``given``: the numbers of the network that came, or in words what it is; ``after``: those of"
    " the wide."""
    side = _Torch() if framework == "torch" else _Keras()
    model = side.build(inputs["width"])
    side.put(model, initial(inputs["width"], inputs["seed"]))
    given = answer(model, side.build, list(inputs["kept"]))
    try:
        arrays: Any = side.arrays(given)
    except Exception:  # whatever it is, it is no such network
        arrays = describe(given)
    return {"given": arrays, "after": side.arrays(model)}


class _Torch:
    def build(self, width: int) -> Any:
        from collections import OrderedDict

        from torch import nn

        return nn.Sequential(
            OrderedDict(
                first=nn.Conv2d(3, width, 3, padding=1),
                norm=nn.BatchNorm2d(width),
                act=nn.ReLU(),
                second=nn.Conv2d(width, AFTER, 3, padding=1),
                pool=nn.AdaptiveAvgPool2d(1),
                flat=nn.Flatten(),
                classifier=nn.Linear(AFTER, CLASSES),
            )
        ).eval()

    def _tensors(self, model: Any) -> dict[str, Any]:
        return {
            f"{layer}.{part}": getattr(getattr(model, layer), _TORCH.get(part, part))
            for layer, parts in PARTS.items()
            for part in parts
        }

    def put(self, model: Any, values: dict[str, np.ndarray]) -> None:
        import torch

        with torch.no_grad():
            for name, tensor in self._tensors(model).items():
                value = values[name]
                value = value.transpose(3, 2, 0, 1) if value.ndim == 4 else value.T
                tensor.copy_(torch.from_numpy(value.copy()))

    def arrays(self, model: Any) -> dict[str, np.ndarray]:
        values = {name: tensor.detach().numpy() for name, tensor in self._tensors(model).items()}
        return {
            name: (value.transpose(2, 3, 1, 0) if value.ndim == 4 else value.T).copy()
            for name, value in values.items()
        }


class _Keras:
    def build(self, width: int) -> Any:
        import keras
        from keras import layers

        return keras.Sequential(
            [
                keras.Input((SIZE, SIZE, 3)),
                layers.Conv2D(width, 3, padding="same", name="first"),
                layers.BatchNormalization(name="norm"),
                layers.ReLU(name="act"),
                layers.Conv2D(AFTER, 3, padding="same", name="second"),
                layers.GlobalAveragePooling2D(name="pool"),
                layers.Dense(CLASSES, name="classifier"),
            ]
        )

    def put(self, model: Any, values: dict[str, np.ndarray]) -> None:
        for layer, parts in PARTS.items():
            model.get_layer(layer).set_weights([values[f"{layer}.{part}"] for part in parts])

    def arrays(self, model: Any) -> dict[str, np.ndarray]:
        return {
            f"{layer}.{part}": np.array(value)
            for layer, parts in PARTS.items()
            for part, value in zip(parts, model.get_layer(layer).get_weights(), strict=True)
        }
