"""PyTorch's side of `tlcourse.sweeps.shared.keeping`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from tlcourse import models
from tlcourse.sweeps.shared.keeping import TEMPERATURE, Batch

__all__ = ["Network"]

POINTWISE = r".*conv_pwl?|.*blocks\.0\.0\.conv_pw|conv_head"


class Network:
    """The backbone and its two heads."""

    def __init__(self, size: int) -> None:
        self.size = size

    def start(self, weight: np.ndarray, bias: np.ndarray, new: int, rank: int) -> None:
        """Begin again."""
        base = models.load("efficientnet_lite0", "torch", num_classes=0)
        self.base = base.eval().to(memory_format=torch.channels_last)
        for module in self.base.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.requires_grad_(False)
        if rank:
            from peft import LoraConfig, get_peft_model

            config = LoraConfig(r=rank, lora_alpha=rank, target_modules=POINTWISE)
            self.base = get_peft_model(self.base, config).eval()
        self.trained = [p for p in self.base.parameters() if p.requires_grad]
        self.before = [p.detach().clone() for p in self.trained]
        self.old = nn.Linear(*weight.shape).requires_grad_(False)
        self.old.weight.copy_(torch.from_numpy(np.ascontiguousarray(weight.T)))
        self.old.bias.copy_(torch.from_numpy(bias))
        self.new = nn.Linear(len(weight), new)
        nn.init.zeros_(self.new.weight)
        nn.init.zeros_(self.new.bias)

    def _features(self, x: np.ndarray) -> torch.Tensor:
        features: torch.Tensor = self.base(torch.from_numpy(x).permute(0, 3, 1, 2))
        return features

    def weigh(self, x: np.ndarray, y: np.ndarray) -> None:
        """The mean of the squared gradients of each image's log likelihood."""
        self.fisher = [torch.zeros_like(p) for p in self.trained]
        for image, label in zip(x, y, strict=True):
            loss = F.cross_entropy(self.old(self._features(image[None])), torch.tensor([int(label)]))
            for total, g in zip(self.fisher, torch.autograd.grad(loss, self.trained), strict=True):
                total += g**2 / len(x)

    def _penalty(self, way: str) -> torch.Tensor:
        moved = [(p - q) ** 2 for p, q in zip(self.trained, self.before, strict=True)]
        if way == "ewc":
            moved = [f * m for f, m in zip(self.fisher, moved, strict=True)]
        return torch.stack([m.sum() for m in moved]).sum() / 2

    def _loss(self, batch: Batch, way: str, strength: float) -> torch.Tensor:
        n = len(batch.x)
        seen = np.concatenate([batch.x, batch.old_x]) if len(batch.old_x) else batch.x
        features = self._features(seen)
        loss = F.cross_entropy(self.new(features[:n]), torch.from_numpy(batch.y))
        if way == "rehearsal":
            loss = loss + F.cross_entropy(self.old(features[n:]), torch.from_numpy(batch.old_y))
        elif way == "lwf":
            now = F.log_softmax(self.old(features) / TEMPERATURE, dim=1)
            then = F.log_softmax(torch.from_numpy(batch.answers) / TEMPERATURE, dim=1)
            apart = F.kl_div(now, then, reduction="batchmean", log_target=True)
            loss = loss + strength * TEMPERATURE**2 * apart
        elif way in ("l2-sp", "ewc"):
            loss = loss + strength * self._penalty(way)
        return loss

    def train(
        self,
        batches: Iterable[Batch],
        way: str,
        strength: float,
        rate: float,
        head_rate: float,
        after_step: Callable[[int], Any],
    ) -> None:
        """Train on the new task."""
        groups = [{"params": self.trained, "lr": rate}, {"params": self.new.parameters(), "lr": head_rate}]
        optimizer = torch.optim.Adam(groups, eps=1e-7)  # Keras's
        for number, batch in enumerate(batches, start=1):
            optimizer.zero_grad()
            self._loss(batch, way, strength).backward()
            optimizer.step()
            after_step(number)
        self.after = [p.detach().clone() for p in self.trained]

    @torch.no_grad()
    def blend(self, share: float) -> None:
        """Between the old weights and the trained ones."""
        for p, old, new in zip(self.trained, self.before, self.after, strict=True):
            p.copy_(old + share * (new - old))

    @torch.no_grad()
    def outputs(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Logits of both heads."""
        features = torch.cat([self._features(x[at : at + 128]) for at in range(0, len(x), 128)])
        return self.old(features).numpy(), self.new(features).numpy()
