"""Checkpoints that hold more than the network, and configs that say how their authors ran it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file
from tiny_configs import BERT

import tlcourse
from tlcourse.language import load_encoder, load_gpt
from tlcourse.language.encoder import bert_shapes
from tlcourse.language.generator import random_gpt

GPT = {"vocab_size": 9, "n_positions": 8, "n_embd": 4, "n_layer": 1, "n_head": 2, "model_type": "gpt2"}
TOKENS = torch.tensor([[0, 3, 1, 7, 2], [5, 0, 4, 0, 0]])


@pytest.fixture(scope="module", autouse=True)
def _started():
    tlcourse.start("09-transformers", "torch")


def bert(folder: Path, config: dict, extra: dict | None = None) -> np.ndarray:
    rng = np.random.default_rng(0)
    tensors = {name: rng.normal(size=shape).astype(np.float32) for name, shape in bert_shapes(BERT).items()}
    return answered(load_encoder(written(folder, config, tensors | (extra or {})), pooling="none"))


def written(folder: Path, config: dict, tensors: dict) -> Path:
    (folder / "config.json").write_text(json.dumps(config))
    save_file(tensors, folder / "model.safetensors")
    return folder


def answered(model: torch.nn.Module) -> np.ndarray:
    with torch.inference_mode():
        return model(TOKENS.to(next(model.parameters()).device)).cpu().numpy()


def test_heads_on_top_and_constants_are_left_out(tmp_path: Path) -> None:
    plain = bert(tmp_path, BERT)
    extra = {name: np.ones(3, np.float32) for name in ("pooler.dense.bias", "cls.predictions.bias")}
    extra["embeddings.position_ids"] = np.arange(6)[None]
    assert (bert(tmp_path, BERT, extra) == plain).all()


def test_how_its_authors_ran_it_changes_nothing(tmp_path: Path) -> None:
    plain = bert(tmp_path, BERT)
    ran = {"return_dict": False, "dtype": "float16", "output_attentions": True, "eos_token_id": 99}
    assert (bert(tmp_path, BERT | ran) == plain).all()
    assert plain.dtype == np.float32


def test_no_padding_reads_every_token(tmp_path: Path) -> None:
    padded, none = bert(tmp_path, BERT), bert(tmp_path, BERT | {"pad_token_id": None})
    assert np.abs(padded - none).max() > 0.1  # token 0 was left out of the one and read by the other
    other = bert(tmp_path, BERT | {"pad_token_id": 29})  # a token that no text holds
    np.testing.assert_allclose(other, none, atol=1e-6)


def test_a_head_that_is_the_table_is_tied(tmp_path: Path) -> None:
    tensors = random_gpt(GPT, seed=0)
    plain = answered(load_gpt(written(tmp_path, GPT, tensors)))
    same = {"lm_head.weight": tensors["wte.weight"].copy()}
    tied = load_gpt(written(tmp_path, GPT, tensors | same))
    assert not hasattr(tied, "lm_head")
    assert (answered(tied) == plain).all()
    apart = load_gpt(written(tmp_path, GPT | {"tie_word_embeddings": False}, tensors | same))
    assert apart.lm_head.weight is not apart.wte.weight  # the same numbers, and they learn apart
    np.testing.assert_allclose(answered(apart), plain, atol=1e-6)
    masks = {"h.0.attn.bias": np.tril(np.ones((1, 1, 8, 8), np.float32)), "h.0.attn.masked_bias": np.ones(1)}
    assert (answered(load_gpt(written(tmp_path, GPT, tensors | masks))) == plain).all()
