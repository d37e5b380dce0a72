"""A written Keras project for texts, run where the course cannot be imported."""

from __future__ import annotations

from pathlib import Path

import page_of_texts
import pytest
import text_end_to_end


@pytest.mark.slow
@pytest.mark.turns(2, "tlcourse/project", "tests/project")
def test_from_a_table_to_answers_with_a_kill_on_the_way(tmp_path: Path) -> None:
    text_end_to_end.whole_way(tmp_path / "mine", "keras")


@pytest.mark.slow
@pytest.mark.turns(2, "tlcourse/project", "tests/project", "book/your-own-texts.md")
def test_the_pages_code_runs_in_an_empty_folder(tmp_path: Path) -> None:
    page_of_texts.check(tmp_path, "keras")
