"""PyTorch's side of `tlcourse.models.adapting`."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import nn

from tlcourse.errors import CourseError, ShapeError
from tlcourse.frameworks.modes import evaluating
from tlcourse.models.adapting import HeadStart

__all__ = ["cut_at", "cut_head", "one_channel"]

_AFTER_HEAD = (nn.Softmax, nn.Sigmoid, nn.LogSoftmax, nn.Dropout, nn.Identity)


def _put(model: nn.Module, name: str, layer: nn.Module) -> None:
    owner, _, last = name.rpartition(".")
    setattr(model.get_submodule(owner), last, layer)


class _Reached(Exception):
    """The cut is reached; carries what the next layer would have read."""

    def __init__(self, value: torch.Tensor) -> None:
        super().__init__()
        self.value = value


class _Stop(nn.Module):
    """Stands where the first layer after the cut stood, and ends the forward pass."""

    def forward(self, x: torch.Tensor, *_args: Any, **_kwargs: Any) -> torch.Tensor:
        raise _Reached(x)


class CutNetwork(nn.Module):
    """A network run until it reaches a layer, the mean over the image, and a linear head or none.

    Its layers have the names that they had. torchvision's ``create_feature_extractor`` is not used: tracing
    goes through timm's BatchNorm layers and leaves their calls out, and with them the hook that holds a
    frozen layer's statistics (`tlcourse.freezing`).

    Parameters
    ----------
    whole : nn.Module
        Its own from now on: the layers after the cut are taken out.
    later : tuple of str
        The layers after the cut, in order; the pass ends at the first of them.
    """

    def __init__(self, whole: nn.Module, later: tuple[str, ...]) -> None:
        super().__init__()
        modules = dict(whole.named_modules())
        removed = [name for name in later if name in modules]
        for name in removed:
            _put(whole, name, (_Stop() if name == removed[0] else nn.Identity()).train(whole.training))
        # Inside a tuple it is not a submodule. Only its layers are, so their names get no prefix.
        self._whole = (whole,)
        for child, module in whole.named_children():
            self.add_module(child, module)
        for own, parameter in whole.named_parameters(recurse=False):
            self.register_parameter(own, parameter)
        self.headed = False
        self.training = whole.training

    def put_head(self, head: nn.Linear) -> None:
        """From now on the features go through this head, the layer "classifier"."""
        self.classifier = head
        self.headed = True

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """Images (N, 3, H, W) to features (N, D)."""
        whole = self._whole[0]
        whole.training = self.training
        try:
            x = whole(x)
        except _Reached as reached:
            x = reached.value
        if x.ndim > 2:
            # (N, C, H, W), or (N, T, C) of a transformer.
            x = x.mean(dim=(2, 3) if x.ndim == 4 else 1)
        return x

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.features(x)
        return self.classifier(x) if self.headed else x


def cut_at(model: nn.Module, block: str, later: tuple[str, ...], start: HeadStart | None) -> CutNetwork:
    """See `tlcourse.models.cut_at`; ``later`` names the layers after the block, ``start`` draws the head."""
    out = CutNetwork(copy.deepcopy(model), later)
    if hasattr(model, "tl_name"):
        out.tl_name = model.tl_name
    if start is None:
        return out
    weight, bias = map(torch.from_numpy, start(_width(out, block)))
    head = nn.Linear(weight.shape[1], len(bias))
    head.load_state_dict({"weight": weight, "bias": bias})
    out.put_head(head.to(next(out.parameters()).device).train(out.training))
    return out


def _width(network: CutNetwork, block: str) -> int:
    """How many features the network gives, asked with one black image."""
    first = next((p for p in network.parameters() if p.ndim == 4), None)
    if first is None:
        raise CourseError(
            f"There is no convolution up to {block!r}, so this network does not read images.",
            "Give a network that reads images (N, 3, H, W).",
        )
    settings = getattr(network._whole[0], "pretrained_cfg", None) or {}
    side = settings["input_size"][-1] if settings.get("fixed_input_size") else 64
    image = torch.zeros(1, first.shape[1], side, side, device=first.device)
    with evaluating(network), torch.inference_mode():
        shape = tuple(network.features(image).shape)
    if len(shape) != 2:
        raise ShapeError(
            f"After {block!r} the network gives {shape} for one image; (1, D) is needed after pooling.",
            "Cut at another block.",
        )
    return shape[1]


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
            "Give a network for RGB images; one for grey images needs no change.",
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
