"""PyTorch's side of `tlcourse.sweeps.shared.tail`."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import torch
from torch import nn

from tlcourse import models

__all__ = ["Block", "maps"]


@cache
def _network() -> Any:
    network = models.load("efficientnet_lite0", "torch", num_classes=0)
    return network.eval().to(memory_format=torch.channels_last)


@torch.inference_mode()
def maps(images: np.ndarray, size: int) -> np.ndarray:
    """The last block's input, float32 (N, 3, 3, 192)."""
    network, made = _network(), []
    for begin in range(0, len(images), 128):
        x = torch.from_numpy((images[begin : begin + 128].astype(np.float32) - 127) / 128)
        x = network.bn1(network.conv_stem(x.permute(0, 3, 1, 2)))
        for block in network.blocks[:-1]:
            x = block(x)
        made.append(x.permute(0, 2, 3, 1).numpy())
    return np.concatenate(made)


class Block:
    """The last block, the last convolution and a head."""

    def __init__(self, classes: int, size: int) -> None:
        network = models.load("efficientnet_lite0", "torch", num_classes=0)
        self.last = nn.Sequential(network.blocks[-1], network.conv_head, network.bn2)
        self.last = self.last.eval().to(memory_format=torch.channels_last)
        self.head = nn.Linear(network.num_features, classes)
        self.pretrained = {name: value.clone() for name, value in self.last.state_dict().items()}
        self.start(True)

    def start(self, last_opens: bool) -> None:
        """Begin again."""
        self.last.load_state_dict(self.pretrained)
        self.last.requires_grad_(last_opens)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        groups = [{"params": list(self.head.parameters())}]
        groups += [{"params": list(self.last.parameters())}] if last_opens else []
        self.optimizer = torch.optim.Adam(groups, eps=1e-7)  # Keras's

    def _logits(self, x: np.ndarray) -> torch.Tensor:
        return self.head(self.last(torch.from_numpy(x).permute(0, 3, 1, 2)).mean(dim=(2, 3)))

    def step(self, x: np.ndarray, y: np.ndarray, head: float, last: float) -> None:
        """One step of Adam."""
        for group, rate in zip(self.optimizer.param_groups, (head, last), strict=False):
            group["lr"] = rate
        self.optimizer.zero_grad()
        nn.functional.cross_entropy(self._logits(x), torch.from_numpy(y)).backward()
        self.optimizer.step()

    @torch.inference_mode()
    def outputs(self, x: np.ndarray) -> np.ndarray:
        """Logits."""
        return np.concatenate([self._logits(x[at : at + 256]).numpy() for at in range(0, len(x), 256)])
