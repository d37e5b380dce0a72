"""PyTorch's side of `tlcourse.sweeps.shared.restated`."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

__all__ = ["restate"]


@torch.no_grad()
def restate(network: nn.Module, batches: Sequence[torch.Tensor]) -> None:
    """BatchNorm's statistics become the averages over these batches."""
    layers = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    kept = [layer.momentum for layer in layers]
    network.eval()
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None  # the plain average over batches
        layer.train()
    for batch in batches:
        network(batch)
    for layer, momentum in zip(layers, kept, strict=True):
        layer.momentum = momentum
    network.eval()
