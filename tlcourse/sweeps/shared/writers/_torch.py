"""PyTorch: the course's small GPT and SmolLM2, as the library ``transformers`` runs them."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import torch

from tlcourse.language import find_checkpoint, load_instruct, load_tokenizer

__all__ = ["surprise", "written"]


@cache
def _loaded(name: str) -> tuple[Any, Any]:
    """Tokenizer and model of a writer."""
    from transformers import AutoModelForCausalLM

    if name == "smollm2":
        return load_instruct(framework="torch")
    folder = find_checkpoint(name).folder
    return load_tokenizer(name), AutoModelForCausalLM.from_pretrained(folder).float().eval()


def _rows(name: str, texts: list[str]) -> list[list[int]]:
    """The tokens of each text, none special added."""
    tokenizer, _ = _loaded(name)
    return tokenizer(texts)["input_ids"] if name == "smollm2" else tokenizer.rows(texts)


def written(writer: str, beginnings: list[str], count: int, seed: int, **how: Any) -> list[str]:
    """Each beginning and ``count`` tokens more, drawn by the seed."""
    tokenizer, model = _loaded(writer)
    rows = _rows(writer, beginnings)
    longest, end = max(map(len, rows)), model.config.eos_token_id
    filled = torch.tensor(
        [[end] * (longest - len(row)) + row for row in rows]
    )  # a writer goes on at the right
    mask = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in rows])
    torch.manual_seed(seed)
    with torch.inference_mode():
        made = model.generate(
            filled,
            attention_mask=mask,
            min_new_tokens=count,
            max_new_tokens=count,
            pad_token_id=end,
            **how,
        )
    return [
        str(tokenizer.decode(row[longest - len(start) :].tolist()))
        for row, start in zip(made, rows, strict=True)
    ]


def surprise(judge: str, texts: list[str]) -> float:
    """Perplexity for each word. A text longer than the judge can read is read in pieces."""
    _, model = _loaded(judge)
    longest = min(int(model.config.max_position_embeddings), 1024)
    total, words = 0.0, 0
    for text, row in zip(texts, _rows(judge, texts), strict=True):
        for at in range(0, len(row) - 1, longest - 1):
            piece = torch.tensor([row[at : at + longest]])
            with torch.inference_mode():
                logits = model(piece).logits[0, :-1].double()
            said = torch.log_softmax(logits, dim=-1)
            total -= float(said.gather(1, piece[0, 1:, None]).sum())
        words += len(text.split()) - 1
    return float(np.exp(total / words))
