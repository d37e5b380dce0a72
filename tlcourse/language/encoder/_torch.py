"""PyTorch: BERT through the library ``transformers``, with the pooling and the classifier of this course."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import nn

from tlcourse.embeddings.layers._torch import MeanReader
from tlcourse.frameworks import pick

__all__ = ["build"]

_SETTINGS = (
    "vocab_size",
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "intermediate_size",
    "max_position_embeddings",
    "type_vocab_size",
    "layer_norm_eps",
)


class Encoder(nn.Module):
    """Tokens int64 (N, L) to logits, one vector a text, or the vectors of all tokens."""

    def __init__(
        self, bert: Any, classifier: nn.Module, pooling: str, dropout: float, padding: int | None
    ) -> None:
        super().__init__()
        # Under names that are short, and the same in Keras; the whole is kept aside, for its forward.
        self.embeddings, self.layer = bert.embeddings, bert.encoder.layer
        self.dropout, self.classifier = nn.Dropout(dropout), classifier
        self._whole = [bert]
        self.pooling, self.pool, self.padding = pooling, MeanReader(), padding

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Padding is masked out of the attention and of the mean."""
        mask = torch.ones_like(tokens, dtype=torch.bool) if self.padding is None else tokens != self.padding
        if self.pooling != "none":  # the positions at which every text of the batch has ended are not needed
            longest = int(mask.any(0).nonzero().max()) + 1 if mask.any() else 1
            tokens, mask = tokens[:, :longest], mask[:, :longest]
        hidden = self._whole[0](input_ids=tokens, attention_mask=mask.long()).last_hidden_state
        if self.pooling == "none":
            return hidden
        pooled = hidden[:, 0] if self.pooling == "cls" else self.pool(hidden, mask)
        if isinstance(self.classifier, nn.Identity):
            return pooled
        return self.classifier(self.dropout(pooled))

    def train(self, mode: bool = True) -> Encoder:
        """The mode of the parts, and of the whole that runs them."""
        self._whole[0].train(mode)
        return super().train(mode)


def build(
    config: Mapping[str, Any],
    tensors: Mapping[str, np.ndarray],
    start: tuple[np.ndarray, np.ndarray] | None,
    pooling: str,
    dropout: float,
    padding: int | None,
) -> Encoder:
    """The encoder with these weights, on the device that ``tlcourse.start`` chose, in inference mode."""
    from transformers import BertConfig, BertModel

    # Only what makes the network: a config also says how its authors ran it (dtype, return_dict, …).
    settings = {name: config[name] for name in _SETTINGS if name in config} | {
        "hidden_dropout_prob": dropout,
        "attention_probs_dropout_prob": dropout,
        "pad_token_id": padding,
    }
    # The random start is discarded: it must not advance our generator.
    with torch.random.fork_rng(devices=[]):
        bert = BertModel(BertConfig(**settings), add_pooling_layer=False)
    bert.load_state_dict({name: torch.from_numpy(value) for name, value in tensors.items()}, strict=True)
    classifier: nn.Module = nn.Identity()
    if start is not None:
        classifier = nn.Linear(start[0].shape[1], start[0].shape[0])
        with torch.no_grad():
            classifier.weight.copy_(torch.from_numpy(start[0]))
            classifier.bias.copy_(torch.from_numpy(start[1]))
    model = Encoder(bert, classifier, pooling, dropout, padding).to(pick(framework="torch")).eval()
    bert.to(pick(framework="torch"))  # buffers that belong to no part
    return model
