"""PyTorch: the embedding layer, and the mean under a mask."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

__all__ = ["MeanReader", "embedding"]


def embedding(table: np.ndarray, trainable: bool) -> nn.Embedding:
    """See `tlcourse.embeddings.embedding`."""
    return nn.Embedding.from_pretrained(torch.from_numpy(table.copy()), freeze=not trainable, padding_idx=0)


class MeanReader(nn.Module):
    """The mean of a text's vectors, padding left out: (N, L, D) and a mask (N, L) to (N, D)."""

    def forward(self, vectors: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Zeros for a text without words."""
        weight = mask.unsqueeze(-1).to(vectors.dtype)
        return (vectors * weight).sum(1) / weight.sum(1).clamp(min=1)
