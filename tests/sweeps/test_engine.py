"""The sweep engine, on sweeps that cost nothing: resumed, killed, failing, damaged, stale, checked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tlcourse.errors import UnknownNameError
from tlcourse.sweeps import SweepError, compare, engine, store, table
from tlcourse.sweeps.registry import get, names
from tlcourse.sweeps.rows import machine, run_row, versions
from tlcourse.sweeps.spec import Sweep, code_of, key, row_hash

HERE = Path(__file__).parent
ROWS = 12


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(str(HERE))
    monkeypatch.setenv("TLCOURSE_SWEEPS", "toy_sweeps")
    monkeypatch.setenv("TLCOURSE_RESULTS", str(tmp_path / "results"))
    for name in ("TOY_FAIL", "TOY_DIE", "TOY_SLEEP", "TOY_DRIFT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def toy() -> Sweep:
    return get("toy")


def run(**kw) -> tuple[bool, list[str]]:
    lines: list[str] = []
    return engine.run_sweeps("toy", echo=lines.append, **kw), lines


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
        deadline = time.monotonic() + 10
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


def test_the_file_does_not_depend_on_the_order(toy: Sweep):
    run()
    rows = store.read(toy)
    before = store.table_path(toy).read_bytes()
    store.table_path(toy).unlink()
    for row in reversed(rows):
        store.append(toy, row)
    assert store.table_path(toy).read_bytes() == before


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
    assert engine.main(["toy"]) == 0
    assert engine.main(["toy", "--check", "--sample", "1", "--salt", "abc"]) == 0
    monkeypatch.setenv("TOY_DRIFT", "1")
    assert engine.main(["toy", "--check", "--sample", "1", "--salt", "abc"]) == 1
    assert engine.main(["toyy"]) == 1


def test_check_passes_then_fails_with_a_table(monkeypatch, toy: Sweep):
    run()
    before = store.table_path(toy).read_bytes()
    lines: list[str] = []
    assert engine.check_sweeps("toy", sample=3, salt="abc", echo=lines.append)
    assert sum("as recorded" in line for line in lines) == 3
    monkeypatch.setenv("TOY_DRIFT", "0.04")  # inside the tolerance
    assert engine.check_sweeps("toy", sample=3, salt="abc", echo=lines.append)
    monkeypatch.setenv("TOY_DRIFT", "0.5")
    lines.clear()
    assert not engine.check_sweeps("toy", sample=3, salt="abc", echo=lines.append)
    text = "\n".join(lines)
    assert "recorded" in text
    assert "0.5" in text
    assert "no longer come out" in text
    assert store.table_path(toy).read_bytes() == before


def test_check_refuses_an_incomplete_table(toy: Sweep):
    run()
    rows = store.read(toy)
    store.table_path(toy).unlink()
    for row in rows[1:]:
        store.append(toy, row)
    lines: list[str] = []
    assert not engine.check_sweeps("toy", sample=1, salt="a", echo=lines.append)
    assert "1 rows are missing" in lines[0]
    with pytest.raises(SweepError, match="checks nothing"):
        engine.check_sweeps("toy", sample=0)


def test_a_tolerance_that_depends_on_the_settings(toy: Sweep):
    loose = Sweep("toy", toy.run, toy.grid, {"y": lambda s: 0.5 if s["x"] == 3 else 0.0, "took": None})
    assert loose.tolerance("y", {"x": 3}) == 0.5
    assert loose.tolerance("y", {"x": 1}) == 0.0
    assert loose.tolerance("took", {"x": 1}) is None


def test_the_salt_chooses(toy: Sweep):
    run()

    def chosen(salt: str, sample: int = 4) -> list[str]:
        return [key(store.settings_of(toy, row)) for row in engine.sample_of(toy, "plain", sample, salt)]

    assert chosen("a") == chosen("a")
    assert chosen("a", 2) == chosen("a")[:2]
    assert len({tuple(chosen(str(salt))) for salt in range(10)}) > 5
    assert len(chosen("a", 100)) == ROWS


GROUPS = {(fw, f"sweep-{n}"): [10.0, 25.0, 40.0] for fw in ("torch", "keras") for n in range(8)}


def cost(chosen: dict[tuple[str, str], list[int]]) -> float:
    jobs = [(*group, GROUPS[group][number]) for group, rows in chosen.items() for number in rows]
    return engine.expected_seconds(jobs)


def test_a_sample_stays_within_its_minutes():
    """However many tables there are; and over the commits each of them gets its turn."""
    met: set[tuple[str, str]] = set()
    for salt in map(str, range(40)):
        chosen = engine.within_minutes(GROUPS, 4, salt)
        assert chosen == engine.within_minutes(GROUPS, 4, salt)
        assert 200 < cost(chosen) <= 240
        met |= {group for group, rows in chosen.items() if rows}
    assert met == set(GROUPS)
    everything = engine.within_minutes(GROUPS, 1000, "a")
    assert all(rows == [0, 1, 2] for rows in everything.values())
    assert not any(engine.within_minutes(GROUPS, 0.01, "a").values())


def test_dear_rows_get_their_turn_too():
    groups = {("torch", "cheap"): [5.0] * 9, ("torch", "dear"): [45.0], ("torch", "impossible"): [61.0]}
    met = [
        name
        for salt in "abcdefgh"
        for (_, name), rows in engine.within_minutes(groups, 1, salt).items()
        if rows
    ]
    assert {"cheap", "dear"} == set(met)


def test_check_within_minutes(monkeypatch, toy: Sweep):
    run()
    for row in store.read(toy):
        store.append(toy, {**row, "cpu_seconds": 30.0})
    lines: list[str] = []
    # 1 second to start, and rows of half a minute.
    assert engine.check_sweeps("toy", sample=6, minutes=1.6, salt="abc", echo=lines.append)
    assert sum("as recorded" in line for line in lines) == 3
    assert "rows of 1 of 1 tables" in lines[0]
    monkeypatch.setenv("TOY_DRIFT", "0.5")
    assert engine.main(["toy", "--check", "--minutes", "1.6", "--salt", "abc"]) == 1
    monkeypatch.delenv("TOY_DRIFT")
    assert engine.main(["toy", "--check", "--minutes", "1.6", "--salt", "abc"]) == 0
    for minutes in (0.5, 0):  # a check that checks nothing is no check
        with pytest.raises(SweepError, match="minutes"):
            engine.check_sweeps("toy", minutes=minutes)


def test_stale_rows_are_listed_and_run_again(toy: Sweep):
    run()
    rows = store.read(toy)
    for row in rows[:2]:
        store.append(toy, {**row, "code": "0123456789"})
    assert len(store.status(toy)["stale"]) == 2
    good, lines = run()
    assert good
    assert lines[0] == "toy: 10 fresh, 2 stale, 0 missing"
    assert "x=1 kind=a" in lines[1]
    assert not store.status(toy)["stale"]


def test_rows_that_the_grid_no_longer_asks_for(toy: Sweep):
    run()
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
    run()
    path = store.table_path(toy)
    path.write_text(_spoil(path.read_text(), how))
    before = path.read_bytes()
    for action in (lambda: table("toy"), run, lambda: engine.check_sweeps("toy")):
        with pytest.raises(SweepError, match="damaged") as caught:
            action()
        assert "git checkout" in str(caught.value)
    assert path.read_bytes() == before


def test_unknown_names():
    with pytest.raises(UnknownNameError, match="no sweep called 'toyy'"):
        table("toyy")
    with pytest.raises(UnknownNameError, match="no framework called 'jax'"):
        engine.run_sweeps("toy", frameworks=["jax"])
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


def test_the_hash_follows_what_the_function_uses(toy: Sweep):
    source = (HERE / "toy_sweeps.py").read_text()
    code = code_of(source, "double")
    assert "FACTOR = 2.0" in code
    assert "_extra" in code
    assert "grid" not in code
    assert code_of("# a comment\n" + source, "double") == code
    assert code_of(source.replace("2.0", "3.0"), "double") != code
    first, second = toy.settings()[:2]
    assert row_hash(toy, first) != row_hash(toy, second)
    assert len(row_hash(toy, first)) == 10


def test_live_row_and_compare(monkeypatch, toy: Sweep):
    from types import ModuleType

    import tlcourse
    from tlcourse.sweeps import live

    fake = ModuleType("tlcourse.frameworks")
    fake.current_framework = lambda: "plain"
    monkeypatch.setitem(sys.modules, "tlcourse.frameworks", fake)
    monkeypatch.setattr(tlcourse, "frameworks", fake, raising=False)
    run()
    row = live.live_row("toy", x=2, kind="a", seed=1)
    assert row["y"] == pytest.approx(4.1)
    found = compare("toy", row)
    assert list(found.index) == ["y"]
    assert found.loc["y", "agrees"]
    assert found.loc["y", "n"] == 2
    assert found.loc["y", "mean"] == pytest.approx(4.05)
    assert not compare("toy", {**row, "y": 5.0}).loc["y", "agrees"]
    with pytest.raises(SweepError, match=r"2 rows .*[\s\S]*seed: 0, 1"):
        live.live_row("toy", x=2, kind="a")
    with pytest.raises(SweepError, match=r"No rows .*[\s\S]*x: 1, 2, 3"):
        live.live_row("toy", x=9)
    with pytest.raises(SweepError, match="no setting 'lr'"):
        live.live_row("toy", lr=9)
    assert len(live.run_all("toy")) == 0
    assert len(live.run_all("toy", again=True)) == ROWS


def test_time_left():
    assert engine._duration(75) == "1:15"
    assert engine._duration(4000) == "1:06:40"
    toy = get("toy")
    jobs = [engine.Job(toy, settings, "plain") for settings in toy.settings()]
    progress = engine.Progress(jobs, workers=1)
    assert progress.time_left() == "?"
    # Rows of cost 1 that take 2 s: 4 x 1 + 4 x 2 + 4 x 3 = 24 in all, 23 left.
    assert progress.note(engine.Outcome(jobs[0], {"seconds": 2.0})) == "0:46"


def test_machine_and_versions_say_no_host_name():
    assert os.uname().nodename not in machine()
    assert "python" in versions("plain")


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
