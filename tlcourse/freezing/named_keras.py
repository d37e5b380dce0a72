"""A Keras model's layers and variables under PyTorch's names. Imported only in a process that runs Keras."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

__all__ = ["leaf_layers", "named_variables", "to_torch_axes"]

# What PyTorch calls a layer's variables.
_NAMES = {
    "kernel": "weight",
    "depthwise_kernel": "weight",
    "gamma": "weight",
    "embeddings": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}
_ORDER = {"weight": 0, "bias": 1, "running_mean": 2, "running_var": 3}


def leaf_layers(model: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every layer that has variables of its own, with its dotted name; layers of models in the model come with a prefix.

    Examples
    --------
    >>> inner = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="a")], name="inner")
    >>> outer = keras.Sequential([inner, keras.layers.Dense(1, name="b")])
    >>> _ = outer(np.zeros((1, 3)))
    >>> [name for name, _ in leaf_layers(outer)]
    ['inner.a', 'b']
    """
    for layer in getattr(model, "layers", []):
        name = f"{prefix}{layer.name}"
        if getattr(layer, "layers", None):
            yield from leaf_layers(layer, f"{name}.")
        elif [v for v in layer.weights if "seed_generator" not in v.path]:
            yield name, layer


def named_variables(model: Any) -> Iterator[tuple[str, Any, Any]]:
    """(name, layer, variable) for every variable of the model, BatchNorm's statistics included.

    Examples
    --------
    >>> model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="head")])
    >>> [name for name, _, _ in named_variables(model)]
    ['head.weight', 'head.bias']
    """
    for name, layer in leaf_layers(model):
        variables = [v for v in layer.weights if "seed_generator" not in v.path]
        called = [(_NAMES.get(v.name, v.name), v) for v in variables]
        if len({short for short, _ in called}) < len(called):  # several of a kind, as in attention: use paths
            called = [(v.path.split(f"{layer.name}/", 1)[-1].replace("/", "."), v) for v in variables]
        for short, variable in sorted(called, key=lambda item: _ORDER.get(item[0], 9)):
            yield f"{name}.{short}", layer, variable


def to_torch_axes(layer: Any, array: np.ndarray) -> np.ndarray:
    """A variable's values in PyTorch's axis order: (out, in, H, W) for convolutions, (out, in) for linear layers.

    Examples
    --------
    >>> to_torch_axes(keras.layers.Dense(2), np.zeros((3, 2))).shape
    (2, 3)
    """
    if array.ndim == 4:
        depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
        return array.transpose((2, 3, 0, 1) if depthwise else (3, 2, 0, 1))
    if array.ndim == 2 and isinstance(layer, keras.layers.Dense):
        return array.T
    return array
