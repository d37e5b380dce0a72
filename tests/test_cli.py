"""The command line: one clear message and exit status 1 for whatever is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tlcourse import cli
from tlcourse.errors import CourseError

runner = CliRunner()


def test_outside_the_course_says_where_to_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = runner.invoke(cli.app, ["build"])
    assert result.exit_code == 1
    assert "not inside the course's folder" in result.output
    assert "What to do" in result.output
    assert "Traceback" not in result.output


def test_course_root_is_found_from_below(tmp_path: Path) -> None:
    (tmp_path / "book" / "chapters").mkdir(parents=True)
    below = tmp_path / "notebooks" / "torch"
    below.mkdir(parents=True)
    assert cli.course_root(below) == tmp_path.resolve()


def test_an_unknown_exercise_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    answer = tmp_path / "answer.py"
    answer.write_text("x = 1\n")
    result = runner.invoke(cli.app, ["check", "ch00-nonsense", str(answer)])
    assert result.exit_code == 1
    assert "no exercise called 'ch00-nonsense'" in result.output


def test_an_unknown_sweep_is_refused() -> None:
    result = runner.invoke(cli.app, ["results", "nonsense"])
    assert result.exit_code == 1
    assert "nonsense" in result.output
    assert "What to do" in result.output


def test_an_unknown_download_is_refused() -> None:
    result = runner.invoke(cli.app, ["fetch", "nonsense"])
    assert result.exit_code == 1
    assert "nonsense" in result.output


def test_explained_keeps_other_errors_visible() -> None:
    @cli.explained
    def broken() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()


def test_errors_say_what_to_do() -> None:
    error = CourseError("It broke.", "Mend it.")
    assert str(error) == "It broke.\n  What to do: Mend it."
    assert (error.problem, error.fix) == ("It broke.", "Mend it.")
