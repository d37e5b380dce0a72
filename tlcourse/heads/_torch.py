"""Heads in PyTorch; see `tlcourse.heads`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import nn

from tlcourse.frameworks.modes import evaluating
from tlcourse.training.recipe import Recipe
from tlcourse.training.rows import _torch as rows

__all__ = ["build", "fit", "loss_of", "outputs"]


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


def fit(head: nn.Module, x: np.ndarray, y: np.ndarray, task: str, recipe: Recipe) -> None:
    """Steps of the optimizer, in place; the head ends in evaluation mode."""
    rows.fit(head, x, y, replace(recipe, loss=recipe.loss or loss_of(task)))


def outputs(head: nn.Module, x: np.ndarray) -> np.ndarray:
    """Raw outputs in evaluation mode; the mode is put back."""
    with evaluating(head) as device, torch.inference_mode():
        return head(torch.from_numpy(x).to(device)).cpu().numpy()
