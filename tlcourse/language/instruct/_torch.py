"""PyTorch: a GGUF file through the library ``transformers``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from tlcourse.frameworks import pick

__all__ = ["load"]


def load(file: Path) -> tuple[Any, Any]:
    """Tokenizer and model, on the device that ``tlcourse.start`` chose, float32, in inference mode."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
    # The random start is discarded: it must not advance our generator.
    with torch.random.fork_rng(devices=[]):
        model = AutoModelForCausalLM.from_pretrained(file.parent, gguf_file=file.name, dtype=torch.float32)
    return tokenizer, model.to(pick(framework="torch")).eval()
