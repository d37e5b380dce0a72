"""Finding checkpoints and reading them: what came with the course, folders, the Hub's names, and damage."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from tiny_configs import BERT

from tlcourse.errors import DataError, NetworkError, SettingError, UnknownNameError, WeightsError
from tlcourse.language import find_checkpoint, load_encoder, load_gpt, load_tokenizer
from tlcourse.language.checkpoints import fitted
from tlcourse.language.encoder import bert_shapes
from tlcourse.language.generator import gpt_shapes, random_gpt

REVISION = "86b5e0934494bd15c9632b12f734a8a67f723594"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A whole BERT checkpoint, as small as it goes."""
    rng = np.random.default_rng(0)
    tensors = {name: rng.normal(size=shape).astype(np.float32) for name, shape in bert_shapes(BERT).items()}
    return write(tmp_path, BERT, tensors)


def write(folder: Path, config: dict, tensors: dict) -> Path:
    (folder / "config.json").write_text(json.dumps(config))
    save_file(tensors, folder / "model.safetensors")
    return folder


def test_what_came_with_the_course() -> None:
    found = find_checkpoint("all-MiniLM-L6-v2")
    assert find_checkpoint("sentence-transformers/all-MiniLM-L6-v2").folder == found.folder
    assert found.kind == "bert"
    tensors = fitted(found, bert_shapes(found.config), ("bert.",))
    assert sum(value.size for value in tensors.values()) == 22_565_376  # without the pooler


def test_a_folder(folder: Path) -> None:
    found = find_checkpoint(folder)
    assert set(fitted(found, bert_shapes(found.config), ())) == set(bert_shapes(BERT))


def test_names_that_older_files_use(folder: Path) -> None:
    tensors = find_checkpoint(folder).tensors()
    old = {
        "bert."
        + name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): v
        for name, v in tensors.items()
    }
    write(folder, BERT, old)
    found = fitted(find_checkpoint(folder), bert_shapes(BERT), ("bert.",))
    assert all((found[name] == tensors[name]).all() for name in tensors)


def test_shapes_that_do_not_fit(folder: Path) -> None:
    write(folder, BERT | {"hidden_size": 16}, find_checkpoint(folder).tensors())
    with pytest.raises(WeightsError, match=r"word_embeddings.weight has shape \(30, 8\)"):
        load_encoder(folder, "torch")


def test_a_tensor_that_is_missing(folder: Path) -> None:
    tensors = find_checkpoint(folder).tensors()
    del tensors["encoder.layer.0.output.dense.bias"]
    write(folder, BERT, tensors)
    with pytest.raises(WeightsError, match=r"no tensor encoder.layer.0.output.dense.bias"):
        load_encoder(folder, "torch")


@pytest.mark.parametrize("share", [0.1, 0.9])
def test_a_truncated_weight_file(folder: Path, share: float) -> None:
    raw = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(raw[: int(len(raw) * share)])
    with pytest.raises(WeightsError, match="cannot be read"):
        load_encoder(folder, "torch")


def test_a_pickle_is_refused(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(WeightsError, match=r"pytorch_model.bin[\s\S]*pickle"):
        load_encoder(folder, "torch")


def test_another_architecture(folder: Path) -> None:
    with pytest.raises(WeightsError, match="bert, not gpt2"):
        load_gpt(folder, "torch")
    write(folder, BERT | {"model_type": "roberta"}, find_checkpoint(folder).tensors())
    with pytest.raises(WeightsError, match="roberta, not bert"):
        load_encoder(folder, "torch")
    write(folder, BERT | {"hidden_act": "relu"}, find_checkpoint(folder).tensors())
    with pytest.raises(WeightsError, match="hidden_act 'relu'"):
        load_encoder(folder, "torch")


def test_another_gpt(tmp_path: Path) -> None:
    config = {"vocab_size": 9, "n_positions": 8, "n_embd": 4, "n_layer": 1, "n_head": 2, "model_type": "gpt2"}
    for setting, other in (("activation_function", "relu"), ("tie_word_embeddings", False)):
        write(tmp_path, config | {setting: other}, random_gpt(config, seed=0))
        with pytest.raises(WeightsError, match=setting):
            load_gpt(tmp_path, "torch")


def test_bfloat16_is_read(folder: Path) -> None:
    found = find_checkpoint(folder)
    whole = found.tensors()
    header, data, at = {}, b"", 0
    for name, value in whole.items():
        half = (value.view(np.uint32) >> 16).astype(np.uint16).tobytes()
        header[name] = {"dtype": "BF16", "shape": list(value.shape), "data_offsets": [at, at + len(half)]}
        data, at = data + half, at + len(half)
    text = json.dumps(header).encode()
    (folder / "model.safetensors").write_bytes(len(text).to_bytes(8, "little") + text + data)
    read = found.tensors()
    for name, value in whole.items():
        assert read[name].dtype == np.float32
        assert read[name].shape == value.shape
        np.testing.assert_allclose(read[name], value, rtol=2**-7)


def test_damaged_configs(folder: Path) -> None:
    (folder / "config.json").write_text("{")
    with pytest.raises(WeightsError, match="is not JSON"):
        find_checkpoint(folder)
    (folder / "config.json").write_text("[1]")
    with pytest.raises(WeightsError, match="no settings"):
        find_checkpoint(folder)
    (folder / "config.json").write_text(json.dumps({**BERT, "vocab_size": None}))
    with pytest.raises(DataError, match="vocab_size"):
        load_encoder(folder, "torch")
    (folder / "config.json").unlink()
    with pytest.raises(WeightsError, match="no config"):
        find_checkpoint(folder)


def test_the_hub_needs_a_commit() -> None:
    for revision in (None, "main", "abc"):
        with pytest.raises(WeightsError, match="40 hexadecimal digits"):
            find_checkpoint("google-bert/bert-base-uncased", revision)
    with pytest.raises(UnknownNameError, match="all-MiniLM-L6-v2"):
        find_checkpoint("all-MiniLM-L6")


def test_without_a_network_it_says_how_to_bring_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("Network is unreachable")

    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for download in (False, True):
        with pytest.raises(
            NetworkError, match=r"hf download google-bert/bert-base-uncased .*--revision 86b5"
        ):
            find_checkpoint("google-bert/bert-base-uncased", REVISION, download=download)


def test_what_the_hub_s_cache_has_is_found(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cache of the library, laid out as it lays it out."""
    from huggingface_hub import constants

    cache = tmp_path / "hub"
    snapshot = cache / "models--someone--small-bert" / "snapshots" / REVISION
    snapshot.mkdir(parents=True)
    for file in ("config.json", "model.safetensors"):
        (snapshot / file).write_bytes((folder / file).read_bytes())
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    found = find_checkpoint("someone/small-bert", REVISION, download=False)
    assert found.revision == REVISION
    assert found.kind == "bert"


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"pooling": "max"}, UnknownNameError, "pooling"),
        ({"num_classes": -1}, SettingError, "num_classes"),
        ({"pooling": "none", "num_classes": 2}, SettingError, "one vector per text"),
        ({"dropout": 1.0}, SettingError, "dropout"),
    ],
)
def test_bad_settings(settings: dict, error: type, words: str) -> None:
    with pytest.raises(error, match=words):
        load_encoder(framework="torch", **settings)


def test_a_random_generator_is_drawn_from_its_seed() -> None:
    config = {"vocab_size": 11, "n_positions": 4, "n_embd": 6, "n_layer": 2, "n_head": 3}
    one, again, other = random_gpt(config, 1), random_gpt(config, 1), random_gpt(config, 2)
    assert set(one) == set(gpt_shapes(config))
    assert all((one[name] == again[name]).all() for name in one)
    assert (one["wte.weight"] != other["wte.weight"]).any()
    with pytest.raises(SettingError, match="4 heads"):
        load_gpt({**config, "n_head": 4}, "torch")


def test_a_tokenizer_that_is_missing_or_damaged(folder: Path) -> None:
    with pytest.raises(DataError, match="no tokenizer"):
        load_tokenizer(folder)
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(DataError, match="cannot be read"):
        load_tokenizer(folder)


# -- what a checkpoint says of itself is heard, or refused by its name --


def rewrite(folder: Path, **changes: object) -> Path:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | changes))
    return folder


@pytest.mark.parametrize(
    ("config", "tokenizer", "padding"),
    [
        ({}, {}, 0),
        ({"pad_token_id": 1}, {}, 1),
        ({"pad_token_id": None}, {}, None),
        ({"pad_token_id": -1}, {}, None),
        ({"pad_token_id": 4}, {"pad_token": "<pad>"}, 4),
        ({}, {"pad_token": "<pad>"}, 7),
        ({"pad_token_id": None}, {"pad_token": {"content": "fill"}}, 3),
        ({"model_type": "gpt2", "eos_token_id": 9}, {}, 9),
        ({"model_type": "gpt2", "eos_token_id": [9, 2]}, {}, 9),
        ({"model_type": "gpt2", "eos_token_id": 9, "pad_token_id": 5}, {}, 5),
        ({"model_type": "gpt2"}, {}, None),
    ],
)
def test_where_the_padding_comes_from(folder: Path, config: dict, tokenizer: dict, padding: object) -> None:
    rules = {"added_tokens": [{"id": 7, "content": "<pad>"}], "model": {"vocab": {"fill": 3}}}
    (folder / "tokenizer.json").write_text(json.dumps(rules))
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer))
    assert find_checkpoint(rewrite(folder, **config)).padding == padding


@pytest.mark.parametrize("said", [30, 99, "[PAD]", 1.5, True])
def test_padding_that_is_no_token(folder: Path, said: object) -> None:
    with pytest.raises(WeightsError, match="pad_token_id"):
        load_encoder(rewrite(folder, pad_token_id=said), "torch")


def test_a_tokenizer_fills_up_with_what_the_network_leaves_out(tmp_path: Path) -> None:
    for file in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (tmp_path / file).write_bytes((find_checkpoint("all-MiniLM-L6-v2").folder / file).read_bytes())
    rewrite(tmp_path, pad_token_id=1)
    assert load_tokenizer(tmp_path).encode(["a film", "film"]).tolist()[1] == [101, 2143, 102, 1]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("position_embedding_type", "relative_key"),
        ("is_decoder", True),
        ("add_cross_attention", True),
        ("hidden_act", "gelu_new"),
        ("pruned_heads", {"0": [1]}),
        ("quantization_config", {"quant_method": "bitsandbytes"}),
        ("auto_map", {"AutoModel": "modeling.MyBert"}),
        ("num_attention_heads", 3),
    ],
)
def test_settings_of_another_bert_are_named(folder: Path, setting: str, value: object) -> None:
    with pytest.raises(WeightsError, match=setting if setting != "num_attention_heads" else "3 heads"):
        load_encoder(rewrite(folder, **{setting: value}), "torch")


@pytest.mark.parametrize(
    "extra",
    [
        "encoder.layer.1.output.dense.bias",
        "encoder.layer.0.crossattention.self.key.weight",
        "encoder.layer.0.attention.self.distance_embedding.weight",
        "encoder.layer.0.attention.self.query.lora_A.weight",
    ],
)
def test_weights_that_would_be_left_out_are_named(folder: Path, extra: str) -> None:
    tensors = find_checkpoint(folder).tensors()
    write(folder, BERT, tensors | {extra: np.ones(8, np.float32)})
    with pytest.raises(WeightsError, match=extra):
        load_encoder(folder, "torch")


def test_weights_that_are_whole_numbers(folder: Path) -> None:
    tensors = find_checkpoint(folder).tensors()
    packed = "encoder.layer.0.output.dense.weight"
    write(folder, BERT, tensors | {packed: tensors[packed].astype(np.int8)})
    with pytest.raises(WeightsError, match=packed):
        load_encoder(folder, "torch")


GPT = {"vocab_size": 9, "n_positions": 8, "n_embd": 4, "n_layer": 1, "n_head": 2, "model_type": "gpt2"}


def test_a_head_that_the_config_names_and_the_file_lacks(tmp_path: Path) -> None:
    tensors = random_gpt(GPT, seed=0)
    write(tmp_path, GPT | {"tie_word_embeddings": False}, tensors)
    with pytest.raises(WeightsError, match=r"tie_word_embeddings[\s\S]*lm_head.weight"):
        load_gpt(tmp_path, "torch")
    write(tmp_path, GPT, tensors | {"h.0.crossattention.c_attn.bias": np.ones(4, np.float32)})
    with pytest.raises(WeightsError, match="crossattention"):
        load_gpt(tmp_path, "torch")


# -- weights in parts --


def in_parts(folder: Path, count: int = 3) -> list[str]:
    """The folder's weights as the Hub keeps those of large models."""
    tensors = find_checkpoint(folder).tensors()
    names = [f"model-{n:05}-of-{count:05}.safetensors" for n in range(1, count + 1)]
    where = {name: names[number % count] for number, name in enumerate(tensors)}
    for part in names:
        save_file({name: tensors[name] for name in tensors if where[name] == part}, folder / part)
    index = {"metadata": {"total_size": 1}, "weight_map": where}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    (folder / "model.safetensors").unlink()
    return names


def test_weights_in_parts_are_the_whole(folder: Path) -> None:
    whole = find_checkpoint(folder).tensors()
    in_parts(folder)
    found = find_checkpoint(folder).tensors()
    assert set(found) == set(whole)
    assert all((found[name] == whole[name]).all() for name in whole)


def test_parts_that_are_missing_or_do_not_fit(folder: Path) -> None:
    names = in_parts(folder)
    (folder / names[1]).rename(folder / "elsewhere")
    with pytest.raises(WeightsError, match=rf"3 parts, and {names[1]} is not in"):
        load_encoder(folder, "torch")
    (folder / names[1]).write_bytes((folder / names[0]).read_bytes())
    with pytest.raises(WeightsError, match=rf"is in {names[1]}, and it is not"):
        load_encoder(folder, "torch")
    (folder / names[1]).write_bytes((folder / "elsewhere").read_bytes()[:-9])
    with pytest.raises(WeightsError, match=rf"{names[1]} cannot be read"):
        load_encoder(folder, "torch")


@pytest.mark.parametrize(
    "index",
    [
        "{",
        "[]",
        '{"weight_map": {}}',
        '{"weight_map": {"a": "../model-1.safetensors"}}',
        '{"weight_map": {"a": 3}}',
    ],
)
def test_a_damaged_index(folder: Path, index: str) -> None:
    in_parts(folder)
    (folder / "model.safetensors.index.json").write_text(index)
    with pytest.raises(WeightsError, match=r"index\.json"):
        load_encoder(folder, "torch")


def test_pickles_in_parts_are_refused_as_one_is(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin.index.json").write_text("{}")
    with pytest.raises(WeightsError, match=r"pytorch_model.bin.index.json[\s\S]*pickle"):
        load_encoder(folder, "torch")
