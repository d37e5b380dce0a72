"""The page with a network in it, as it is staged: whole, or with a word about what is missing."""

from __future__ import annotations

import base64
import gzip
import json
import re
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from tlcourse.authoring.in_browser import PAGE, network, page, parts, rounding, stage_page
from tlcourse.errors import CourseError
from tlcourse.models import imagenet_classes

REPO = Path(__file__).resolve().parents[2]


# ------------------------------------------------------------------------------------ the weights


@pytest.mark.parametrize("bits", [8, 10, 12])
def test_rounded_weights_are_within_half_a_step(bits: int) -> None:
    weights = np.random.default_rng(0).normal(size=(6, 5, 3, 3)).astype(np.float32)
    weights[2] = 0
    upper, lower, step = rounding.parts(weights, 0, bits)
    found = (upper.astype(np.float32) * 2 ** (bits - 8) + lower) * step
    assert np.abs(found - weights).max() <= 0.501 * step.max()
    assert step.shape == (6, 1, 1, 1)
    assert np.allclose(np.abs(found).max(axis=(1, 2, 3)), np.abs(weights).max(axis=(1, 2, 3)))


def graph(rng: np.random.Generator) -> onnx.ModelProto:
    """A convolution, then a matrix product whose weights lie either way."""
    tensors = {
        "kernel": rng.normal(size=(16, 8, 3, 3)),
        "bias": rng.normal(size=16),
        "down": rng.normal(size=(16, 2000)),
        "up": rng.normal(size=(40, 2000)),
    }
    nodes = [
        helper.make_node("Conv", ["x", "kernel", "bias"], ["a"], doc_string="long"),
        helper.make_node("GlobalAveragePool", ["a"], ["b"]),
        helper.make_node("Flatten", ["b"], ["c"]),
        helper.make_node("Gemm", ["c", "down"], ["d"]),
        helper.make_node("Gemm", ["d", "up"], ["y"], transB=1),
    ]
    made = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1, 8, 9, 9])],
        [helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1, 40])],
        [numpy_helper.from_array(value.astype(np.float32), name) for name, value in tensors.items()],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)


def test_a_rounded_graph_gives_nearly_the_same() -> None:
    import onnxruntime

    rng = np.random.default_rng(1)
    before = graph(rng)
    after = rounding.rounded(before)
    x = rng.normal(size=(1, 8, 9, 9)).astype(np.float32)

    def run(model: onnx.ModelProto) -> np.ndarray:
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        return np.asarray(session.run(None, {"x": x})[0])

    wanted, found = run(before), run(after)
    assert 0 < np.abs(found - wanted).max() < 0.01 * np.abs(wanted).max()
    kinds = {tensor.name.rpartition(".")[2]: tensor.data_type for tensor in after.graph.initializer}
    assert kinds["upper"] == onnx.TensorProto.INT8
    assert kinds["bias"] == onnx.TensorProto.FLOAT, "what is small stays as it is"
    assert not any(node.doc_string for node in after.graph.node)
    assert len(before.graph.node) == 5, "the argument is left alone"


# --------------------------------------------------------------------------------------- the page


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    """A staged site with nothing but the page."""
    shutil.copy(REPO / "book" / f"{PAGE}.md", tmp_path)
    shutil.copytree(REPO / "book" / "_extra", tmp_path / "_extra")
    return tmp_path


@pytest.fixture
def fetched(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """A runtime and a network of no use, in place of the real ones; by the name of the part."""
    folder = tmp_path_factory.mktemp("fetched")
    made = {"script": b"export {};", "wasm": np.random.default_rng(0).bytes(1_000_000), "network": b"onnx"}
    for name, content in made.items():
        (folder / name).write_bytes(content)
    files = {parts.RUNTIME_SCRIPT: folder / "script", parts.RUNTIME_WASM: folder / "wasm"}
    monkeypatch.setattr(parts, "is_there", lambda pack: files[pack].exists())
    monkeypatch.setattr(parts, "place", lambda pack: files[pack])
    monkeypatch.setattr(parts, "network_file", lambda: folder / "network")
    return made


def test_the_parts_are_what_went_in(staged: Path, fetched: dict[str, bytes]) -> None:
    said: list[str] = []
    assert stage_page(REPO, staged, True, said.append)
    assert not said
    folder = staged / "_extra" / PAGE
    listed = json.loads((folder / "parts.js").read_text().partition("= ")[2].partition("= ")[2].rstrip(";\n"))
    assert listed["size"] == 224
    for name, sizes in listed["parts"].items():
        scripts = [(folder / f"{name}-{at:02d}.js").read_text() for at in range(len(sizes))]
        assert [len(script) for script in scripts] == sizes
        pieces = [re.fullmatch(r'tlBrowser\.piece\("(\w+)",(\d+),"(.*)"\);\n', script) for script in scripts]
        assert [piece and (piece[1], piece[2]) for piece in pieces] == [
            (name, str(at)) for at in range(len(sizes))
        ]
        content = gzip.decompress(base64.b64decode("".join(piece[3] for piece in pieces if piece)))
        assert content == fetched.get(name, json.dumps(imagenet_classes()).encode())
    assert len(listed["parts"]["wasm"]) > 1
    text = (staged / f"{PAGE}.md").read_text()
    assert "{{" not in text
    assert text.count('class="tl-live__example"') == len(page.EXAMPLES)
    assert 'alt="A zebra"' in text
    assert "GPL-2.0" in text


def test_without_its_parts_the_page_says_why(
    staged: Path, fetched: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "is_there", lambda pack: False)
    said: list[str] = []
    assert not stage_page(REPO, staged, True, said.append)
    (line,) = said
    assert "onnxruntime-web" in line
    assert "`tlcourse packs --site`" in line
    text = (staged / f"{PAGE}.md").read_text()
    assert "tlcourse packs --site" in text
    for word in ("{{", "<script", "tl-live", "in-the-browser/", "as they are stored here"):
        assert word not in text, word
    assert not (staged / "_extra" / PAGE).exists()


def test_a_site_may_be_built_without(staged: Path) -> None:
    assert not stage_page(REPO, staged, False, pytest.fail)
    assert "`tlcourse site` builds it in" in (staged / f"{PAGE}.md").read_text()
    (staged / f"{PAGE}.md").unlink()
    assert not stage_page(REPO, staged, True, pytest.fail), "a course without the page"


def test_what_the_export_lacks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path))
    monkeypatch.setattr(network, "MODULE", "no_such_module")
    with pytest.raises(CourseError, match=r"could not be exported to ONNX: .*no_such_module"):
        network.network_file()
    monkeypatch.setattr(network, "NEEDS", ("onnx-of-nobody",))
    monkeypatch.setattr(network, "MADE_WITH", ("onnx-of-nobody",))
    with pytest.raises(CourseError, match=r"onnx-of-nobody, which exports(.|\n)*\[book\]"):
        network.network_file()
    assert not list(tmp_path.rglob("*.onnx"))
