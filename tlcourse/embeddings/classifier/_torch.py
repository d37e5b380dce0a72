"""PyTorch: the network of `tlcourse.embeddings.text_classifier`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import nn

from tlcourse.embeddings.layers._torch import MeanReader, embedding
from tlcourse.frameworks import pick

__all__ = ["build"]


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
        """The state after the padding would be different: the last word's state is taken."""
        states, _ = self.gru(vectors)
        last = (mask.sum(1) - 1).clamp(min=0)
        picked = states[torch.arange(len(states), device=states.device), last]
        return picked * mask.any(1, keepdim=True)


class TextClassifier(nn.Module):
    """Tokens int64 (N, L) to logits (N, C); to features (N, D) without a classifier."""

    def __init__(self, words: nn.Embedding, reader: nn.Module, classifier: nn.Module) -> None:
        super().__init__()
        self.embedding, self.reader, self.classifier = words, reader, classifier

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Read the vectors under their mask, then decide."""
        mask = tokens != 0
        # The positions at which every text of the batch has ended are not needed.
        longest = int(mask.any(0).nonzero().max()) + 1 if mask.any() else 1
        tokens = tokens[:, :longest]
        return self.classifier(self.reader(self.embedding(tokens), tokens != 0))


def build(table: np.ndarray, reader: str, trainable: bool, start: Mapping[str, np.ndarray]) -> TextClassifier:
    """The network with this table and these starts; on the device that ``tlcourse.start`` chose."""
    dimensions = table.shape[1]
    part: nn.Module = MeanReader()
    if reader == "conv":
        units, _, width = start["reader.conv.weight"].shape
        part = ConvReader(dimensions, units, width)
    elif reader == "gru":
        part = GRUReader(dimensions, start["reader.gru.weight_hh_l0"].shape[1])
    last: nn.Module = nn.Identity()
    if "classifier.weight" in start:
        last = nn.Linear(*reversed(start["classifier.weight"].shape))
    model = TextClassifier(embedding(table, trainable), part, last)
    model.load_state_dict(
        {name: torch.from_numpy(value.copy()) for name, value in start.items()}
        | {"embedding.weight": model.embedding.weight.detach()}
    )
    return model.to(pick(framework="torch")).eval()
