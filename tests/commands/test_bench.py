"""The bench times what it says it times."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from commit import FRAMEWORKS, in_turn

from tlcourse.authoring.source import chapter_paths, solutions
from tlcourse.commands import bench
from tlcourse.exercises import get

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.turns(3, "tlcourse/commands", "tlcourse/exercises/engine")
def test_every_check_is_timed_on_an_answer_that_gets_full_marks() -> None:
    """The tests of the exercises run every solution; here those of every third chapter, by turns."""
    turns = in_turn([(path, framework) for path in chapter_paths(ROOT) for framework in FRAMEWORKS], 6)
    for framework in {framework for _, framework in turns}:
        check_chapters([path for path, each in turns if each == framework], framework)


def check_chapters(paths: list[Path], framework: str) -> None:
    seconds = dict(bench.check_seconds(paths, framework))
    assert set(seconds) == {name for path in paths for name in solutions(path, framework)} != set()
    # The budgets are 2 s on a quiet machine, and 10 s where the answer trains.
    slow = {name: spent for name, spent in seconds.items() if spent > (30 if get(name).trains else 10)}
    assert not slow


def test_a_row_is_there_before_the_next_one_is_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    script = "import time; print('talk'); print('x\\x1ech00-a 1.5', flush=True); time.sleep(60)"
    monkeypatch.setattr(bench, "_CHECKS", script)
    began = time.monotonic()
    rows = bench.check_seconds([], "torch")
    assert next(rows) == ("ch00-a", 1.5)
    assert time.monotonic() - began < 30
    rows.close()


def test_a_solution_that_fails_says_why_after_what_was_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    script = "print('\\x1ech00-a 1.5', flush=True); raise SystemExit('ch00-b: NOT YET')"
    monkeypatch.setattr(bench, "_CHECKS", script)
    rows = bench.check_seconds([], "torch")
    assert next(rows) == ("ch00-a", 1.5)
    with pytest.raises(subprocess.CalledProcessError) as raised:
        next(rows)
    assert raised.value.stderr.strip() == "ch00-b: NOT YET"


def test_each_row_is_printed_when_it_is_there_with_the_time_left(tmp_path: Path) -> None:
    """In a process of its own, whose output is read while it goes on."""
    script = """
import time
from pathlib import Path
from tlcourse.commands.bench import Timing, run_bench

def waiting():
    yield "second", "2 s", "-"
    time.sleep(60)
    yield "third", "62 s", "-"

timings = [Timing("one", 1, lambda: [("first", "1 s", "2 s")]), Timing("two", 119, waiting)]
run_bench(Path("."), timings)
"""
    with subprocess.Popen([sys.executable, "-u", "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(4)]
        process.kill()
    heading, first, left, second = (line.split() for line in lines)
    assert heading == ["what", "is", "timed", "measured", "budget"]
    assert first == ["first", "1", "s", "2", "s"]
    assert left[-1] == "left)"
    assert second == ["second", "2", "s", "-"]


def test_what_cannot_be_timed_hides_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    def fails() -> list[bench.Row]:
        raise subprocess.CalledProcessError(1, ["x"], stderr="noise\nno such weights\n")

    rows = [bench.Timing("broken", 1, fails), bench.Timing("whole", 1, lambda: [("whole", "1 s", "-")])]
    assert not bench.run_bench(ROOT, rows)
    printed = capsys.readouterr().out
    assert "broken: not timed, no such weights" in printed
    assert "whole " in printed
    assert bench.run_bench(ROOT, rows[1:])


def test_everything_has_its_turn() -> None:
    names = [timing.name for timing in bench.timings(ROOT)]
    assert names[0] == "import tlcourse"
    for path in chapter_paths(ROOT):
        for framework in FRAMEWORKS:
            wanted = {f"{folder}/{framework}/{path.stem}.ipynb" for folder in ("notebooks", "solutions")}
            assert wanted < set(names)
            assert f"the checks of {path.stem}, {framework}" in names
    assert all(timing.expected > 0 for timing in bench.timings(ROOT))
