"""PyTorch: GPT-2 through the library ``transformers``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import nn

from tlcourse.frameworks import pick
from tlcourse.frameworks.modes import evaluating

__all__ = ["ask", "build"]

_SETTINGS = ("vocab_size", "n_positions", "n_embd", "n_layer", "n_head", "n_inner", "layer_norm_epsilon")


class Generator(nn.Module):
    """Tokens int64 (N, L) to logits (N, L, V) for the token after each."""

    def __init__(self, gpt: Any, head: torch.Tensor | None) -> None:
        super().__init__()
        # Under the names of the checkpoint, without the library's prefix; the whole is kept aside.
        self.wte, self.wpe, self.h, self.ln_f = gpt.wte, gpt.wpe, gpt.h, gpt.ln_f
        self._whole = [gpt]
        if head is not None:
            self.lm_head = nn.Linear(head.shape[1], head.shape[0], bias=False)
            self.lm_head.weight = nn.Parameter(head)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """The embedding table also makes the logits, where the checkpoint has no head of its own."""
        hidden = self._whole[0](input_ids=tokens, use_cache=False).last_hidden_state
        table = self.lm_head.weight if hasattr(self, "lm_head") else self.wte.weight
        return hidden @ table.T

    def train(self, mode: bool = True) -> Generator:
        """The mode of the parts, and of the whole that runs them."""
        self._whole[0].train(mode)
        return super().train(mode)


def build(config: Mapping[str, Any], tensors: Mapping[str, np.ndarray], dropout: float) -> Generator:
    """The model with these weights, on the device that ``tlcourse.start`` chose, in inference mode."""
    from transformers import GPT2Config, GPT2Model

    rates = dict.fromkeys(("attn_pdrop", "embd_pdrop", "resid_pdrop"), dropout)
    # Only what makes the network: a config also says how its authors ran it (dtype, return_dict, …).
    settings = {name: config[name] for name in _SETTINGS if name in config}
    # The random start is discarded: it must not advance our generator.
    with torch.random.fork_rng(devices=[]):
        gpt = GPT2Model(GPT2Config(**{**settings, **rates}, bos_token_id=None, eos_token_id=None))
    values = {name: torch.from_numpy(value) for name, value in tensors.items()}
    head = values.pop("lm_head.weight", None)
    gpt.load_state_dict(values, strict=True)
    model = Generator(gpt, head).to(pick(framework="torch")).eval()
    gpt.to(pick(framework="torch"))
    return model


def ask(model: nn.Module, tokens: np.ndarray) -> np.ndarray:
    """Tokens int (N, L) to logits float32 (N, L, V), in inference mode; the model's own mode is put back."""
    with evaluating(model) as device, torch.inference_mode():
        return model(torch.as_tensor(tokens.astype(np.int64), device=device)).float().cpu().numpy()
