"""Freezing in PyTorch. Imported only in a process that runs PyTorch."""

from __future__ import annotations

from typing import Any

from torch import nn

from tlcourse.errors import CourseError
from tlcourse.models.layers._torch import entries, has_statistics

__all__ = ["check_optimizer", "set_frozen"]


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
    >>> import torch
    >>> model = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4))
    >>> set_frozen(model, {"0", "1"}, True)
    >>> before = model[1].running_mean.clone()
    >>> _ = model.train()(torch.rand(8, 3, 5, 5))
    >>> bool((model[1].running_mean == before).all())
    True
    """
    for name, module, own in entries(model):
        if name not in names:
            continue
        for _, parameter in own:
            if parameter.is_floating_point():
                parameter.requires_grad = not frozen
            if frozen:
                parameter.grad = None  # a gradient left over would still be applied by the next step
        if not has_statistics(module):
            continue
        hooked = hasattr(module, "tl_frozen")  # the hook stays once it is there: the flag switches it
        if frozen and not hooked:
            module.register_forward_pre_hook(hold_statistics)
        if frozen or hooked:
            module.tl_frozen = frozen  # type: ignore[assignment]
        module.training = model.training and not frozen


def check_optimizer(model: nn.Module, optimizer: Any = None) -> None:
    """Raise if trainable parameters are missing from the optimizer."""
    if optimizer is None:
        raise CourseError(
            "PyTorch's optimizer is not part of the model.", "Call check_optimizer(model, optimizer)."
        )
    in_optimizer = {id(p) for entry in optimizer.param_groups for p in entry["params"]}
    missing = [name for name, p in model.named_parameters() if p.requires_grad and id(p) not in in_optimizer]
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        raise CourseError(
            f"The optimizer does not train {', '.join(missing[:3])}{more}, though they are unfrozen.",
            "Make the optimizer after unfreezing, or add them: optimizer.add_param_group({'params': [...]}).",
        )
