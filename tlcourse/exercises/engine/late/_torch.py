"""The late part of a network in PyTorch."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from tlcourse import models
from tlcourse.exercises.engine.late.state import State, collected

__all__ = ["freeze", "halves", "outputs", "state"]


def halves(network: str, size: int, head: np.ndarray) -> tuple[Callable[[Any], np.ndarray], nn.Sequential]:
    """From preprocessed images to maps; and from maps to one output a class."""
    whole = models.load(network, "torch", num_classes=0).cpu().eval()
    if network == "squeezenet":
        name, early, late = "fires", whole.features[:9], whole.features[9:]
    else:
        name = "block"
        early = nn.Sequential(whole.conv_stem, whole.bn1, *whole.blocks[:-1])
        late = nn.Sequential(whole.blocks[-1], whole.conv_head, whole.bn2)

    @torch.inference_mode()
    def front(images: torch.Tensor) -> np.ndarray:
        return np.asarray(early(images.cpu()))

    classifier = nn.Linear(*head.shape)
    with torch.no_grad():
        classifier.weight.copy_(torch.from_numpy(head.T))
        classifier.bias.zero_()
    parts = {
        name: late,
        "pool": nn.AdaptiveAvgPool2d(1),
        "flat": nn.Flatten(),
        "classifier": classifier,
    }
    return front, nn.Sequential(OrderedDict(parts))


def freeze(model: nn.Sequential) -> None:
    """Let nothing but the head train."""
    model.requires_grad_(False)
    model.get_submodule("classifier").requires_grad_(True)


def state(model: nn.Sequential) -> State:
    """All its numbers."""
    return collected(
        (name, "running" in name, value.detach().numpy())
        for name, value in model.state_dict().items()
        if value.is_floating_point()
    )


def outputs(model: nn.Sequential, maps: np.ndarray) -> np.ndarray:
    """What the model gives, in evaluation mode."""
    model.eval()
    with torch.no_grad():
        return np.asarray(model(torch.from_numpy(maps)))
