"""The bench times what it says it times."""

from __future__ import annotations

from pathlib import Path

import pytest
from commit import whose_turn

from tlcourse.authoring.source import chapter_paths, solutions
from tlcourse.commands import bench
from tlcourse.exercises import get

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("framework", [whose_turn(0)])
def test_every_check_is_timed_on_an_answer_that_gets_full_marks(framework: str) -> None:
    seconds = bench.check_seconds(ROOT, framework)
    assert set(seconds) == {name for path in chapter_paths(ROOT) for name in solutions(path, framework)}
    assert len(seconds) >= 9
    # The budgets are 2 s on a quiet machine, and 10 s where the answer trains.
    slow = {name: spent for name, spent in seconds.items() if spent > (30 if get(name).trains else 10)}
    assert not slow
