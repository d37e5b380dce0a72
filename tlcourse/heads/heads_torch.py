"""Heads in PyTorch; see `tlcourse.heads`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from tlcourse.training.batches import Plan
from tlcourse.training.loop_torch import make_optimizer
from tlcourse.training.trouble import not_finite

__all__ = ["build", "fit", "outputs"]


def build(
    starts: Sequence[np.ndarray], bias: np.ndarray, *, batch_norm: bool, dropout: float
) -> nn.Sequential:
    """The head with these weights (each (in, out)) and this last bias."""
    layers: list[nn.Module] = []
    for number, weights in enumerate(starts):
        last = number == len(starts) - 1
        if last and len(starts) == 1 and dropout:
            layers.append(nn.Dropout(dropout))
        dense = nn.Linear(*weights.shape)
        with torch.no_grad():
            dense.weight.copy_(torch.from_numpy(weights.T))
            dense.bias.copy_(torch.from_numpy(bias) if last else torch.zeros(weights.shape[1]))
        layers.append(dense)
        if not last:
            layers += [nn.BatchNorm1d(weights.shape[1])] if batch_norm else []
            layers += [nn.ReLU()]
            layers += [nn.Dropout(dropout)] if dropout else []
    return nn.Sequential(*layers).eval()


def loss_of(task: str) -> nn.Module:
    """The loss that reads raw outputs."""
    if task == "one-of":
        return nn.CrossEntropyLoss()
    if task == "any-of":
        return nn.BCEWithLogitsLoss()
    return nn.MSELoss()


def fit(
    head: nn.Module,
    x: np.ndarray,
    y: np.ndarray,
    task: str,
    *,
    steps: int,
    lr: float,
    batch_size: int,
    weight_decay: float,
    seed: int,
    optimizer: str,
    loss: Any,
) -> None:
    """Steps of the optimizer, in place; the head ends in evaluation mode."""
    if steps:
        wanted = loss or loss_of(task)
        device = next(head.parameters()).device
        update = make_optimizer(optimizer, list(head.parameters()), lr, weight_decay)
        inputs, targets = torch.from_numpy(x).to(device), torch.from_numpy(y).to(device)
        with torch.random.fork_rng():
            torch.manual_seed(seed)  # of dropout
            head.train()
            for step, rows in enumerate(Plan(len(x), batch_size, steps=steps, epochs=None, seed=seed), 1):
                value = wanted(head(inputs[rows]), targets[rows])
                if not torch.isfinite(value):
                    raise not_finite(value.item(), step, lr)
                update.zero_grad()
                value.backward()
                update.step()
    head.eval()


def outputs(head: nn.Module, x: np.ndarray) -> np.ndarray:
    """Raw outputs in evaluation mode; the mode is put back."""
    mode = head.training
    head.eval()
    with torch.inference_mode():
        found = head(torch.from_numpy(x).to(next(head.parameters()).device)).cpu().numpy()
    head.train(mode)
    return found
