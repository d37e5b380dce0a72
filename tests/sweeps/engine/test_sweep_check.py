"""The sampled check: what it compares, whom it samples, and that it stays within its minutes."""

from __future__ import annotations

from pathlib import Path

import pytest
from toy_sweeps import ROWS, fill

from tlcourse.sweeps import SweepError
from tlcourse.sweeps.engine import store
from tlcourse.sweeps.engine.check import check_sweeps
from tlcourse.sweeps.engine.command import main
from tlcourse.sweeps.engine.sample import expected_seconds, sample_of, within_minutes
from tlcourse.sweeps.engine.spec import Sweep, key

HERE = Path(__file__).parent


def test_check_passes_then_fails_with_a_table(monkeypatch, toy: Sweep):
    fill()
    before = store.table_path(toy).read_bytes()
    lines: list[str] = []
    assert check_sweeps("toy", sample=3, salt="abc", echo=lines.append)
    assert sum("as recorded" in line for line in lines) == 3
    monkeypatch.setenv("TOY_DRIFT", "0.04")  # inside the tolerance
    assert check_sweeps("toy", sample=3, salt="abc", echo=lines.append)
    monkeypatch.setenv("TOY_DRIFT", "0.5")
    lines.clear()
    assert not check_sweeps("toy", sample=3, salt="abc", echo=lines.append)
    text = "\n".join(lines)
    assert "recorded" in text
    assert "0.5" in text
    assert "no longer come out" in text
    assert store.table_path(toy).read_bytes() == before


def test_check_refuses_an_incomplete_table(toy: Sweep):
    fill()
    rows = store.read(toy)
    store.table_path(toy).unlink()
    for row in rows[1:]:
        store.append(toy, row)
    lines: list[str] = []
    assert not check_sweeps("toy", sample=1, salt="a", echo=lines.append)
    assert "1 rows are missing" in lines[0]
    with pytest.raises(SweepError, match="checks nothing"):
        check_sweeps("toy", sample=0)


def test_a_tolerance_that_depends_on_the_settings(toy: Sweep):
    loose = Sweep("toy", toy.run, toy.grid, {"y": lambda s: 0.5 if s["x"] == 3 else 0.0, "took": None})
    assert loose.tolerance("y", {"x": 3}, "plain") == 0.5
    assert loose.tolerance("y", {"x": 1}, "plain") == 0.0
    assert loose.tolerance("took", {"x": 1}, "plain") is None
    of_keras = Sweep("toy", toy.run, toy.grid, {"y": lambda s: 0.5 if s["framework"] == "keras" else None})
    assert of_keras.tolerance("y", {"x": 1}, "keras") == 0.5
    assert of_keras.tolerance("y", {"x": 1}, "torch") is None


def test_the_salt_chooses(toy: Sweep):
    fill()

    def chosen(salt: str, sample: int = 4) -> list[str]:
        return [key(store.settings_of(toy, row)) for row in sample_of(toy, "plain", sample, salt)]

    assert chosen("a") == chosen("a")
    assert chosen("a", 2) == chosen("a")[:2]
    assert len({tuple(chosen(str(salt))) for salt in range(10)}) > 5
    assert len(chosen("a", 100)) == ROWS


GROUPS = {(fw, f"sweep-{n}"): [10.0, 25.0, 40.0] for fw in ("torch", "keras") for n in range(8)}


def cost(chosen: dict[tuple[str, str], list[int]]) -> float:
    jobs = [(*group, GROUPS[group][number]) for group, rows in chosen.items() for number in rows]
    return expected_seconds(jobs)


def test_a_sample_stays_within_its_minutes():
    """However many tables there are; and over the commits each of them gets its turn."""
    met: set[tuple[str, str]] = set()
    for salt in map(str, range(40)):
        chosen = within_minutes(GROUPS, 4, salt)
        assert chosen == within_minutes(GROUPS, 4, salt)
        assert 200 < cost(chosen) <= 240
        met |= {group for group, rows in chosen.items() if rows}
    assert met == set(GROUPS)
    everything = within_minutes(GROUPS, 1000, "a")
    assert all(rows == [0, 1, 2] for rows in everything.values())
    assert not any(within_minutes(GROUPS, 0.01, "a").values())


def test_dear_rows_get_their_turn_too():
    groups = {("torch", "cheap"): [5.0] * 9, ("torch", "dear"): [45.0], ("torch", "impossible"): [61.0]}
    met = [name for salt in "abcdefgh" for (_, name), rows in within_minutes(groups, 1, salt).items() if rows]
    assert {"cheap", "dear"} == set(met)


def test_check_within_minutes(monkeypatch, toy: Sweep):
    fill()
    for row in store.read(toy):
        store.append(toy, {**row, "cpu_seconds": 30.0})
    lines: list[str] = []
    # 1 second to start, and rows of half a minute.
    assert check_sweeps("toy", sample=6, minutes=1.6, salt="abc", echo=lines.append)
    assert sum("as recorded" in line for line in lines) == 3
    assert "rows of 1 of 1 tables" in lines[0]
    monkeypatch.setenv("TOY_DRIFT", "0.5")
    assert main(["toy", "--check", "--minutes", "1.6", "--salt", "abc"]) == 1
    monkeypatch.delenv("TOY_DRIFT")
    assert main(["toy", "--check", "--minutes", "1.6", "--salt", "abc"]) == 0
    for minutes in (0.5, 0):  # a check that checks nothing is no check
        with pytest.raises(SweepError, match="minutes"):
            check_sweeps("toy", minutes=minutes)
