"""Checkpoints for the tests, written as the library ``transformers`` writes them, in a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path


def main(folder: str) -> None:
    """A small BERT and a small GPT-2 from random weights."""
    import torch
    from observe_models import BERT, GPT
    from transformers import BertConfig, BertForSequenceClassification, GPT2Config, GPT2LMHeadModel

    torch.manual_seed(0)
    # With a pooler and a classifier on top, and so with the prefix "bert." before every name.
    BertForSequenceClassification(BertConfig(**{**BERT, "initializer_range": 0.3})).save_pretrained(
        Path(folder, "bert")
    )
    settings = {**GPT, "initializer_range": 0.3, "bos_token_id": 0, "eos_token_id": 0}
    GPT2LMHeadModel(GPT2Config(**settings)).save_pretrained(Path(folder, "gpt"))


if __name__ == "__main__":
    main(*sys.argv[1:])
