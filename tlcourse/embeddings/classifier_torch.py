"""PyTorch: the network of `tlcourse.embeddings.text_classifier`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import nn

from tlcourse.embeddings.layers_torch import ConvReader, GRUReader, MeanReader, embedding
from tlcourse.frameworks import pick

__all__ = ["TextClassifier", "build"]


class TextClassifier(nn.Module):
    """Tokens int64 (N, L) to logits (N, C); to features (N, D) without a classifier."""

    def __init__(self, words: nn.Embedding, reader: nn.Module, classifier: nn.Module) -> None:
        super().__init__()
        self.embedding, self.reader, self.classifier = words, reader, classifier

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Read the vectors under their mask, then decide."""
        mask = tokens != 0
        # Nobody needs the places at which every text of the batch has ended.
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
