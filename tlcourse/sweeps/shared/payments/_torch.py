"""Training in PyTorch."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

__all__ = ["train"]


class Network(nn.Module):
    """Two hidden layers and a logit; with adapters where there are weights for them."""

    def __init__(self, weights: list[np.ndarray]) -> None:
        super().__init__()
        self.arrays = nn.ParameterList([nn.Parameter(torch.from_numpy(array.copy())) for array in weights])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        w = self.arrays
        for layer in range(2):
            x = (x @ w[2 * layer] + w[2 * layer + 1]).relu()
            if len(w) > 6:
                x = x + (x @ w[6 + 2 * layer]).relu() @ w[7 + 2 * layer]
        return (x @ w[4] + w[5])[:, 0]


def train(
    weights: list[np.ndarray], x: np.ndarray, y: np.ndarray, rows: np.ndarray, rate: float, part: str
) -> list[np.ndarray]:
    """The weights after a step on each row of `rows`."""
    network = Network(weights)
    first = {"all": 0, "last": 4, "adapters": 4}[part]
    learned = list(network.arrays)[first:]
    optimizer = torch.optim.Adam(learned, lr=rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, len(rows))
    inputs, targets, order = torch.from_numpy(x), torch.from_numpy(y), torch.from_numpy(rows)
    for batch in order:
        loss = nn.functional.binary_cross_entropy_with_logits(network(inputs[batch]), targets[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return [array.detach().numpy().copy() for array in network.arrays]
