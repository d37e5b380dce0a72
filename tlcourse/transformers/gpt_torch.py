"""PyTorch: GPT-2 through the library ``transformers``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import nn

from tlcourse.devices import pick

__all__ = ["Generator", "build"]


class Generator(nn.Module):
    """Tokens int64 (N, L) to logits (N, L, V) for the token after each."""

    def __init__(self, gpt: Any) -> None:
        super().__init__()
        # Under the names of the checkpoint, without the library's prefix; the whole is kept aside.
        self.wte, self.wpe, self.h, self.ln_f = gpt.wte, gpt.wpe, gpt.h, gpt.ln_f
        self._whole = [gpt]

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """The table that reads the tokens also tells them: its rows are the output layer's weights."""
        hidden = self._whole[0](input_ids=tokens, use_cache=False).last_hidden_state
        return hidden @ self.wte.weight.T

    def train(self, mode: bool = True) -> Generator:
        """The mode of the parts, and of the whole that runs them."""
        self._whole[0].train(mode)
        return super().train(mode)


def build(config: Mapping[str, Any], tensors: Mapping[str, np.ndarray], dropout: float) -> Generator:
    """The model with these weights, on the device that ``tlcourse.start`` chose, in inference mode."""
    from transformers import GPT2Config, GPT2Model

    rates = dict.fromkeys(("attn_pdrop", "embd_pdrop", "resid_pdrop"), dropout)
    kept = {key: value for key, value in config.items() if key not in ("bos_token_id", "eos_token_id")}
    with torch.random.fork_rng(devices=[]):  # its random start is thrown away, and must not move ours
        gpt = GPT2Model(GPT2Config(**{**kept, **rates}, bos_token_id=None, eos_token_id=None))
    gpt.load_state_dict({name: torch.from_numpy(value) for name, value in tensors.items()}, strict=True)
    model = Generator(gpt).to(pick(framework="torch")).eval()
    gpt.to(pick(framework="torch"))
    return model
