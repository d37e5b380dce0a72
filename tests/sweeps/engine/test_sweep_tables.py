"""The tables of the sweeps: their order, damage, rows that nobody asks for, and those that are committed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from toy_sweeps import fill, run

from tlcourse.errors import UnknownNameError
from tlcourse.sweeps import SweepError, table
from tlcourse.sweeps.engine import store
from tlcourse.sweeps.engine.check import check_sweeps
from tlcourse.sweeps.engine.registry import get, names
from tlcourse.sweeps.engine.run import run_sweeps
from tlcourse.sweeps.engine.spec import Sweep

HERE = Path(__file__).parent


def test_the_file_does_not_depend_on_the_order(toy: Sweep):
    fill()
    rows = store.read(toy)
    before = store.table_path(toy).read_bytes()
    store.table_path(toy).unlink()
    for row in reversed(rows):
        store.append(toy, row)
    assert store.table_path(toy).read_bytes() == before


def test_rows_that_the_grid_no_longer_asks_for(toy: Sweep):
    fill()
    smaller = Sweep(toy.name, toy.run, lambda: toy.settings()[:5], toy.metrics, toy.frameworks)
    assert len(store.status(smaller)["orphaned"]) == 7
    assert len(table(smaller)) == 5
    assert store.prune(smaller) == 7
    assert len(store.read(toy)) == 5


def _spoil(text: str, how: str) -> str:
    lines = text.splitlines(keepends=True)
    return {
        "empty": "",
        "header": "a,b\n" + "".join(lines[1:]),
        "torn": text[: len(text) - 40],
        "letters": text.replace("\n1,a", "\none,a", 1),
        "metric": text.replace(",2,", ",two,", 1),
        "twice": text + lines[-1],
        "missing column": "".join(line.rpartition(",")[0] + "\n" for line in lines),
    }[how]


@pytest.mark.parametrize("how", ["empty", "header", "torn", "letters", "metric", "twice", "missing column"])
def test_a_damaged_table(toy: Sweep, how: str):
    fill()
    path = store.table_path(toy)
    path.write_text(_spoil(path.read_text(), how))
    before = path.read_bytes()
    for action in (lambda: table("toy"), run, lambda: check_sweeps("toy")):
        with pytest.raises(SweepError, match="damaged") as caught:
            action()
        assert "git checkout" in str(caught.value)
    assert path.read_bytes() == before


def test_unknown_names():
    with pytest.raises(UnknownNameError, match="no sweep called 'toyy'"):
        table("toyy")
    with pytest.raises(UnknownNameError, match="no framework called 'jax'"):
        run_sweeps("toy", frameworks=["jax"])
    with pytest.raises(SweepError, match="no table yet"):
        table("toy")
    assert "toy" in names()


@pytest.mark.parametrize(
    ("grid", "problem"),
    [
        ([], "no settings"),
        ([{"a": 1}], "no seed"),
        ([{"seed": 1}, {"a": 1}], "not named"),
        ([{"seed": 1}, {"seed": 1}], "twice"),
        ([{"seed": 1, "y": 2}], "reserved"),
    ],
)
def test_bad_grids(toy: Sweep, grid: list, problem: str):
    with pytest.raises(SweepError, match=problem):
        Sweep("bad", toy.run, lambda: grid, toy.metrics, toy.frameworks).settings()


def test_committed_tables_are_whole_and_fresh():
    """Every committed table can be read, and the chapter's sweeps are complete and fresh."""
    os.environ.pop("TLCOURSE_RESULTS")
    for name in names():
        if name.startswith("toy"):
            continue
        states = store.status(get(name))
        assert not states["stale"], name
        assert not states["missing"], name
        assert not states["orphaned"], name
