"""The bench times what it says it times."""

from __future__ import annotations

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
    seconds = bench.check_seconds(paths, framework)
    assert set(seconds) == {name for path in paths for name in solutions(path, framework)} != set()
    # The budgets are 2 s on a quiet machine, and 10 s where the answer trains.
    slow = {name: spent for name, spent in seconds.items() if spent > (30 if get(name).trains else 10)}
    assert not slow
