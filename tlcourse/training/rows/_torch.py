"""Training on rows in PyTorch; see `tlcourse.training.rows`."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from tlcourse.training.history import History
from tlcourse.training.log import Clock, Log
from tlcourse.training.loop._torch import count_right, cross_entropy
from tlcourse.training.optimizers._torch import make_optimizer
from tlcourse.training.recipe import Recipe
from tlcourse.training.trouble import not_finite

__all__ = ["fit", "linear", "weights_and_bias"]


class _Linear(nn.Module):
    """x @ weights + bias, its weights (D, C) as a head keeps them."""

    def __init__(self, weights: np.ndarray) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.from_numpy(weights.copy()))
        self.bias = nn.Parameter(torch.zeros(weights.shape[1]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x @ self.weights + self.bias


def linear(weights: np.ndarray) -> nn.Module:
    """A linear model with these weights (D, C) and no bias yet."""
    return _Linear(weights)


def weights_and_bias(model: nn.Module) -> tuple[np.ndarray, np.ndarray]:
    """Float32 (D, C) and (C,)."""
    weights, bias = model.parameters()
    return weights.detach().cpu().numpy(), bias.detach().cpu().numpy()


def fit(model: nn.Module, x: np.ndarray, y: np.ndarray, recipe: Recipe) -> History:
    """Train in place, for a number of steps; ``model`` ends in evaluation mode.

    The history has one row, the mean over the steps; the accuracy is in it if ``y`` holds labels.
    """
    clock = Clock()
    loss_of = recipe.loss or cross_entropy
    optimizer = make_optimizer(model, recipe)
    device = next(model.parameters()).device
    inputs, targets = torch.from_numpy(x).to(device), torch.from_numpy(y).to(device)
    plan, log = recipe.plan(len(x)), Log()
    with torch.random.fork_rng():
        torch.manual_seed(recipe.seed)  # of dropout
        model.train()
        for step, rows in enumerate(plan, 1):
            outputs = model(inputs[rows])
            loss = loss_of(outputs, targets[rows])
            if not torch.isfinite(loss):
                model.eval()
                raise not_finite(loss.item(), step, recipe.rate)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            log.step(loss.item(), count_right(outputs, targets[rows]) if y.ndim == 1 else 0, len(rows))
    model.eval()
    log.end_epoch()
    if y.ndim > 1:
        del log.history["accuracy"]
    return log.close(clock, plan.steps, plan.steps)
