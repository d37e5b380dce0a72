"""``tlcourse results --rehash``, on sweeps that cost nothing: agreeing, moved, too few, killed, edited."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from toy_sweeps import fill

from tlcourse.errors import UnknownNameError
from tlcourse.sweeps import SweepError
from tlcourse.sweeps.engine import pool, rehash, store
from tlcourse.sweeps.engine.command import main
from tlcourse.sweeps.engine.registry import get, names
from tlcourse.sweeps.engine.rehash import rehash_sweeps
from tlcourse.sweeps.engine.spec import Sweep, key

HERE = Path(__file__).parent
OLD = "0123456789"


@pytest.fixture
def toy(toy: Sweep) -> Sweep:
    """The toy sweep, its table complete."""
    fill()
    return toy


def make_stale(sweep: Sweep, count: int | None = None) -> bytes:
    """As if the code of these rows had been another; returns the table as it is now."""
    for row in store.read(sweep)[:count]:
        store.append(sweep, {**row, "code": OLD})
    return store.table_path(sweep).read_bytes()


def call(name: str | list[str] = "toy", **kw) -> tuple[bool, list[str]]:
    lines: list[str] = []
    return rehash_sweeps(name, echo=lines.append, **kw), lines


def ran(lines: list[str]) -> list[str]:
    return [line.partition("] ")[2].partition(":")[0] for line in lines if line.startswith("[")]


def test_a_sample_that_agrees_vouches_for_the_table(toy: Sweep):
    fresh = store.table_path(toy).read_bytes()
    make_stale(toy)
    good, lines = call(salt="abc", jobs=2)
    assert good
    assert len(ran(lines)) == 5
    assert any("12 rows have the new hash" in line for line in lines)
    # The hashes, and nothing else: times, versions and numbers are those of the run that was recorded.
    assert store.table_path(toy).read_bytes() == fresh
    assert not store.status(toy)["stale"]


def test_numbers_within_the_tolerance_stay_as_recorded(monkeypatch, toy: Sweep):
    fresh = store.table_path(toy).read_bytes()
    make_stale(toy)
    monkeypatch.setenv("TOY_DRIFT", "0.04")
    good, _ = call()
    assert good
    assert store.table_path(toy).read_bytes() == fresh


def test_one_row_that_moved_refuses_the_table(monkeypatch, toy: Sweep):
    stale = make_stale(toy)
    monkeypatch.setenv("TOY_DRIFT", "0.5")
    monkeypatch.setenv("TOY_ODD", "3b1")  # one row of twelve
    verdicts = {}
    for salt in map(str, range(4)):
        good, lines = call(salt=salt)
        sampled = ran(lines)
        verdicts[good] = lines
        assert good == ("toy plain x=3 kind=b rate=0.1 seed=1" not in sampled)
        assert len(sampled) == 5
        if not good:
            assert store.table_path(toy).read_bytes() == stale
        make_stale(toy)
    assert set(verdicts) == {True, False}  # a sample may miss it: that is what a sample is
    text = "\n".join(verdicts[False])
    assert text.count("DIFFERS") == 1
    table = next(line for line in verdicts[False] if line.startswith("toy plain x=3 kind=b rate=0.1 seed=1"))
    assert table.split()[-5:] == ["y", "6.1", "6.6", "0.5", "0.05"]
    assert "toy: REFUSED, nothing written" in text


def test_only_stale_rows_are_sampled(toy: Sweep):
    fresh = store.table_path(toy).read_bytes()
    make_stale(toy, 7)
    good, lines = call(salt="a", sample=6)
    assert good
    assert lines[0] == "toy: 7 plain rows are stale"
    assert len(ran(lines)) == 6
    assert all("x=1" in row or "x=2" in row for row in ran(lines))
    assert store.table_path(toy).read_bytes() == fresh


def test_all_of_fewer_than_five(toy: Sweep):
    make_stale(toy, 3)
    good, lines = call()
    assert good
    assert len(ran(lines)) == 3


@pytest.mark.parametrize("sample", [4, 1, 0, -1])
def test_fewer_than_five_are_not_asked_for(toy: Sweep, sample: int):
    stale = make_stale(toy)
    with pytest.raises(SweepError, match="too few"):
        call(sample=sample)
    assert main(["toy", "--rehash", "--sample", str(sample)]) == 1
    assert store.table_path(toy).read_bytes() == stale


def test_a_fresh_table_costs_nothing(monkeypatch, toy: Sweep):
    before = store.table_path(toy).stat()
    monkeypatch.setenv("TOY_DIE", "1")
    monkeypatch.setattr(pool, "Worker", None)  # no worker is started
    good, lines = call()
    assert good
    assert lines == ["No row is stale."]
    assert store.table_path(toy).stat() == before


def test_missing_rows_stay_missing(toy: Sweep):
    rows = store.read(toy)
    store.table_path(toy).unlink()
    for row in rows[:9]:
        store.append(toy, {**row, "code": OLD})
    good, _ = call()
    assert good
    states = store.status(toy)
    assert [len(states[state]) for state in ("fresh", "stale", "missing")] == [9, 0, 3]


def test_a_row_that_fails_refuses_the_table(monkeypatch, capfd, toy: Sweep):
    stale = make_stale(toy)
    monkeypatch.setenv("TOY_FAIL", "2")
    good, lines = call(sample=12)
    assert not good
    assert "could not be run" in lines[-1]
    assert "ValueError: x is 2" in capfd.readouterr().err
    assert store.table_path(toy).read_bytes() == stale


def test_a_table_that_compares_nothing_is_refused(monkeypatch, toy: Sweep):
    stale = make_stale(toy)
    blind = Sweep("toy", toy.run, toy.grid, {"y": None, "took": None}, toy.frameworks)
    monkeypatch.setattr(rehash, "chosen_sweeps", lambda name: [blind])
    good, lines = call()
    assert not good
    assert not ran(lines)
    assert "No metric of the stale plain rows of 'toy' is ever compared" in "\n".join(lines)
    assert store.table_path(toy).read_bytes() == stale


def test_rows_that_are_not_compared_do_not_vouch(monkeypatch, toy: Sweep):
    make_stale(toy)
    some = Sweep(
        "toy",
        toy.run,
        toy.grid,
        {"y": lambda settings: None if settings["kind"] == "a" else 0.05, "took": None},
        toy.frameworks,
    )
    monkeypatch.setattr(rehash, "chosen_sweeps", lambda name: [some])
    good, lines = call()
    assert good
    assert len(ran(lines)) == 5
    assert all("kind=b" in row for row in ran(lines))
    assert not store.status(some)["stale"]


def test_code_that_is_edited_meanwhile(monkeypatch, toy: Sweep):
    """The workers read the code when they start: what they ran must be what the hash says."""
    stale = make_stale(toy)
    monkeypatch.setattr(rehash, "row_hash", lambda sweep, settings: "abcdefabcd")
    good, lines = call()
    assert not good
    assert "edited while the sample ran" in lines[-1]
    assert store.table_path(toy).read_bytes() == stale


def test_rows_run_by_somebody_else_meanwhile_are_left_alone(toy: Sweep):
    rows = store.read(toy)
    make_stale(toy)
    label = key(store.settings_of(toy, rows[0]), "plain")
    assert store.rehash(toy, {label: ("9999999999", "abcdefabcd")}) == 0
    assert {row["code"] for row in store.read(toy)} == {OLD}
    assert store.rehash(toy, {label: (OLD, "abcdefabcd")}) == 1
    assert [row["code"] for row in store.read(toy)].count(OLD) == 11


def test_the_framework_filter():
    for framework in ("torch", "keras"):
        for settings in get("toy-both").settings():
            row = {**settings, "framework": framework, "y": 2.0 * settings["x"] + 0.1 * settings["seed"]}
            more = {
                "took": 0.0,
                "cpu_seconds": 1.0,
                "seconds": 1.0,
                "code": OLD,
                "versions": "",
                "machine": "",
            }
            store.append(get("toy-both"), {**row, **more})
    table = rehash._table(get("toy-both"), rehash._stale(get("toy-both"), ("torch",)), 5, "")
    assert len(table.waiting) == 5
    assert len(table.codes) == 12
    assert all(label.endswith(" torch") for label in {**table.waiting, **table.codes})
    both = rehash._table(get("toy-both"), rehash._stale(get("toy-both"), None), 5, "")
    assert [label.rpartition(" ")[2] for label in both.waiting] == ["torch"] * 5 + ["keras"] * 5
    assert store.rehash(table.sweep, table.codes) == 12
    states = store.status(table.sweep)
    assert {framework for _, framework in states["stale"]} == {"keras"}
    assert {framework for _, framework in states["fresh"]} == {"torch"}
    with pytest.raises(UnknownNameError, match="no framework called 'jax'"):
        call(frameworks="jax")


def test_one_table_may_pass_where_another_is_refused(monkeypatch, toy: Sweep):
    other = get("toy-more")
    fill("toy-more")
    stale = make_stale(toy)
    make_stale(other)
    monkeypatch.setenv("TOY_DRIFT", "0.1")  # beyond the tolerance of the one, within that of the other
    good, lines = call(["toy", "toy-more"])
    assert not good
    assert sum("REFUSED" in line for line in lines) == 1
    assert store.table_path(toy).read_bytes() == stale
    assert not store.status(other)["stale"]


def test_killed_in_the_middle_it_goes_on(toy: Sweep):
    """kill -9 while the sample of the second table runs: the first is done, the second untouched."""
    other = get("toy-more")
    fill("toy-more")
    fresh, stale = store.table_path(toy).read_bytes(), make_stale(other)
    make_stale(toy)
    command = [sys.executable, "-m", "tlcourse.sweeps", "toy", "toy-more", "--rehash", "--jobs", "1"]
    environment = {**os.environ, "TOY_SLEEP": "0.3", "PYTHONPATH": os.pathsep.join([str(HERE), *sys.path])}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if "toy-more plain" in process.stdout.readline():
            break
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert store.table_path(toy).read_bytes() == fresh
    assert store.table_path(other).read_bytes() == stale
    assert sorted(path.name for path in store.results_dir().iterdir()) == ["toy-more.csv", "toy.csv"]
    good, lines = call(["toy", "toy-more"])
    assert good
    assert all("toy-more" in row for row in ran(lines))
    assert not store.status(other)["stale"]


def test_from_the_command_line(monkeypatch, toy: Sweep):
    from typer.testing import CliRunner

    from tlcourse.commands.cli import app

    make_stale(toy)
    result = CliRunner().invoke(app, ["results", "--rehash", "toy", "toy-more", "--salt", "x", "--jobs", "1"])
    assert result.exit_code == 0, result.output
    assert "12 rows have the new hash" in result.output
    make_stale(toy)
    monkeypatch.setenv("TOY_DRIFT", "0.5")
    assert CliRunner().invoke(app, ["results", "toy", "--rehash"]).exit_code == 1
    assert CliRunner().invoke(app, ["results", "toy", "--rehash", "--check"]).exit_code == 2
    assert main(["toy", "--rehash"]) == 1
    monkeypatch.delenv("TOY_DRIFT")
    assert main(["toy", "--rehash", "--salt", "y"]) == 0


def test_writing_a_committed_table_again_changes_no_byte(monkeypatch, tmp_path: Path):
    """What ``--rehash`` writes beside the hashes is what it read."""
    monkeypatch.delenv("TLCOURSE_RESULTS")
    for name in names():
        if name.startswith("toy"):
            continue
        before = store.table_path(get(name)).read_bytes()
        rows = store.read(get(name))
        with monkeypatch.context() as context:
            context.setenv("TLCOURSE_RESULTS", str(tmp_path))
            store._write(get(name), rows)
            assert store.table_path(get(name)).read_bytes() == before, name
