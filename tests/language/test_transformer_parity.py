"""Encoders and generators are one network in two frameworks: real weights and sentences, padding included."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from observe_models import BERTS, GPTS
from observing import observe

HERE = Path(__file__).parent
#: What the library ``transformers`` made of the same tokens; filled by the fixture.
LIBRARY: dict[str, np.ndarray] = {}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("checkpoints")
    observe("torch", HERE / "checkpoint_files.py", folder)
    found = {}
    for framework in ("torch", "keras"):
        observe(framework, HERE / "observe_models.py", framework, folder / f"{framework}.npz", folder)
        with np.load(folder / f"{framework}.npz") as held:
            arrays = dict(held)
        found[framework] = json.loads(str(arrays.pop("facts"))), arrays
    with np.load(folder / "library.npz") as held:
        LIBRARY.update(held)
    return found


@pytest.mark.turns(3, "tlcourse/language", "tests/language")
def test_last_hidden_states_of_minilm_agree_within_1e4(both) -> None:
    ours, theirs = (both[f][1]["hidden"] for f in ("torch", "keras"))
    assert ours.shape == theirs.shape == (5, ours.shape[1], 384)
    assert np.abs(ours - theirs).max() < 1e-4


@pytest.mark.parametrize("name", ["mean", "cls", "gpt", "gpt_file", "small_gpt"])
def test_outputs_agree(both, name) -> None:
    ours, theirs = (both[f][1][name] for f in ("torch", "keras"))
    assert np.abs(ours).max() > 0.01
    assert np.abs(ours - theirs).max() < 1e-4


@pytest.mark.parametrize("framework", ["torch", "keras"])
@pytest.mark.parametrize("name", [*BERTS, *GPTS])
def test_outputs_are_those_of_the_library(both, framework, name) -> None:
    """With padding that is not 0, a head that is not the table, weights in parts, and 0 as a token."""
    ours, theirs = both[framework][1][f"library_{name}"], LIBRARY[name]
    assert ours.shape == theirs.shape
    assert np.abs(theirs).max() > 0.3
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_the_cases_can_tell_padding_and_head_apart(both) -> None:
    theirs = LIBRARY
    assert np.abs(theirs["bert_pad1"] - theirs["bert"]).max() > 0.1
    assert np.abs(theirs["gpt_head"] - theirs["gpt"]).max() > 0.1


def test_a_head_of_its_own_is_a_group_and_learns(both) -> None:
    (facts, ours), (other, theirs) = both["torch"], both["keras"]
    assert facts["head_groups"] == other["head_groups"] == ["wte", "wpe", "h.0", "h.1", "lm_head"]
    np.testing.assert_allclose(ours["head_loss"], theirs["head_loss"], atol=3e-3)
    assert ours["head_loss"][1] < ours["head_loss"][0]


def test_fine_tuning_agrees_and_leaves_what_is_frozen(both) -> None:
    (facts, ours), (other, theirs) = both["torch"], both["keras"]
    assert facts["groups"] == other["groups"] == ["embeddings", "layer.0", "layer.1", "classifier"]
    for changed in (facts["changed"], other["changed"]):
        assert changed
        assert all(name.startswith(("layer.1", "classifier")) for name in changed)
    np.testing.assert_allclose(ours["loss"], theirs["loss"], atol=1e-3)
    np.testing.assert_allclose(ours["tuned"], theirs["tuned"], atol=1e-3)


def test_lora_begins_as_the_network_was_and_trains_what_it_added(both) -> None:
    (facts, ours), (other, theirs) = both["torch"], both["keras"]
    for _, arrays in both.values():
        np.testing.assert_allclose(arrays["lora_start"], arrays["lora_before"], atol=1e-6)
        assert np.abs(arrays["lora_tuned"] - arrays["lora_start"]).max() > 1e-3
    np.testing.assert_allclose(ours["lora_loss"], theirs["lora_loss"], atol=1e-4)
    np.testing.assert_allclose(ours["lora_tuned"], theirs["lora_tuned"], atol=1e-4)
    # Two layers; query and value 16 -> 16 and output 24 -> 16, rank 2; a classifier of 16 -> 3.
    added = 2 * 2 * ((16 + 16) * 2 + (24 + 16)) + 16 * 3 + 3
    assert facts["lora_sizes"][0] == other["lora_sizes"][0] == added
    assert facts["lora_sizes"][1] == other["lora_sizes"][1]
    for changed in (facts["lora_changed"], other["lora_changed"]):
        assert changed
        assert all("lora" in name or name.startswith("classifier") for name in changed)


def test_lora_refuses_what_it_cannot_adapt(both) -> None:
    for facts, _ in both.values():
        assert "additions already" in facts["lora_again"]
        assert "not an encoder" in facts["lora_other"]


def test_groups_of_a_generator(both) -> None:
    assert both["torch"][0]["gpt_groups"] == both["keras"][0]["gpt_groups"]
    assert both["torch"][0]["gpt_groups"] == ["wte", "wpe", "h.0", "h.1"]  # ln_f goes with the last


def test_the_vectors_say_what_the_model_is_for(both) -> None:
    """Padding changes nothing, and an empty text has a vector as well."""
    mean = both["torch"][1]["mean"]
    assert np.isfinite(mean).all()
    assert len(np.unique(mean.round(3), axis=0)) == 5


def test_a_language_model_learns_alike(both) -> None:
    (facts, ours), (other, theirs) = both["torch"], both["keras"]
    for name in ("loss", "val_loss", "accuracy", "val_accuracy"):
        assert len(ours[f"gpt_{name}"]) == 4
        # Of 72 tokens a few are told with hardly a preference, which rounding decides.
        room = 0.06 if "accuracy" in name else 3e-3
        np.testing.assert_allclose(ours[f"gpt_{name}"], theirs[f"gpt_{name}"], atol=room)
    assert ours["gpt_loss"][-1] < ours["gpt_loss"][0] - 0.2
    np.testing.assert_allclose(ours["gpt_perplexity"], theirs["gpt_perplexity"], rtol=5e-3)
    for said in (facts, other):
        assert "one label" not in said["gpt_one_label"]
        assert "(N, C)" in said["gpt_one_label"]
        assert "one label per text" in said["bert_many_labels"]


def test_tokens_of_another_tokenizer_are_told(both) -> None:
    for facts, _ in both.values():
        for name in ("foreign_tokens", "foreign_tokens_gpt"):
            assert "own tokenizer" in facts[name]
        assert "13 tokens" in facts["too_long"]
        assert "12" in facts["too_long"]
