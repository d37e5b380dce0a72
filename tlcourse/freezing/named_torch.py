"""Freezing in PyTorch. Imported only in a process that runs PyTorch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn

from ..errors import CourseError
from .layers import Layer

__all__ = ["arrays", "check_optimizer", "describe", "hold_statistics", "is_lazy", "set_frozen"]


def _has_statistics(module: nn.Module) -> bool:
    return getattr(module, "running_mean", None) is not None


def is_lazy(tensor: Any) -> bool:
    """Whether a lazy layer has this parameter or buffer without a shape: it has seen no batch yet."""
    return isinstance(tensor, nn.parameter.UninitializedTensorMixin)


def _entries(model: nn.Module) -> Iterator[tuple[str, nn.Module, list[tuple[str, nn.Parameter]]]]:
    """(layer name, module, named parameters); a parameter of the model itself is its own layer.

    A module that is in the model under several names comes under each of them.
    """
    for name, module in model.named_modules(remove_duplicate=False):
        own = [(f"{name}.{p}" if name else p, value) for p, value in module.named_parameters(recurse=False)]
        if not name and own and list(module.children()):
            yield from ((full, module, [(full, value)]) for full, value in own)
        elif own or _has_statistics(module):
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
    for name, module, every in _entries(model):
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
                _has_statistics(module) or "Norm" in type(module).__name__,
                max((p for p in inner if name.startswith(p)), key=len, default=""),
                shared=first != name or (not own and not _has_statistics(module)),
                first="" if first == name else first,
            )
        )
    return described


def hold_statistics(module: nn.Module, args: Any) -> None:
    """Forward pre-hook of a frozen BatchNorm: even after ``model.train()`` it uses its stored statistics.

    A function of a module and a flag on the layer, so that a copied or pickled model keeps it.
    """
    if getattr(module, "tl_frozen", False):
        module.training = False


def set_frozen(model: nn.Module, names: set[str], frozen: bool) -> None:
    """Freeze or unfreeze the named layers.

    Examples
    --------
    >>> model = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4))
    >>> set_frozen(model, {"0", "1"}, True)
    >>> before = model[1].running_mean.clone()
    >>> _ = model.train()(torch.rand(8, 3, 5, 5))
    >>> bool((model[1].running_mean == before).all())
    True
    """
    for name, module, own in _entries(model):
        if name not in names:
            continue
        for _, parameter in own:
            if parameter.is_floating_point():
                parameter.requires_grad = not frozen
            if frozen:
                parameter.grad = None  # a gradient left over would still be applied by the next step
        if not _has_statistics(module):
            continue
        hooked = hasattr(module, "tl_frozen")  # the hook stays once it is there: the flag switches it
        if frozen and not hooked:
            module.register_forward_pre_hook(hold_statistics)
        if frozen or hooked:
            module.tl_frozen = frozen  # type: ignore[assignment]
        module.training = model.training and not frozen


def arrays(model: nn.Module) -> Iterator[tuple[str, str, np.ndarray]]:
    """(tensor name, layer name, float32 values) of every parameter and every running statistic."""
    for name, module, own in _entries(model):
        tensors: list[tuple[str, torch.Tensor]] = list(own)
        for statistic in ("running_mean", "running_var"):
            if _has_statistics(module):
                tensors.append((f"{name}.{statistic}", getattr(module, statistic)))
        for full, tensor in tensors:
            yield full, name, tensor.detach().to("cpu", torch.float32).numpy()


def check_optimizer(model: nn.Module, optimizer: Any = None) -> None:
    """Raise if trainable parameters are missing from the optimizer."""
    if optimizer is None:
        raise CourseError(
            "PyTorch's optimizer is not part of the model.", "Call check_optimizer(model, optimizer)."
        )
    held = {id(p) for entry in optimizer.param_groups for p in entry["params"]}
    missing = [name for name, p in model.named_parameters() if p.requires_grad and id(p) not in held]
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        raise CourseError(
            f"The optimizer does not train {', '.join(missing[:3])}{more}, though they are unfrozen.",
            "Make the optimizer after unfreezing, or add them: optimizer.add_param_group({'params': [...]}).",
        )
