"""Networks with packed weights: what their files hold, read without running anything in them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from packs_here import need

from tlcourse import models, packs
from tlcourse.errors import UnknownNameError, WeightsError
from tlcourse.models import packed
from tlcourse.models.packed import keras_file, naming, onnx_file


def test_a_missing_pack_is_told_of_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path))
    for network in packed.networks():
        if packs.known(network):
            with pytest.raises(WeightsError, match="not on this machine"):
                packed.arrays(network)
    with pytest.raises(UnknownNameError, match="network with a pack"):
        packed.arrays("vgg19")
    assert not packed.known("vgg19")
    assert not {"torch", "keras"} & set(sys.modules)


def test_weights_without_a_card_are_like_those_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pack that names the network whose layers it has; one that holds no weights names none."""
    entry = replace(packs.pack("vgg16_base"), name="made_up", like="xception_base")
    for module in (packs, packs.table):
        monkeypatch.setattr(module, "known", lambda name: name in ("made_up", "vgg16_base"))
        monkeypatch.setattr(module, "pack", lambda name: entry)
    assert packed.architecture("made_up") == "xception_base"
    assert packed.architecture("vgg16_base") == "vgg16_base", "its own card comes first"
    assert packed.known("made_up")
    assert packed.digest("made_up") == entry.member_sha256[:8]
    entry = replace(entry, like="")
    assert not packed.known("made_up")


def test_a_network_without_a_pack_reads_none() -> None:
    """So that a new pack makes no chapter's solution stale that does not need it."""
    script = (
        "import sys; from tlcourse.models import packed; packed.arrays('efficientnet_lite0');"
        "print([name for name in sys.modules if name.startswith('tlcourse.packs.table')])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("network", packed.networks())
def test_a_pack_holds_what_its_card_says(network: str) -> None:
    need(network)
    arrays = packed.arrays(network)
    assert all(array.dtype == np.float32 and np.isfinite(array).all() for array in arrays.values())
    learned = sum(a.size for name, a in arrays.items() if "running" not in name)
    assert learned == models.card(network).parameters
    assert all((a >= 0).all() for name, a in arrays.items() if name.endswith("running_var"))
    assert not {"torch", "keras"} & set(sys.modules)


def test_the_card_of_a_network_names_its_pack() -> None:
    for name in packed.networks():
        if packs.known(name):
            assert models.card(name).weights_from.count(packs.pack(name).package)


def test_vgg16_begins_with_the_published_numbers() -> None:
    """The first numbers of Oxford's VGG-16, as they are printed in many places."""
    need("vgg16_base")
    arrays = packed.arrays("vgg16_base")
    first = [0.42947057, 0.373467, -0.06136011, 0.27476987]
    np.testing.assert_allclose(arrays["features.0.weight"].ravel()[:4], first, rtol=1e-7)
    bias = [0.73429835, 0.09340367, 0.06775674, 0.8862966]
    np.testing.assert_allclose(arrays["features.0.bias"][:4], bias, rtol=1e-7)


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def field(number: int, value: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(value)) + value


def test_constants_of_onnx_are_read_and_damage_is_seen() -> None:
    array = np.arange(600, dtype=np.float32).reshape(2, 300)
    packed = field(1, varint(2) + varint(300)) + b"\x10\x01" + field(8, b"w") + field(9, array.tobytes())
    whole = b"\x08\x08" + field(
        7, field(1, b"a node") + field(5, packed) + field(5, b"\x10\x07" + field(8, b"n"))
    )
    found = onnx_file.initializers(whole)
    assert list(found) == ["w"], "of other types than float32 nothing is read"
    np.testing.assert_array_equal(found["w"], array)
    for damaged in (whole[:-700], b"", b"\xff" * 20, b"nothing of the kind"):
        with pytest.raises(ValueError):
            onnx_file.initializers(damaged)


def test_a_model_with_code_in_it_is_read_as_numbers(tmp_path: Path) -> None:
    """Only the numbers of the layers by name; whatever else the configuration asks for is not looked at."""
    import h5py

    layers = [
        {"class_name": "InputLayer", "config": {"name": "in"}},
        {"class_name": "Lambda", "config": {"name": "code", "function": "import os; os._exit(1)"}},
        {"class_name": "Conv2D", "config": {"name": "first"}},
        {"class_name": "Conv2D", "config": {"name": "second"}},
    ]
    inner = {"class_name": "Functional", "config": {"name": "base", "layers": layers}}
    config = {
        "class_name": "Sequential",
        "config": {"layers": [inner, {"class_name": "Dense", "config": {}}]},
    }
    weights = io.BytesIO()
    with h5py.File(weights, "w") as file:
        for name, value in (("conv2d", 1.0), ("conv2d_1", 2.0)):
            file[f"layers/functional/layers/{name}/vars/0"] = np.full((1, 1, 3, 2), value)
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("model.weights.h5", weights.getvalue())
    found = keras_file.inner_layers(path)
    assert {name: float(variables[0].max()) for name, variables in found.items()} == {
        "first": 1.0,
        "second": 2.0,
    }


@pytest.mark.parametrize("network", naming.LAYERS)
def test_names_go_both_ways(network: str) -> None:
    keras, torch = zip(*naming.LAYERS[network], strict=True)
    assert len(set(keras)) == len(set(torch)) == len(keras)
    with pytest.raises(ValueError, match=f"{len(keras)} layers are missing"):
        naming.torch_names(network, {})


def test_the_builder_of_squeezenet_runs_no_code(tmp_path: Path) -> None:
    import os
    import pickle

    import build_squeezenet as builder

    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, (f"touch {tmp_path}/ran",)

    with pytest.raises(pickle.UnpicklingError, match="has no place"):
        builder.ArraysOnly(io.BytesIO(pickle.dumps({"conv1": [Evil()]}))).load()
    assert not (tmp_path / "ran").exists()
    rng = np.random.default_rng(0)
    layers = {
        name: [rng.normal(size=(3, 3, 4, 5)).astype(np.float32), np.zeros(5, np.float32)]
        for name in ("conv1", "fire2/squeeze1x1", "fire9/expand3x3", "conv10")
    }
    read = builder.ArraysOnly(io.BytesIO(pickle.dumps(layers))).load()
    found = builder.converted(read)
    assert set(found) >= {"features.0.weight", "features.3.squeeze.bias", "features.12.expand3x3.weight"}
    assert set(found) < set(packed.arrays("squeezenet"))
    kernel = layers["conv1"][0]
    assert found["features.0.weight"][4, 3, 1, 2] == kernel[1, 2, 3, 4]


def test_chapter_2_names_every_network_that_needs_no_download() -> None:
    chapter = Path(__file__).parents[2] / "book" / "chapters" / "02-choose-a-pretrained-model.md"
    told = chapter.read_text(encoding="utf-8").split("`models.checkpoint` gives you their file")[1]
    assert [name for name in packed.networks() if f"`{name}`" not in told[:300]] == []


def test_the_network_after_skin_lesions_is_the_one_before_a_little_further() -> None:
    """Every layer was trained further: no kernel is as it was, and each still resembles what it was."""
    need("xception_base", "xception_lesions")
    before, after = packed.arrays("xception_base"), packed.arrays("xception_lesions")
    assert before.keys() == after.keys()
    kernels = [name for name, array in before.items() if array.ndim == 4]
    alike = [np.corrcoef(before[name].ravel(), after[name].ravel())[0, 1] for name in kernels]
    assert len(alike) == 74
    assert 0.9 < min(alike) < max(alike) < 0.99999
    assert "xception_lesions" not in packed.networks(), "it has no card: it is no network of its own"
    assert packed.architecture("xception_lesions") == "xception_base"
