"""A written PyTorch project, run where the course cannot be imported."""

from __future__ import annotations

from pathlib import Path

import end_to_end
import pytest


@pytest.mark.slow
def test_from_dirty_images_to_an_answer(tmp_path: Path) -> None:
    end_to_end.from_images_to_an_answer(tmp_path / "mine", "torch")


@pytest.mark.slow
def test_a_killed_run_goes_on_and_ends_as_a_whole_one(tmp_path: Path) -> None:
    end_to_end.stopped_and_started_again(tmp_path / "mine", "torch")
