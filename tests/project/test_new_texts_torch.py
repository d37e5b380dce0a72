"""A written PyTorch project for texts, run where the course cannot be imported."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import page_of_texts
import pytest
import text_end_to_end
import written


@pytest.mark.slow
@pytest.mark.turns(2, "tlcourse/project", "tests/project")
def test_from_a_table_to_answers_with_a_kill_on_the_way(tmp_path: Path) -> None:
    text_end_to_end.whole_way(tmp_path / "mine", "torch")


@pytest.mark.slow
@pytest.mark.turns(2, "tlcourse/project", "tests/project", "book/your-own-texts.md")
def test_the_pages_code_runs_in_an_empty_folder(tmp_path: Path) -> None:
    page_of_texts.check(tmp_path, "torch")


def checkpoint(folder: Path, project: Path, network: Any) -> None:
    """A network with random weights, as its library saves it, with the small project's tokenizer."""
    network.save_pretrained(folder)
    shutil.copy(project / "small" / "tokenizer.json", folder)


def test_checkpoints_of_other_makers(tmp_path: Path) -> None:
    import torch
    import transformers

    project = written.text_project(tmp_path / "mine", "torch")
    words = 128
    size: dict[str, Any] = {
        "vocab_size": words,
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
    }
    size |= {"num_attention_heads": 2, "intermediate_size": 32, "pad_token_id": 0}
    t5 = transformers.T5Config(vocab_size=words, d_model=16, d_kv=8, d_ff=32, num_layers=2, num_heads=2)
    gpt = transformers.GPT2Config(vocab_size=words, n_embd=16, n_layer=2, n_head=2, n_positions=64)
    modern = transformers.ModernBertConfig(
        **size, bos_token_id=2, cls_token_id=2, eos_token_id=3, sep_token_id=3
    )
    networks: dict[str, Any] = {
        "classifier": transformers.BertForSequenceClassification(
            transformers.BertConfig(**size, num_labels=3)
        ),
        "modernbert": transformers.ModernBertModel(modern),
        "gpt2": transformers.GPT2LMHeadModel(gpt),
        "t5": transformers.T5ForConditionalGeneration(t5),
        "half of t5": transformers.T5EncoderModel(t5),
    }
    for name, network in networks.items():
        checkpoint(tmp_path / name, project, network)
    text, long = "the day was lovely", "the day was awful, and the room was cold " * 3
    with written.imported(project, ("settings", "tokens", "model")) as part:
        settings, tokens, model = (part[name] for name in ("settings", "tokens", "model"))
        for name in networks:
            config = settings.read()
            config["model"]["checkpoint"] = str(tmp_path / name)
            if name in ("gpt2", "t5", "half of t5"):
                with pytest.raises(settings.Problem, match=r"is a (gpt2|t5), and no encoder alone"):
                    model.new(config, ["good", "bad"])
                continue
            network, about = model.new(config, ["good", "bad"])
            lists = tokens.encoded(tokens.of(config), [text, long], 64)
            alone, both = (model.features(network, some, about) for some in (lists[:1], lists))
            assert both.shape == (2, 16)
            torch.testing.assert_close(alone[0], both[0], rtol=1e-4, atol=1e-5)
            assert not torch.allclose(both[0], both[1])
            model.freeze(network)
            opened = model.open_last(network, 1)
            assert 0 < len(opened) < len(list(network.base.parameters())), "one block of two"
            torch.nn.init.normal_(network.head[1].weight)
            about["classes"] = ["good", "bad"]
            model.save(network, about, tmp_path / "model.safetensors")
            again, read = model.load(tmp_path / "model.safetensors")
            assert (model.logits(again, lists, read) == model.logits(network, lists, about)).all()
