"""A model's layers as plain data, alike for both frameworks: names, groups, and finding them by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tlcourse.errors import CourseError, UnknownNameError
from tlcourse.frameworks import side

__all__ = ["Group", "Layer", "arrays", "check_sizes", "count", "find", "group", "layers_of"]


@dataclass(frozen=True)
class Layer:
    """One layer that holds numbers of its own.

    A parameter that several layers hold (tied weights) is listed with the first of them, in the model's
    order, and with no other. So it is counted once and is in one group.
    """

    name: str
    parameters: tuple[str, ...]
    sizes: tuple[int | None, ...]  # None: a lazy layer's, which has seen no batch yet
    trainable: tuple[bool, ...]
    norm: bool
    prefix: str  # of the model inside the model that it belongs to, such as "backbone.", or ""
    group: str = ""  # the name of its group, where the layer's own does not tell
    shared: bool = False  # all that it holds is held by layers before it, so it is in no group
    first: str = ""  # the name under which the very same layer comes first, where this is another name


@dataclass(frozen=True)
class Group:
    """Layers that are frozen, or given a learning rate, together.

    Attributes
    ----------
    name : str
        Such as "conv_stem", "blocks.3" or "classifier".
    parameters : tuple of str
        Names of the group's parameters (BatchNorm's statistics are not parameters). Tied weights are in the
        group of the first layer that holds them.
    layers : tuple of str
        Names of the group's layers.
    """

    name: str
    parameters: tuple[str, ...]
    layers: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Group({self.name!r}, {len(self.parameters)} parameters in {len(self.layers)} layers)"


def layers_of(model: Any) -> list[Layer]:
    """The model's layers, in order from input to output.

    Raises
    ------
    CourseError
        If it is not a model, or has no weights (yet).
    """
    layers: list[Layer] = side(__name__, model).describe(model)
    if not layers:
        raise CourseError(
            f"The {type(model).__name__} has no weights yet.",
            "Call it on one batch first (a Keras model without an Input makes its weights then).",
        )
    return layers


def arrays(model: Any) -> Iterator[tuple[str, str, np.ndarray]]:
    """(tensor name, layer name, float32 values in PyTorch's axis order) of every parameter and statistic.

    Names and axes are PyTorch's in both frameworks. The values may be the model's own memory: copy what is to
    be kept.
    """
    values: Iterator[tuple[str, str, np.ndarray]] = side(__name__, model).arrays(model)
    return values


def check_sizes(layers: Iterable[Layer]) -> None:
    """Refuse layers that have no numbers yet.

    Raises
    ------
    CourseError
        For lazy layers, as ``torch.nn.LazyLinear`` before its first batch; it names them.
    """
    lazy = [layer.name for layer in layers if None in layer.sizes]
    if lazy:
        more = f" and {len(lazy) - 3} more" if len(lazy) > 3 else ""
        raise CourseError(
            f"The lazy layers {', '.join(lazy[:3])}{more} have no weights yet."
            if len(lazy) > 1
            else f"The lazy layer {lazy[0]} has no weights yet.",
            "Call the model on one batch first: a lazy layer makes its weights then.",
        )


def _key(layer: Layer) -> str:
    """The group of a layer, by its name: "blocks.1" for "blocks.1.0.conv_dw", "classifier" for itself."""
    if layer.group:
        return layer.prefix + layer.group
    parts = layer.name.removeprefix(layer.prefix).split(".")
    depth = 2 if len(parts) > 1 and parts[1].isdigit() else 1
    return layer.prefix + ".".join(parts[:depth])


def group(layers: Iterable[Layer]) -> list[Group]:
    """Layers in groups: a normalisation layer that stands alone joins the layer before it.

    A layer without weights of its own (tied to those of a layer before it) makes no group.

    Examples
    --------
    >>> names = ["conv_stem", "bn1", "blocks.0.0.conv", "blocks.0.0.bn", "blocks.1.0.conv", "classifier"]
    >>> some = [Layer(n, (n + ".weight",), (1,), (True,), "bn" in n, "") for n in names]
    >>> [g.name for g in group(some)]
    ['conv_stem', 'blocks.0', 'blocks.1', 'classifier']
    """
    members: dict[str, list[Layer]] = {}
    last = None
    for layer in layers:
        if layer.shared:
            continue
        key = _key(layer)
        if layer.norm and key == layer.name and last is not None and key not in members:
            key = last
        members.setdefault(key, []).append(layer)
        last = key
    return [
        Group(key, tuple(p for m in layers for p in m.parameters), tuple(m.name for m in layers))
        for key, layers in members.items()
    ]


def find(layers: list[Layer], wanted: str | Iterable[str] | None) -> list[str]:
    """The names of the layers meant by `wanted`, in the model's order.

    A name is a group's ("conv_stem" is the convolution and its BatchNorm, "blocks.3"), the beginning of
    several ("blocks"), or one layer's ("blocks.3.0.bn1"). None means all. A layer that is in the model twice
    is given by the name that comes first.

    Raises
    ------
    UnknownNameError
        If nothing has that name; it suggests the closest.
    """
    names = [layer.name for layer in layers]
    firsts = {layer.name: layer.first or layer.name for layer in layers}
    if wanted is None:
        return [name for name in names if firsts[name] == name]
    groups = {g.name: g.layers for g in group(layers)}
    chosen: set[str] = set()
    for name in [wanted] if isinstance(wanted, str) else list(wanted):
        if name in groups:
            chosen.update(groups[name])
            # What is tied to another group's weights belongs to the part that was named all the same.
            chosen.update(layer.name for layer in layers if layer.shared and _key(layer) == name)
            continue
        hits = [n for n in names if isinstance(name, str) and (n == name or n.startswith(f"{name}."))]
        if not hits:
            known = [*groups, *(n for n in names if n not in groups)]
            raise UnknownNameError("layer", name, known)
        chosen.update(hits)
    meant = {firsts[name] for name in chosen}
    return [n for n in names if n in meant]


def count(model: Any) -> list[tuple[str, int, int]]:
    """(group name, trainable parameters, all parameters) of each group of layers, from input to output.

    BatchNorm's statistics are not counted, and tied weights once.

    Raises
    ------
    CourseError
        If it is not a model, or has no weights yet.
    """
    layers = layers_of(model)
    check_sizes(layers)
    by_name = {layer.name: layer for layer in layers}
    rows = []
    for entry in group(layers):
        members = [by_name[name] for name in entry.layers]
        some = sum(n or 0 for m in members for n, yes in zip(m.sizes, m.trainable, strict=True) if yes)
        rows.append((entry.name, some, sum(n or 0 for m in members for n in m.sizes)))
    return rows
