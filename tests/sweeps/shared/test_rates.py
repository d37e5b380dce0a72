"""Chosen rates: the rule, what it gives for chapter 4, and what happens when a search chooses another."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tlcourse.sweeps import SweepError, get
from tlcourse.sweeps.engine import store
from tlcourse.sweeps.engine.hashing import row_hash
from tlcourse.sweeps.shared.rates import best_rates, chosen_rates
from tlcourse.sweeps.topics import freeze_or_tune

BY = ("dataset", "per_class", "method")
# What chapter 4's tables were made with.
RATES = {
    ("fluent", 5): (3e-4, 1e-3, 1e-4, 1e-3, 3e-4, 3e-4),
    ("fluent", 20): (3e-3, 3e-4, 1e-4, 1e-3, 1e-4, 3e-4),
    ("twemoji", 5): (3e-4, 3e-3, 1e-4, 1e-3, 1e-5, 1e-5),
    ("twemoji", 20): (1e-3, 1e-3, 3e-4, 3e-4, 3e-4, 1e-5),
    ("fashion-mnist", 5): (3e-3, 3e-4, 3e-4, 3e-3, 1e-4, 1e-4),
    ("fashion-mnist", 20): (3e-3, 3e-4, 1e-4, 1e-3, 3e-4, 1e-4),
    ("fashion-mnist", 100): (1e-2, 3e-4, 1e-4, 1e-3, 1e-4, 1e-4),
}


def runs(**scores: list[float]) -> list[dict]:
    """Rows of a search with one cell; a keyword such as ``r3`` is the rate 0.003."""
    return [
        {"kind": "a", "lr": int(name[1:]) / 1000, "seed": seed, "val_accuracy": score}
        for name, both in scores.items()
        for seed, score in enumerate(both)
    ]


def test_the_best_mean_over_the_seeds():
    assert best_rates(runs(r1=[0.9, 0.1], r2=[0.6, 0.6], r3=[0.5, 0.5]), ["kind"], "val_accuracy") == {
        ("a",): 0.002
    }
    assert best_rates(runs(r1=[1.0], r2=[3.0], r3=[2.0]), ["kind"], "val_accuracy", lowest=True) == {
        ("a",): 0.001
    }


@pytest.mark.parametrize("order", [1, -1])
def test_of_several_best_the_lowest(order: int):
    # 0.1 + 0.2 is not 0.3 in floating point, and the tables round: such means are equal.
    rows = runs(r3=[0.1, 0.2], r2=[0.3, 0.000004], r5=[0.15, 0.15], r1=[0.1, 0.19])
    assert best_rates(rows[::order], ["kind"], "val_accuracy") == {("a",): 0.002}
    assert best_rates(runs(r2=[0.3], r1=[0.2999]), ["kind"], "val_accuracy") == {("a",): 0.002}


def test_chapter_4_gets_the_rates_that_its_tables_were_made_with():
    expected = {
        (*cell, method): rate
        for cell, rates in RATES.items()
        for method, rate in zip(freeze_or_tune.METHODS, rates, strict=True)
    }
    assert freeze_or_tune.rates() == expected
    assert len(expected) == 42


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of chapter 4's tables and of chapter 5's, to change."""
    for name in ("freeze-or-tune-rates", "freeze-or-tune", "task-head-rates", "task-head"):
        shutil.copy(store.table_path(get(name)), tmp_path)
    monkeypatch.setenv("TLCOURSE_RESULTS", str(tmp_path))
    return tmp_path


def make_best(dataset: str, per_class: int, method: str, lr: float) -> None:
    """Let the search say that this rate is the best of its cell."""
    search = get("freeze-or-tune-rates")
    rows = store.read(search)
    for row in rows:
        if [row[name] for name in (*BY, "lr")] == [dataset, per_class, method, lr]:
            row["val_accuracy"] = 1.0
    path = store.table_path(search)
    before = path.stat().st_mtime_ns
    store._write(search, rows)
    os.utime(path, ns=(before + 10**9, before + 10**9))


def test_another_choice_asks_for_other_rows(copied):
    before = chosen_rates("freeze-or-tune-rates", BY)
    make_best("fluent", 20, "all", 1e-3)
    after = chosen_rates("freeze-or-tune-rates", BY)
    assert {cell for cell in before if before[cell] != after[cell]} == {("fluent", 20, "all")}
    asked = freeze_or_tune._comparison_grid()
    rows = [s for s in asked if (s["dataset"], s["per_class"], s["method"]) == ("fluent", 20, "all")]
    recorded = {
        (row["lr"], row["seed"])
        for row in store.read(get("freeze-or-tune"))
        if (row["dataset"], row["per_class"], row["method"]) == ("fluent", 20, "all")
    }
    assert len(rows) == 5
    assert all(s["lr"] == 1e-3 and (s["lr"], s["seed"]) not in recorded for s in rows)


def test_another_choice_makes_rows_stale_that_are_given_the_rate(copied):
    """Chapter 5's rows use a rate that its search chose, and no setting of theirs says so."""
    sweep, search = get("task-head"), get("task-head-rates")
    before = {str(s): row_hash(sweep, s) for s in sweep.settings()}
    assert all("lr" not in s for s in sweep.settings())
    rows = store.read(search)
    cell = [row for row in rows if (row["aim"], row["head"]) == ("kind", "linear")]
    used = sweep.given({"aim": "kind", "head": "linear"})["lr"]
    other = next(row["lr"] for row in cell if row["lr"] != used)
    for row in cell:
        if row["lr"] == other:
            row["val_loss"] = 0.0
    path = store.table_path(search)
    stamp = path.stat().st_mtime_ns + 10**9
    store._write(search, rows)
    os.utime(path, ns=(stamp, stamp))
    assert sweep.given({"aim": "kind", "head": "linear"})["lr"] == other
    moved = [s for s in sweep.settings() if row_hash(sweep, s) != before[str(s)]]
    assert {(s["aim"], s["head"]) for s in moved} == {("kind", "linear")}
    assert len(moved) == 10


def test_a_search_that_is_not_finished_chose_nothing(copied):
    search = get("freeze-or-tune-rates")
    rows = store.read(search)
    store._write(search, rows[:-3])
    with pytest.raises(
        SweepError, match=r"3 of its rows are missing[\s\S]*tlcourse results freeze-or-tune-rates"
    ):
        chosen_rates("freeze-or-tune-rates", BY)
    store.table_path(search).unlink()
    with pytest.raises(SweepError, match="420 of its rows are missing"):
        chosen_rates("freeze-or-tune-rates", BY)
