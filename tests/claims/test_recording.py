"""What a cell may record, and what becomes of it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tlcourse import claims
from tlcourse.claims import ClaimError, record, recording


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("TLCOURSE_CLAIMS", raising=False)
    claims.forget()
    yield
    claims.forget()


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
        ("cat", {"tolerance": 0.1}, "cannot have a tolerance"),
        (0.5, {"tolerance": 0.1, "fmt": ".2q"}, "not a format"),
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
    monkeypatch.setattr(recording, "_current_cell", lambda: "cell-1")
    record("b", 1.0, tolerance=0)
    record("b", 2.0, tolerance=0)  # the same cell, run again
    assert claims.recorded()["b"].value == 2.0
    monkeypatch.setattr(recording, "_current_cell", lambda: "cell-2")
    with pytest.raises(ClaimError, match="its own name"):
        record("b", 3.0, tolerance=0)


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
