"""Claims are validated, formatted, written whole or not at all, and compared on re-execution."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tlcourse import claims
from tlcourse.claims import ClaimError, ClaimsFile, format_claim, read_claims, record, write_claims


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("TLCOURSE_CLAIMS", raising=False)
    claims.forget()
    yield
    claims.forget()


@pytest.fixture
def devices(monkeypatch: pytest.MonkeyPatch) -> None:
    """A started session, without a framework."""
    fake = ModuleType("tlcourse.frameworks")
    fake.current_framework = lambda: "torch"
    fake.current_chapter = lambda: "01-x"
    import tlcourse

    monkeypatch.setitem(sys.modules, "tlcourse.frameworks", fake)
    monkeypatch.setattr(tlcourse, "frameworks", fake, raising=False)


@pytest.mark.parametrize("name", ["", "Acc", "a b", "a_b", "-a", "a-", "a--b", "1a", 3, None])
def test_bad_names_are_refused(name):
    with pytest.raises(ClaimError, match="cannot be the name"):
        record(name, 1.0, tolerance=0)


@pytest.mark.parametrize(
    ("value", "kw", "problem"),
    [
        (float("nan"), {"tolerance": 0.1}, "value = nan"),
        (np.float32("inf"), {"tolerance": 0.1}, "value = inf"),
        (0.5, {"tolerance": None}, "states no tolerance"),
        (0.5, {"tolerance": -1}, "tolerance = -1"),
        (0.5, {"tolerance": float("nan")}, "tolerance = nan"),
        (0.5, {"tolerance": 0.1, "n": 5}, "n alone"),
        (0.5, {"tolerance": 0.1, "spread": 0.1}, "a spread alone"),
        (0.5, {"tolerance": 0.1, "n": 0, "spread": 0.1}, "n = 0"),
        (0.5, {"tolerance": 0.1, "n": 2.5, "spread": 0.1}, "n = 2.5"),
        (0.5, {"tolerance": 0.1, "n": 5, "spread": -0.1}, "spread = -0.1"),
        (0.5, {"tolerance": 0.1, "n": 5, "spread": np.nan}, "spread = nan"),
        ("cat", {"tolerance": 0.1}, "no tolerance for it"),
        (0.5, {"tolerance": 0.1, "fmt": ".2q"}, "no format"),
        (np.zeros(3), {"tolerance": 0.1}, "not one number"),
        ([1, 2], {"tolerance": 0.1}, "not a number"),
        (None, {"tolerance": 0.1}, "not a number"),
        (1 + 2j, {"tolerance": 0.1}, "not a number"),
    ],
)
def test_bad_values_say_what_and_what_to_do(value, kw, problem):
    with pytest.raises(ClaimError, match=problem) as caught:
        record("a", value, **kw)
    assert "What to do" in str(caught.value)
    assert claims.recorded() == {}


@pytest.mark.parametrize(
    ("value", "tolerance", "kept"),
    [
        (np.float32(0.5), 0.1, 0.5),
        (np.int64(7), 0, 7),
        (np.array(2.0), 0.1, 2.0),
        (np.array([3]), None, 3),
        (7, None, 7),
        ("cat", None, "cat"),
        (True, None, True),
        (np.bool_(False), None, False),
    ],
)
def test_values_become_plain(value, tolerance, kept):
    record("a", value, tolerance=tolerance)
    got = claims.recorded()["a"].value
    assert got == kept
    assert type(got) is type(kept)
    json.dumps(claims.recorded()["a"].entry())


def test_a_name_twice(monkeypatch):
    record("a", 1.0, tolerance=0)
    record("a", 1.0, tolerance=0)
    with pytest.raises(ClaimError, match="recorded before"):
        record("a", 2.0, tolerance=0)
    monkeypatch.setattr(claims, "_current_cell", lambda: "cell-1")
    record("b", 1.0, tolerance=0)
    record("b", 2.0, tolerance=0)  # the same cell, run again
    assert claims.recorded()["b"].value == 2.0
    monkeypatch.setattr(claims, "_current_cell", lambda: "cell-2")
    with pytest.raises(ClaimError, match="its own name"):
        record("b", 3.0, tolerance=0)


@pytest.mark.parametrize(
    ("entry", "spec", "text"),
    [
        ({"value": 0.7612, "n": 5, "spread": 0.0213}, None, "0.761 ± 0.026 (n = 5)"),
        ({"value": 0.7612, "n": 5, "spread": 0.0213, "fmt": ".2f"}, None, "0.76 ± 0.03 (n = 5)"),
        ({"value": 0.7612, "n": 5, "spread": 0.0213}, ".1%", "76.1% ± 2.6% (n = 5)"),
        ({"value": 0.0142, "n": 5, "spread": 0.0187, "fmt": "+.3f"}, None, "+0.014 ± 0.023 (n = 5)"),
        ({"value": 0.7612, "n": 5, "spread": 0.0213, "fmt": ".2f"}, "bare", "0.76"),
        ({"value": 0.7612, "n": 5, "spread": 0.0213}, "bare:.0%", "76%"),
        ({"value": 12.34, "unit": "s"}, None, "12.3 s"),
        ({"value": 12.34, "n": 3, "spread": 0.5, "unit": "s", "fmt": ".1f"}, None, "12.3 ± 1.2 s (n = 3)"),
        ({"value": 3371024}, None, "3,371,024"),
        ({"value": 17}, None, "17"),
        ({"value": 1234.5}, None, "1,234"),
        ({"value": 0}, None, "0"),
        ({"value": 0.0}, None, "0"),
        ({"value": -0.05}, None, "-0.0500"),
        ({"value": "cat"}, None, "cat"),
        ({"value": True}, None, "True"),
    ],
)
def test_the_text_in_prose(entry, spec, text):
    assert format_claim(entry, spec) == text


def test_a_format_that_does_not_fit():
    with pytest.raises(ClaimError, match="no format for"):
        format_claim({"value": 0.5}, "d")


def test_files_round_trip_and_are_stable(tmp_path: Path):
    path = claims.claims_path(tmp_path, "torch", "01-x")
    assert read_claims(path) == ClaimsFile({}, {})
    write_claims(path, {"b": {"value": 1}, "a": {"value": 0.5, "tolerance": 0.1, "unit": "µs"}}, {"c1": 2.5})
    first = path.read_bytes()
    got = read_claims(path)
    assert list(got.claims) == ["a", "b"]
    assert got.claims["a"]["tolerance"] == 0.1
    assert got.seconds == {"c1": 2.5}
    write_claims(path, got.claims, got.seconds)
    assert path.read_bytes() == first
    assert [p.name for p in path.parent.iterdir()] == ["01-x.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"claims": 3}', '{"claims": {"a": {}}}', '{"seconds": {}}'])
def test_a_damaged_file(tmp_path: Path, text: str):
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(ClaimError, match="damaged"):
        read_claims(path)


def test_a_failed_write_keeps_the_old_file(tmp_path: Path):
    path = tmp_path / "x.json"
    write_claims(path, {"a": {"value": 1}})
    with pytest.raises((TypeError, ValueError)):
        write_claims(path, {"a": {"value": object()}})
    assert read_claims(path).claims["a"]["value"] == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_check_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, devices: None):
    write_claims(
        claims.claims_path(tmp_path, "torch", "01-x"),
        {"acc": {"value": 0.76, "tolerance": 0.02}, "top": {"value": "cat"}, "count": {"value": 17}},
    )
    monkeypatch.setenv("TLCOURSE_CLAIMS", str(tmp_path))
    record("acc", 0.78, tolerance=0.5)  # on the edge; the committed tolerance rules, not the new one
    claims.forget()
    with pytest.raises(ClaimError) as caught:
        record("acc", 0.79, tolerance=0.5)
    for part in ("'acc'", "0.79", "0.76", "0.03 away", "tolerance is 0.02", "tlcourse build"):
        assert part in str(caught.value)
    record("top", "cat", tolerance=None)
    with pytest.raises(ClaimError, match="exact"):
        record("count", 18, tolerance=None)
    with pytest.raises(ClaimError, match="not among the committed"):
        record("new-one", 18, tolerance=None)


def test_collect_reads_outputs():
    def cell(cell_id: str, value: float) -> dict:
        data = {claims.MIME: {"name": "acc", "value": value, "tolerance": 0.1}, "text/plain": "…"}
        return {"id": cell_id, "outputs": [{"output_type": "display_data", "data": data}]}

    assert claims.collect([{"source": ""}, cell("a", 1.0), cell("b", 1.0)]) == {
        "acc": {"value": 1.0, "tolerance": 0.1}
    }
    assert claims.collect([{"id": "a", "outputs": [*cell("a", 1)["outputs"], *cell("a", 2)["outputs"]]}]) == {
        "acc": {"value": 2, "tolerance": 0.1}
    }
    with pytest.raises(ClaimError, match="another"):
        claims.collect([cell("a", 1.0), cell("b", 2.0)])


def test_in_a_real_kernel():
    """One cell run twice with a changed value is fine; two cells are not; the mime bundle comes out."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    cells = [
        nbformat.v4.new_code_cell("import random\nfrom tlcourse.claims import record"),
        nbformat.v4.new_code_cell('record("a", random.random(), tolerance=0.1)\n3'),
        nbformat.v4.new_code_cell('record("a", 5.0, tolerance=0.1)'),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    with pytest.raises(CellExecutionError, match="recorded before"):
        NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    shown = notebook.cells[1].outputs[0]
    assert shown.output_type == "display_data"
    assert shown.data[claims.MIME]["name"] == "a"
    assert shown.data["text/plain"].startswith("recorded: a = 0.")
    assert len(notebook.cells[1].outputs) == 2
