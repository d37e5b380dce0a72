"""The late part of a network in PyTorch."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from tlcourse import models
from tlcourse.exercises.engine.late import Network, State

__all__ = ["freeze", "halves", "let_train", "outputs", "state"]


def halves(network: Network, size: int, head: np.ndarray) -> tuple[Callable[[Any], Any], nn.Sequential]:
    """From scaled images (N, size, size, 3) to maps; and from maps to one output a class."""
    whole = models.load(network.name, "torch", num_classes=0).cpu().eval()
    if network.name == "squeezenet":
        early = whole.features[: network.kept]
        late = whole.features[network.kept :]
    else:
        early = nn.Sequential(whole.conv_stem, whole.bn1, *whole.blocks[: network.kept])
        late = nn.Sequential(*whole.blocks[network.kept :], whole.conv_head, whole.bn2)

    def front(images: Any) -> Any:
        with torch.no_grad():  # in inference mode the maps would be of no use for gradients
            return early(torch.from_numpy(images).permute(0, 3, 1, 2))

    classifier = nn.Linear(*head.shape)
    with torch.no_grad():
        classifier.weight.copy_(torch.from_numpy(head.T))
        classifier.bias.zero_()
    parts = {
        network.late: late,
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
    parts: dict[str, list[np.ndarray]] = {"late": [], "head": [], "statistics": []}
    for name, value in model.state_dict().items():
        if not value.is_floating_point():
            continue
        part = "head" if name.startswith("classifier") else "statistics" if "running" in name else "late"
        parts[part].append(value.detach().numpy().ravel().astype("float64"))
    return State(**{part: np.concatenate([np.empty(0), *arrays]) for part, arrays in parts.items()})


def let_train(answer: Any, model: nn.Sequential, maps: torch.Tensor, labels: np.ndarray) -> None:
    """The answer's turn."""
    answer(model, maps, torch.from_numpy(labels))


def outputs(model: nn.Sequential, maps: torch.Tensor) -> np.ndarray:
    """What the model gives, in evaluation mode."""
    model.eval()
    with torch.no_grad():
        return np.asarray(model(maps))
