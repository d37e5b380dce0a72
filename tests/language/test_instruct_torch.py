"""SmolLM2 from its pack: it answers, it repeats itself, and its own template is used."""

from __future__ import annotations

import pytest
from packs_here import need

import tlcourse
from tlcourse.errors import SettingError, UnknownNameError
from tlcourse.language import instruct_file, load_instruct


@pytest.fixture(scope="module", autouse=True)
def _started():
    tlcourse.start("09-transformers", "torch")


@pytest.fixture(scope="module")
def loaded():
    need("smollm2_135m")
    return load_instruct()


@pytest.mark.turns(3, "tlcourse/language", "tlcourse/packs", "tests/language")
def test_it_follows_an_instruction(loaded):
    tokenizer, model = loaded
    asked = [{"role": "user", "content": "What is the capital of France?"}]
    shown = tokenizer.apply_chat_template(
        asked, add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    assert tokenizer.decode(shown["input_ids"][0]).endswith("<|im_start|>assistant\n")
    first, again = (model.generate(**shown, max_new_tokens=12, do_sample=False)[0].tolist() for _ in range(2))
    assert first == again
    assert "Paris" in tokenizer.decode(first[shown["input_ids"].shape[1] :])
    assert sum(p.numel() for p in model.parameters()) == pytest.approx(135e6, rel=0.01)
    assert not model.training


def test_the_file_is_the_packs():
    need("smollm2_135m")
    assert instruct_file().read_bytes()[:4] == b"GGUF"
    with pytest.raises(UnknownNameError):
        instruct_file("smollm3")


def test_keras_is_told_that_it_cannot_read_it():
    with pytest.raises(SettingError, match="PyTorch"):
        load_instruct(framework="keras")
