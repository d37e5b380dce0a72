"""The course's own GPT: its script repeats itself, and the weights are what the script says of them."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pretrain_small_gpt import make_tokenizer, texts_of

import tlcourse
from tlcourse import data
from tlcourse.language import (
    find_checkpoint,
    generate,
    load_gpt,
    load_tokenizer,
    logits_of,
    perplexity,
    stream,
)

SCRIPT = Path(__file__).parents[2] / "tools" / "pretrain_small_gpt.py"


@pytest.fixture(scope="module", autouse=True)
def _started():
    tlcourse.start("09-transformers", "torch")


def pretrained(folder: Path) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--steps", "2", "--texts", "400", "--out", str(folder)],
        capture_output=True,
        text=True,
        timeout=1200,
        env=os.environ | {"TLCOURSE_DEVICE": "cpu"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}


@pytest.mark.turns(3, "tlcourse/language", "tests/language", "tools")
def test_the_script_repeats_itself(tmp_path):
    first, second = (pretrained(tmp_path / name) for name in ("first", "second"))
    assert set(first) == {"config.json", "model.safetensors", "tokenizer.json"}
    assert first == second
    config = json.loads((tmp_path / "first" / "config.json").read_text(encoding="utf-8"))
    assert config["tlcourse"]["steps"] == 2
    made, known = load_gpt(tmp_path / "first", "torch"), load_gpt("small-gpt", "torch")
    one, other = made.state_dict(), known.state_dict()
    assert {n: v.shape for n, v in one.items()} == {n: v.shape for n, v in other.items()}
    assert not all((value == other[name]).all() for name, value in one.items())


def test_the_tokenizer_is_the_one_that_the_script_learns(tmp_path):
    make_tokenizer(texts_of("train"), tmp_path / "tokenizer.json")
    made = json.loads((tmp_path / "tokenizer.json").read_text(encoding="utf-8"))
    kept = json.loads((find_checkpoint("small-gpt").folder / "tokenizer.json").read_text(encoding="utf-8"))
    assert made["model"] == kept["model"]


def test_it_reaches_the_perplexity_that_its_config_tells():
    checkpoint = find_checkpoint("small-gpt")
    tokenizer, made = load_tokenizer(checkpoint), checkpoint.config["tlcourse"]
    texts = [text for name in made["corpora"] for text in data.rated_text(name).split("val").texts[::6]]
    reached = perplexity(logits_of(load_gpt(checkpoint)), stream(texts, tokenizer), 64)
    # A sixth of the validation texts, in another order.
    assert reached == pytest.approx(made["val_perplexity"], rel=0.06)
    assert reached < 0.25 * len(tokenizer)


def test_it_is_small_enough_to_carry():
    folder = find_checkpoint("small-gpt").folder
    assert sum(path.stat().st_size for path in folder.iterdir()) < 3_000_000


@pytest.mark.parametrize("strategy", ["greedy", "temperature", "top-k", "top-p"])
def test_it_writes(strategy):
    tokenizer, model = load_tokenizer("small-gpt"), load_gpt("small-gpt")
    start = tokenizer.rows(["The film is"])[0]
    first, again, other = (
        generate(logits_of(model), start, 20, strategy=strategy, longest=64, seed=seed) for seed in (0, 0, 1)
    )
    assert first.tolist() == again.tolist()
    assert (first.tolist() == other.tolist()) == (strategy == "greedy")
    assert len(set(first[len(start) :].tolist())) > 3
    assert tokenizer.decode(first).startswith("The film is")


def test_the_library_transformers_reads_the_folder():
    import torch
    from transformers import AutoModelForCausalLM

    theirs = AutoModelForCausalLM.from_pretrained(find_checkpoint("small-gpt").folder).float().eval()
    tokens = np.arange(3, 40)[None]
    with torch.inference_mode():
        logits = theirs(torch.from_numpy(tokens)).logits.numpy()
    assert np.abs(logits - logits_of(load_gpt("small-gpt"))(tokens)).max() < 1e-3
