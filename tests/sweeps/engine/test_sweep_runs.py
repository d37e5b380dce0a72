"""Sweeps are run: resumed, killed, failing, stale; on sweeps that cost nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from toy_sweeps import ROWS, fill, run

from tlcourse.sweeps import SweepError, table
from tlcourse.sweeps.engine import progress, store
from tlcourse.sweeps.engine.command import main
from tlcourse.sweeps.engine.pool import Job, Outcome
from tlcourse.sweeps.engine.registry import get
from tlcourse.sweeps.engine.rows import machine, run_row, versions
from tlcourse.sweeps.engine.run import run_sweeps
from tlcourse.sweeps.engine.spec import Sweep

HERE = Path(__file__).parent


def test_runs_all_then_nothing(toy: Sweep):
    good, lines = run(jobs=2)
    assert good
    assert lines[0] == "toy: 0 fresh, 0 stale, 12 missing"
    assert sum("left]" in line for line in lines) == ROWS
    rows = table("toy")
    assert len(rows) == ROWS
    assert list(rows.columns) == [
        *("x", "kind", "rate", "seed", "framework", "y", "took"),
        *("cpu_seconds", "seconds", "code", "versions", "machine"),
    ]
    assert (rows.y == 2 * rows.x + 0.1 * rows.seed).all()
    assert "tlcourse" in rows.versions[0]
    assert os.uname().nodename not in store.table_path(toy).read_text()
    before = store.table_path(toy).read_bytes()
    good, lines = run()
    assert good
    assert lines == ["toy: 12 fresh, 0 stale, 0 missing"]
    assert store.table_path(toy).read_bytes() == before


def test_killed_at_any_moment_it_goes_on(toy: Sweep):
    """kill -9 in the middle of rows, three times: no half row, no row twice, no worker left behind."""
    command = [sys.executable, "-m", "tlcourse.sweeps", "toy", "--jobs", "2"]
    environment = {**os.environ, "TOY_SLEEP": "0.15", "PYTHONPATH": str(HERE)}
    counts = [0]
    for pause in (0.4, 0.5, 0.6):
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        assert process.stdout is not None
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:  # until it has written a row
            if "left]" in process.stdout.readline():
                break
        time.sleep(pause / 4)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        counts.append(len(store.read(toy)))  # raises if damaged
        assert counts[-1] > counts[-2]
        group = process.pid
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:  # the workers see their input end, and leave
            try:
                os.killpg(group, 0)
            except ProcessLookupError:
                break
            time.sleep(0.05)
        else:
            pytest.fail("a worker outlived its parent")
    assert counts[-1] < ROWS
    (store.results_dir() / ".toy.csvabc.tmp").write_text("left by a kill in the middle of a write")
    good, lines = run()
    assert good
    assert lines[0] == f"toy: {counts[-1]} fresh, 0 stale, {ROWS - counts[-1]} missing"
    assert [path.name for path in store.results_dir().iterdir()] == ["toy.csv"]
    assert len(table("toy")) == ROWS


def test_a_row_that_fails(monkeypatch, capfd, toy: Sweep):
    monkeypatch.setenv("TOY_FAIL", "2")
    good, lines = run()
    assert not good
    assert len(store.read(toy)) == 8
    errors = capfd.readouterr().err
    assert "FAILED: toy plain x=2 kind=a" in errors
    assert "ValueError: x is 2" in errors
    assert "4 of 12 rows failed" in errors
    monkeypatch.delenv("TOY_FAIL")
    good, lines = run()
    assert good
    assert lines[0] == "toy: 8 fresh, 0 stale, 4 missing"


def test_a_worker_that_dies(monkeypatch, capfd, toy: Sweep):
    monkeypatch.setenv("TOY_DIE", "1")  # the cheapest rows come first: four deaths in a row
    good, _ = run(jobs=1)
    assert not good
    errors = capfd.readouterr().err
    assert "ended with status 7" in errors
    assert "died three times in a row" in errors
    assert store.read(toy) == []
    monkeypatch.setenv("TOY_DIE", "3")
    good, _ = run(jobs=1)
    assert not good
    assert len(store.read(toy)) == 8


def test_exit_status(monkeypatch):
    assert main(["toy"]) == 0
    assert main(["toy", "--check", "--sample", "1", "--salt", "abc"]) == 0
    monkeypatch.setenv("TOY_DRIFT", "1")
    assert main(["toy", "--check", "--sample", "1", "--salt", "abc"]) == 1
    assert main(["toyy"]) == 1


def test_stale_rows_are_listed_and_run_again(toy: Sweep):
    fill()
    rows = store.read(toy)
    for row in rows[:2]:
        store.append(toy, {**row, "code": "0123456789"})
    assert len(store.status(toy)["stale"]) == 2
    good, lines = run()
    assert good
    assert lines[0] == "toy: 10 fresh, 2 stale, 0 missing"
    assert "x=1 kind=a" in lines[1]
    assert not store.status(toy)["stale"]


def test_bad_functions(toy: Sweep):
    settings = toy.settings()[0]
    other = Sweep("toy", toy.run, toy.grid, {"z": 0.1}, toy.frameworks)
    with pytest.raises(SweepError, match="names z"):
        run_row(other, settings, "plain")
    with pytest.raises(SweepError, match="cannot be imported"):
        Sweep("toy", "toy_sweeps:nothing", toy.grid, {}, toy.frameworks).function()


def test_nan_is_refused(monkeypatch, toy: Sweep):
    monkeypatch.setenv("TOY_DRIFT", "nan")
    with pytest.raises(SweepError, match="y = nan"):
        run_row(toy, toy.settings()[0], "plain")


def test_time_left():
    assert progress._duration(75) == "1:15"
    assert progress._duration(4000) == "1:06:40"
    toy = get("toy")
    jobs = [Job(toy, settings, "plain") for settings in toy.settings()]
    left = progress.Progress(jobs, workers=1)
    assert left.time_left() == "?"
    # Rows of cost 1 that take 2 s: 4 x 1 + 4 x 2 + 4 x 3 = 24 in all, 23 left.
    assert left.note(Outcome(jobs[0], {"seconds": 2.0})) == "0:46"


def test_machine_and_versions_say_no_host_name():
    assert os.uname().nodename not in machine()
    assert "python" in versions("plain")


def test_a_search_is_run_before_the_sweep_that_reads_it(toy: Sweep):
    after, lines = replace(get("toy-after")), []  # a grid is made once in a process: a new one
    assert run_sweeps([after, "toy"], echo=lines.append)
    counts = [line for line in lines if "missing" in line]
    assert counts == ["toy: 0 fresh, 0 stale, 12 missing", "toy-after: 0 fresh, 0 stale, 2 missing"]
    rows = table("toy-after")
    assert rows.x.tolist() == [3, 3]
    assert rows.y.tolist() == [30.25, 30.25]  # what is given comes beside the settings
    assert "more" not in rows.columns
    lines.clear()
    assert run_sweeps([after, "toy"], echo=lines.append)
    assert lines == ["toy: 12 fresh, 0 stale, 0 missing", "toy-after: 2 fresh, 0 stale, 0 missing"]


def test_without_its_search_a_sweep_says_what_to_run():
    with pytest.raises(SweepError, match=r"12 of its rows are missing[\s\S]*tlcourse results toy"):
        run_sweeps([replace(get("toy-after"))], echo=lambda line: None)
