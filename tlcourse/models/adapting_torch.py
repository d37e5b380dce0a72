"""PyTorch's side of `tlcourse.models.adapting`."""

from __future__ import annotations

import copy

import torch
from torch import nn

from ..errors import CourseError

__all__ = ["cut_head", "one_channel"]

_AFTER_HEAD = (nn.Softmax, nn.Sigmoid, nn.LogSoftmax, nn.Dropout, nn.Identity)


def _put(model: nn.Module, name: str, layer: nn.Module) -> None:
    owner, _, last = name.rpartition(".")
    setattr(model.get_submodule(owner), last, layer)


def cut_head(model: nn.Module) -> nn.Module:
    """See `tlcourse.models.cut_head`."""
    leaves = [(name, m) for name, m in model.named_modules() if name and not list(m.children())]
    end = [leaf for leaf in leaves if not isinstance(leaf[1], _AFTER_HEAD)]
    if not end or not isinstance(end[-1][1], nn.Linear):
        last = type(end[-1][1]).__name__ if end else "nothing"
        raise CourseError(
            f"The network ends in {last}, not in a dense layer.",
            "Give a classifier with its head, such as models.load(name) without num_classes=0.",
        )
    out = copy.deepcopy(model)
    _put(out, end[-1][0], nn.Identity())
    after = leaves[[name for name, _ in leaves].index(end[-1][0]) + 1 :]
    for name, layer in after:
        if not isinstance(layer, nn.Identity):
            _put(out, name, nn.Identity())
    return out


def one_channel(model: nn.Module) -> nn.Module:
    """See `tlcourse.models.one_channel`."""
    own = ((n, m) for n, m in model.named_modules() if next(m.parameters(recurse=False), None) is not None)
    first = next(own, None)
    if first is None or not isinstance(first[1], nn.Conv2d) or first[1].in_channels != 3:
        raise CourseError(
            "The network does not begin with a convolution of three channels.",
            "Give a network for RGB pictures; one for grey pictures needs no change.",
        )
    out = copy.deepcopy(model)
    conv = out.get_submodule(first[0])
    assert isinstance(conv, nn.Conv2d)
    with torch.no_grad():
        conv.weight = nn.Parameter(
            conv.weight.sum(1, keepdim=True).contiguous(), requires_grad=conv.weight.requires_grad
        )
    conv.in_channels = 1
    return out
