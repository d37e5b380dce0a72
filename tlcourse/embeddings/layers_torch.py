"""PyTorch: the embedding layer and the readers of `tlcourse.embeddings.classifier`."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

__all__ = ["ConvReader", "GRUReader", "MeanReader", "embedding"]


def embedding(table: np.ndarray, trainable: bool) -> nn.Embedding:
    """See `tlcourse.embeddings.embedding`."""
    return nn.Embedding.from_pretrained(torch.from_numpy(table.copy()), freeze=not trainable, padding_idx=0)


class MeanReader(nn.Module):
    """The mean of a text's vectors, padding left out: (N, L, D) and a mask (N, L) to (N, D)."""

    def forward(self, vectors: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Zeros for a text without words."""
        weight = mask.unsqueeze(-1).to(vectors.dtype)
        return (vectors * weight).sum(1) / weight.sum(1).clamp(min=1)


class ConvReader(nn.Module):
    """A convolution over neighbouring words, and each filter's highest answer: (N, L, D) to (N, units).

    Kim 2014, "Convolutional Neural Networks for Sentence Classification", arXiv:1408.5882, with one width.
    """

    def __init__(self, dimensions: int, units: int, width: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(dimensions, units, width, padding=width // 2)

    def forward(self, vectors: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Padding gives 0, the least a ReLU gives: no filter's highest answer comes from there."""
        answers = torch.relu(self.conv((vectors * mask.unsqueeze(-1)).transpose(1, 2)))
        return (answers * mask.unsqueeze(1)).amax(2)


class GRUReader(nn.Module):
    """A gated recurrent unit, and its state after the last word: (N, L, D) to (N, units).

    Cho et al. 2014, arXiv:1406.1078.
    """

    def __init__(self, dimensions: int, units: int) -> None:
        super().__init__()
        self.gru = nn.GRU(dimensions, units, batch_first=True)

    def forward(self, vectors: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The state after the padding would be another one: the last word's is picked."""
        states, _ = self.gru(vectors)
        last = (mask.sum(1) - 1).clamp(min=0)
        picked = states[torch.arange(len(states), device=states.device), last]
        return picked * mask.any(1, keepdim=True)
