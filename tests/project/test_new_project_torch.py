"""A written PyTorch project, run where the course cannot be imported."""

from __future__ import annotations

from pathlib import Path

import end_to_end
import pytest


@pytest.mark.slow
@pytest.mark.turns(2, "tlcourse/project", "tests/project")
def test_from_dirty_images_to_an_answer_with_a_kill_on_the_way(tmp_path: Path) -> None:
    end_to_end.whole_way(tmp_path / "mine", "torch")
