"""A PyTorch model's layers. Imported only in a process that runs PyTorch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn

from tlcourse.models.layers import Layer

__all__ = ["arrays", "describe"]


def has_statistics(module: nn.Module) -> bool:
    """Whether it is a BatchNorm that keeps a mean and a variance."""
    return getattr(module, "running_mean", None) is not None


def is_lazy(tensor: Any) -> bool:
    """Whether a lazy layer has this parameter or buffer without a shape: it has seen no batch yet."""
    return isinstance(tensor, nn.parameter.UninitializedTensorMixin)


def entries(model: nn.Module) -> Iterator[tuple[str, nn.Module, list[tuple[str, nn.Parameter]]]]:
    """(layer name, module, named parameters); a parameter of the model itself is its own layer.

    A module that is in the model under several names comes under each of them.
    """
    for name, module in model.named_modules(remove_duplicate=False):
        own = [(f"{name}.{p}" if name else p, value) for p, value in module.named_parameters(recurse=False)]
        if not name and own and list(module.children()):
            yield from ((full, module, [(full, value)]) for full, value in own)
        elif own or has_statistics(module):
            yield name or type(module).__name__, module, own


def _prefixes(model: nn.Module) -> list[str]:
    """Prefixes of the whole models inside this one (those of timm and of this course)."""
    return [
        f"{name}."
        for name, module in model.named_modules(remove_duplicate=False)
        if name and (hasattr(module, "pretrained_cfg") or hasattr(module, "tl_name"))
    ]


def describe(model: nn.Module) -> list[Layer]:
    """The model's layers."""
    inner = _prefixes(model)
    seen: set[int] = set()
    firsts: dict[int, str] = {}
    described = []
    for name, module, every in entries(model):
        own = [(full, p) for full, p in every if id(p) not in seen]
        seen.update(id(p) for _, p in own)
        # A parameter of the model itself stands for its own layer, so only modules below it can come again.
        first = name if module is model else firsts.setdefault(id(module), name)
        described.append(
            Layer(
                name,
                tuple(full for full, _ in own),
                tuple(None if is_lazy(p) else p.numel() for _, p in own),
                tuple(p.requires_grad for _, p in own),
                has_statistics(module) or "Norm" in type(module).__name__,
                max((p for p in inner if name.startswith(p)), key=len, default=""),
                shared=first != name or (not own and not has_statistics(module)),
                first="" if first == name else first,
            )
        )
    return described


def arrays(model: nn.Module) -> Iterator[tuple[str, str, np.ndarray]]:
    """(tensor name, layer name, float32 values) of every parameter and every running statistic."""
    for name, module, own in entries(model):
        tensors: list[tuple[str, torch.Tensor]] = list(own)
        for statistic in ("running_mean", "running_var"):
            if has_statistics(module):
                tensors.append((f"{name}.{statistic}", getattr(module, statistic)))
        for full, tensor in tensors:
            yield full, name, tensor.detach().to("cpu", torch.float32).numpy()
