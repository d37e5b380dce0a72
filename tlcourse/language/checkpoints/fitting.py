"""A checkpoint held against the network that the course would build: its config and its tensors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from tlcourse.errors import DataError, WeightsError
from tlcourse.language.checkpoints.checkpoint import Checkpoint

__all__ = ["fitted", "number", "original"]


def original(checkpoint: Checkpoint, settings: Mapping[str, Any]) -> None:
    """Refuse a config that asks for a different network from the one that will be built.

    Parameters
    ----------
    checkpoint : Checkpoint
    settings : mapping
        The value of each setting in the network that will be built, which is also its default in a config.

    Raises
    ------
    WeightsError
        If a setting has a different value, the weights are packed, or it needs its own code; the message
        names it.
    """
    config = checkpoint.config
    for name, right in settings.items():
        if config.get(name, right) != right:
            raise WeightsError(
                f"The checkpoint {checkpoint.name} has {name} {config[name]!r}; the course's network has "
                f"{right!r}.",
                "Take a checkpoint of the original architecture.",
            )
    if config.get("quantization_config"):
        raise WeightsError(
            f"The checkpoint {checkpoint.name} has a quantization_config: its weights are packed.",
            "Take the checkpoint that it was made from.",
        )
    own = config.get("auto_map")
    if isinstance(own, Mapping) and "AutoModel" in own:
        raise WeightsError(
            f"The checkpoint {checkpoint.name} has an auto_map: it needs code of its own, "
            f"{own['AutoModel']!r}.",
            "Take a checkpoint of the original architecture.",
        )


def fitted(
    checkpoint: Checkpoint,
    wanted: Mapping[str, tuple[int, ...]],
    prefixes: tuple[str, ...],
    left_out: str | None = None,
) -> dict[str, np.ndarray]:
    """The tensors that a network wants, checked, without the prefix that some checkpoints put before them.

    Parameters
    ----------
    checkpoint : Checkpoint
    wanted : mapping
        Names and shapes.
    prefixes : tuple of str
    left_out : str, optional
        A pattern of names that may be in the file besides: heads for other tasks, constants. None: any.

    Raises
    ------
    WeightsError
        If a tensor is missing, has a different shape, or would be left out by the network; the message
        names it.
    """
    tensors = {_plain_name(name, prefixes): value for name, value in checkpoint.tensors().items()}
    for name, shape in wanted.items():
        _check(checkpoint, name, tensors.get(name), shape)
    unknown = [name for name in tensors if name not in wanted and not re.match(left_out or "", name)]
    if unknown:
        raise WeightsError(
            f"The checkpoint {checkpoint.name} has weights that the course's network has no place for: "
            f"{', '.join(unknown[:3])}{' and others' if len(unknown) > 3 else ''}.",
            "Without them it would compute something else: take a checkpoint of the original architecture, "
            "or correct the config.",
        )
    return {name: tensors[name] for name in wanted}


def _check(checkpoint: Checkpoint, name: str, tensor: np.ndarray | None, shape: tuple[int, ...]) -> None:
    """Refuse a tensor that is missing, has a different shape, or is packed."""
    if tensor is None:
        raise WeightsError(
            f"The checkpoint {checkpoint.name} has no tensor {name}.",
            f"Its config says {checkpoint.kind or 'nothing'}; take a checkpoint of that architecture, "
            "complete.",
        )
    if tensor.shape != shape:
        raise WeightsError(
            f"In the checkpoint {checkpoint.name} the tensor {name} has shape {tensor.shape}; its "
            f"config asks for {shape}.",
            "Config and weights belong to different models: copy both from one place.",
        )
    if not np.issubdtype(tensor.dtype, np.floating):
        raise WeightsError(
            f"In the checkpoint {checkpoint.name} the tensor {name} holds whole numbers "
            f"({tensor.dtype}): its weights are packed.",
            "Take the checkpoint that it was made from.",
        )


def _plain_name(name: str, prefixes: tuple[str, ...]) -> str:
    """A tensor's name without prefixes, and as PyTorch calls it."""
    for prefix in prefixes:
        name = name.removeprefix(prefix)
    # The first checkpoints were converted from TensorFlow, with its names for LayerNorm.
    return re.sub(r"LayerNorm\.(gamma|beta)$", _layer_norm, name)


def _layer_norm(match: re.Match[str]) -> str:
    return "LayerNorm.weight" if match[1] == "gamma" else "LayerNorm.bias"


def number(config: Mapping[str, Any], name: str, default: int | float | None = None) -> Any:
    """A number of a checkpoint's config.

    Raises
    ------
    DataError
        If it is missing.
    """
    value = config.get(name, default)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise DataError(
            f"The config has {name} = {value!r}.", "A number belongs there: copy the config again."
        )
    return value
