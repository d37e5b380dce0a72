"""A Keras model's layers and variables under PyTorch's names. Imported only in a process that runs Keras."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import keras
import numpy as np

from tlcourse.errors import CourseError
from tlcourse.models.layers import Layer

__all__ = ["arrays", "describe"]

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
# A separable convolution is two: over each channel, then over all channels at each pixel.
_SEPARABLE = {"depthwise_kernel": "depthwise.weight", "pointwise_kernel": "pointwise.weight"}
# keras.applications: "block3_conv1", "block2_sepconv1", "block6a_dwconv", "conv4_block2_1_bn", "mixed7".
_BLOCK = re.compile(r"((?:conv\d+_)?block\d+[a-z]?)_")
_MODULE = re.compile(r"mixed\d+")
_UNNAMED = re.compile(r"(conv2d|batch_normalization)(_\d+)?")


def leaf_layers(model: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every layer that has variables of its own, with its dotted name.

    The layers of a model inside the model have its name as a prefix. ``Normalization`` layers are left out:
    what they hold is preprocessing, which no training changes.

    Examples
    --------
    >>> inner = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="a")], name="inner")
    >>> outer = keras.Sequential([inner, keras.layers.Dense(1, name="b")])
    >>> _ = outer(np.zeros((1, 3)))
    >>> [name for name, _ in leaf_layers(outer)]
    ['inner.a', 'b']
    """
    if not hasattr(model, "layers"):
        yield model.name, model
        return
    for layer in model.layers:
        name = f"{prefix}{layer.name}"
        if getattr(layer, "layers", None):
            yield from leaf_layers(layer, f"{name}.")
        elif isinstance(layer, keras.layers.Normalization):
            continue
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
        yield from ((f"{name}.{short}", layer, variable) for short, variable in variables_of(layer))


def variables_of(layer: Any) -> list[tuple[str, Any]]:
    """A layer's variables with PyTorch's names, in PyTorch's order."""
    variables = [v for v in layer.weights if "seed_generator" not in v.path]
    names = {**_NAMES, **_SEPARABLE} if isinstance(layer, keras.layers.SeparableConv2D) else _NAMES
    called = [(names.get(v.name, v.name), v) for v in variables]
    if len({short for short, _ in called}) < len(called):  # several of a kind, as in attention: use paths
        called = [(v.path.split(f"{layer.name}/", 1)[-1].replace("/", "."), v) for v in variables]
    return sorted(called, key=lambda item: _ORDER.get(item[0], 9))


def to_torch_axes(layer: Any, array: np.ndarray) -> np.ndarray:
    """A variable's values in PyTorch's axis order: convolutions (out, in, H, W), linear layers (out, in).

    Examples
    --------
    >>> to_torch_axes(keras.layers.Dense(2), np.zeros((3, 2))).shape
    (2, 3)
    """
    if array.ndim == 4:
        depthwise = isinstance(layer, keras.layers.DepthwiseConv2D) or (
            isinstance(layer, keras.layers.SeparableConv2D)
            and array.shape[:2] == tuple(layer.kernel_size)
            and array.shape[:2] != (1, 1)
        )
        return array.transpose((2, 3, 0, 1) if depthwise else (3, 2, 0, 1))
    if array.ndim == 2 and isinstance(layer, keras.layers.Dense):
        return array.T
    return array


def assign(model: Any, weights: Mapping[str, np.ndarray]) -> None:
    """Set every variable of the model from arrays in PyTorch's names and axis order."""
    for name, layer, variable in named_variables(model):
        array = weights[name]
        if array.ndim == 4:  # (out, in, H, W) to (H, W, in, out); depthwise (C, 1, H, W) to (H, W, C, 1)
            separable = name.endswith(".depthwise.weight")
            depthwise = separable or isinstance(layer, keras.layers.DepthwiseConv2D)
            array = array.transpose((2, 3, 0, 1) if depthwise else (2, 3, 1, 0))
        elif array.ndim == 2:
            array = array.T
        variable.assign(array)


def is_statistic(short: str) -> bool:
    """Whether a variable of this name is measured, not learned."""
    return short in ("running_mean", "running_var")


def _groups(model: Any) -> dict[int, str]:
    """The groups of layers whose names do not show the group, by the layer's id.

    ``keras.applications`` names a block's layers alike ("conv4_block2_1_bn", "block6a_dwconv"); the layers of
    Inception V3 have numbers only, and a module ends where its branches meet ("mixed7").
    """
    groups: dict[int, str] = {}
    layers = list(getattr(model, "layers", []))
    branches = [i for i, layer in enumerate(layers) if _MODULE.fullmatch(layer.name)]
    if branches:
        pools = [i for i, y in enumerate(layers[: branches[0]]) if isinstance(y, keras.layers.MaxPooling2D)]
        start = pools[-1] + 1 if pools else 0  # before it is the stem, layer after layer
        for end in branches:
            groups.update({id(layer): layers[end].name for layer in layers[start:end]})
            start = end + 1
    block = ""
    for layer in layers:
        groups.update(_groups(layer))
        named = _BLOCK.match(layer.name)
        if named:
            block = named[1]
        elif not layer.weights:
            continue
        elif not _UNNAMED.fullmatch(layer.name):
            block = ""
        if block and not branches:  # a shortcut without a name belongs to the block around it
            groups[id(layer)] = block
    return groups


def describe(model: Any) -> list[Layer]:
    """The model's layers."""
    check_built(model)
    described = []
    opened = {id(v) for v in model.trainable_variables}
    groups = _groups(model)
    seen: set[int] = set()
    firsts: dict[int, str] = {}
    for name, layer in leaf_layers(model):
        every = variables_of(layer)
        own = [(short, v) for short, v in every if not is_statistic(short) and id(v) not in seen]
        tied = bool(every) and all(id(v) in seen for _, v in every)
        seen.update(id(v) for _, v in every)
        first = firsts.setdefault(id(layer), name)
        described.append(
            Layer(
                name,
                tuple(f"{name}.{short}" for short, _ in own),
                tuple(int(np.prod(v.shape)) for _, v in own),
                tuple(id(v) in opened for _, v in own),
                "Norm" in type(layer).__name__,
                name.removesuffix(layer.name),
                groups.get(id(layer), ""),
                shared=tied,
                first="" if first == name else first,
            )
        )
    return described


def check_built(model: Any) -> None:
    """Refuse a model in which some layers have not made their weights: they would be left out silently.

    Raises
    ------
    CourseError
        It names the layers.
    """
    if getattr(model, "built", True):
        return
    waiting = [
        layer.name
        for layer in model._flatten_layers()
        # Of those that make weights: Dropout, say, is never built where the model has not been called.
        if not layer.built and layer is not model and type(layer).build is not keras.Layer.build
    ]
    if waiting or not hasattr(model, "layers"):
        more = f" and {len(waiting) - 3} more" if len(waiting) > 3 else ""
        which = f": {', '.join(waiting[:3])}{more}" if waiting else ""
        raise CourseError(
            f"The {type(model).__name__} has no weights yet{which}.",
            "Call it on one batch first (a Keras model without an Input makes its weights then).",
        )


def arrays(model: Any) -> Iterator[tuple[str, str, np.ndarray]]:
    """(tensor name, layer name, float32 values in PyTorch's axis order) of every variable."""
    for name, layer in leaf_layers(model):
        for short, variable in variables_of(layer):
            array = to_torch_axes(layer, variable.value.numpy())
            yield f"{name}.{short}", name, array.astype(np.float32)
