"""One execution for a chapter's solution and its learner's notebook: only where it stands for both."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def notebooks() -> ModuleType:
    sys.path.insert(0, str(ROOT))
    try:
        from tools import notebooks
    finally:
        sys.path.remove(str(ROOT))
    return notebooks


ABOVE, ANSWER, BLANK, BELOW = "x = 1", "def f(n):\n    return n", "def f(n):\n    ...", "print(x)"


def write(path: Path, cells: list[tuple[str, str]]) -> Path:
    made: list[dict[str, Any]] = [
        {"cell_type": "code", "id": name, "source": text.splitlines(keepends=True), "outputs": [],
         "metadata": {"nbgrader": {"grade": name.endswith("-check")}}, "execution_count": None}
        for name, text in cells
    ]  # fmt: skip
    path.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def pair(folder: Path, above: str, answer: str, blank: str, below: str) -> tuple[Path, Path]:
    return tuple(
        write(
            folder / f"{name}.ipynb",
            [("a", above), ("ch00-f", text), ("ch00-f-check", "check('f')"), ("b", below)],
        )
        for name, text in (("solution", answer), ("learner", blank))
    )  # type: ignore[return-value]


def test_every_cell_of_both_in_its_order(notebooks: ModuleType, tmp_path: Path) -> None:
    made, why = notebooks.together(*pair(tmp_path, ABOVE, ANSWER, BLANK, BELOW))
    assert made is not None, why
    cells = [(cell["id"], "".join(cell["source"])) for cell in made["cells"]]
    assert cells == [
        ("a", ABOVE), ("ch00-f", ANSWER), ("ch00-f-check", "check('f')"),
        ("ch00-f-blank", BLANK), ("ch00-f-check-blank", "check('f')"), ("b", BELOW),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("above", "answer", "below"),
    [
        (ABOVE, ANSWER, "print(f(x))"),  # an experiment that needs the answer
        (ABOVE, f"import math\n{ANSWER}", "print(math.pi)"),  # and what only the solution imports
        (ABOVE, f"{ANSWER}\nx = 3", BELOW),  # the answer changes what stands below it
        (ABOVE, ANSWER, "g = lambda: f(x)"),  # read when it is called
        ("def g():\n    return f(1)", ANSWER, "print(g())"),  # by a function above
        (ABOVE, ANSWER, "print([f(x) for k in range(3)])"),
        (ABOVE, ANSWER, "print(f'{f(1)}')"),
        (ABOVE, ANSWER, "f = f or 1"),
    ],
)
def test_two_executions_where_an_experiment_could_tell(
    notebooks: ModuleType, tmp_path: Path, above: str, answer: str, below: str
) -> None:
    made, why = notebooks.together(*pair(tmp_path, above, answer, BLANK, below))
    assert made is None
    assert "ch00-f" in why or "cell b" in why


def test_what_answer_and_blank_import_alike_is_no_reason(notebooks: ModuleType, tmp_path: Path) -> None:
    both = [f"import math\n{text}" for text in (ANSWER, BLANK)]
    made, why = notebooks.together(*pair(tmp_path, ABOVE, *both, "print(math.pi)"))
    assert made is not None, why
    made, _ = notebooks.together(
        *pair(tmp_path, ABOVE, both[0], f"import cmath as math\n{BLANK}", "print(math.pi)")
    )
    assert made is None


@pytest.mark.parametrize(
    "below",
    [
        "from tlcourse.evaluation import f\nprint(f)",  # another f
        "for f in range(3):\n    print(f)",
        "print([f for f in range(3)])",
        "def g(f):\n    return f",
        "x.f",
    ],
)
def test_another_thing_of_the_same_name_is_no_reason(
    notebooks: ModuleType, tmp_path: Path, below: str
) -> None:
    made, why = notebooks.together(*pair(tmp_path, ABOVE, ANSWER, BLANK, below))
    assert made is not None, why


def test_a_folder_has_each_chapter_once_or_both_as_they_are(
    notebooks: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in notebooks.FOLDERS:
        (tmp_path / folder / "torch").mkdir(parents=True)
    for chapter, below in (("00-one", BELOW), ("01-two", "print(f(2))")):
        for folder, text in zip(notebooks.FOLDERS, (ANSWER, BLANK), strict=True):
            cells = [("a", ABOVE), ("ch00-f", text), ("ch00-f-check", "check('f')"), ("b", below)]
            write(tmp_path / folder / "torch" / f"{chapter}.ipynb", cells)
    to = tmp_path / "to"
    to.mkdir()
    (to / "99-old.ipynb").write_text("{}")
    names = ["00-one.ipynb", "01-two.notebooks.ipynb", "01-two.solutions.ipynb"]
    assert sorted(path.name for path in notebooks.write_together(tmp_path, "torch", to)) == names
    assert sorted(path.name for path in to.iterdir()) == names
    assert "01-two is executed twice, because cell b reads f" in capsys.readouterr().out
    (tmp_path / "notebooks" / "torch" / "01-two.ipynb").unlink()
    with pytest.raises(ValueError, match="01-two"):
        notebooks.write_together(tmp_path, "torch", to)


@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_no_chapter_of_the_course_is_executed_twice(notebooks: ModuleType, framework: str) -> None:
    """It would cost as much again in each run of the tests. Another name in one of its cells mends it."""
    twice = {}
    for solution in sorted((ROOT / "solutions" / framework).glob("*.ipynb")):
        made, why = notebooks.together(solution, ROOT / "notebooks" / framework / solution.name)
        if made is None:
            twice[solution.stem] = why
    assert not twice


def test_of_the_course_every_cell_is_executed(notebooks: ModuleType, tmp_path: Path) -> None:
    """Solutions' cells and blanks, by name and text, chapter by chapter."""
    for framework in ("torch", "keras"):
        made = notebooks.write_together(ROOT, framework, tmp_path / framework)
        found = {
            (path.stem.partition(".")[0], cell["id"].removesuffix(notebooks.BLANK), "".join(cell["source"]))
            for path in made
            for cell in notebooks.code_cells(path)[1]
        }
        for folder in notebooks.FOLDERS:
            for path in sorted((ROOT / folder / framework).glob("*.ipynb")):
                due = {(path.stem, c["id"], "".join(c["source"])) for c in notebooks.code_cells(path)[1]}
                assert due
                assert due <= found, path
