"""Checkpoints for the tests, written as the library ``transformers`` writes them, in PyTorch's process."""

from __future__ import annotations

from pathlib import Path


def main(folder: str) -> None:
    """Small BERTs and GPT-2s from random weights, and what the library makes of some tokens."""
    import numpy as np
    import torch
    from observe_models import BERT, GPT, tokens_of
    from transformers import (
        AutoModel,
        AutoModelForCausalLM,
        BertConfig,
        BertForSequenceClassification,
        GPT2Config,
        GPT2LMHeadModel,
    )

    torch.manual_seed(0)
    # With a pooler and a classifier on top, and so with the prefix "bert." before every name.
    BertForSequenceClassification(BertConfig(**{**BERT, "initializer_range": 0.3})).save_pretrained(
        Path(folder, "bert")
    )
    settings = {**GPT, "initializer_range": 0.3, "bos_token_id": 0, "eos_token_id": 0}
    GPT2LMHeadModel(GPT2Config(**settings)).save_pretrained(Path(folder, "gpt"))

    # Padding that is not 0, and the same in several files.
    padded = BertForSequenceClassification(BertConfig(**{**BERT, "initializer_range": 0.3}, pad_token_id=1))
    padded.save_pretrained(Path(folder, "bert_pad1"))
    padded.save_pretrained(Path(folder, "bert_parts"), max_shard_size="4KB")
    # A head of its own; a config that says nothing of it; a token for padding that texts may hold.
    headed = GPT2LMHeadModel(GPT2Config(**settings, tie_word_embeddings=False))
    headed.save_pretrained(Path(folder, "gpt_head"))
    headed.config.tie_word_embeddings = True
    headed.save_pretrained(Path(folder, "gpt_head_unsaid"), max_shard_size="4KB")
    GPT2LMHeadModel(GPT2Config(**settings, pad_token_id=3)).save_pretrained(Path(folder, "gpt_pad3"))
    theirs = {}
    for name, padding in (("bert", 0), ("bert_pad1", 1), ("bert_parts", 1)):
        bert = AutoModel.from_pretrained(Path(folder, name)).eval()
        tokens = torch.from_numpy(tokens_of(BERT, padding))
        with torch.inference_mode():
            mask = (tokens != padding).long()
            hidden = bert(input_ids=tokens, attention_mask=mask).last_hidden_state
        theirs[name] = ((hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)).numpy()
    for name in ("gpt", "gpt_head", "gpt_head_unsaid", "gpt_pad3"):
        gpt = AutoModelForCausalLM.from_pretrained(Path(folder, name)).eval()
        with torch.inference_mode():
            theirs[name] = gpt(torch.from_numpy(tokens_of(GPT, None))).logits.numpy()
    np.savez(Path(folder, "library.npz"), **theirs)
