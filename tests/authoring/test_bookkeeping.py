"""Cells that only the solution has: nobody else sees them, and nothing that is seen needs them."""

from __future__ import annotations

from pathlib import Path

import pytest
from good_source import GOOD, mistakes, read

from tlcourse.authoring.compile import compile_chapter

RECORD = 'record("answer", 42, tolerance=0)'
CELL = "```{code-cell} ipython3\n%s\n```\n\n"


def kept_apart(shown: str, kept: str, below: str = "print(number)") -> str:
    """A source with a cell that is seen, a bookkeeping cell, and another that is seen."""
    cells = CELL % shown + CELL % f":tags: [bookkeeping]\n\n{kept}" + CELL % below
    return GOOD.replace(CELL % f":tags: [bookkeeping]\n\n{RECORD}", cells)


KEPT = kept_apart(
    "number = 42\nprint(number)", 'half = number / 2\nrecord("answer", number)\nrecord("half", half)'
)


def code(folder: Path, flavour: str) -> dict[str, str]:
    notebook = compile_chapter(
        folder / "book/chapters/00-a.md", "torch", flavour, claims={"answer": {"value": 42}}, seconds={}
    )
    return {cell.id: cell.source for cell in notebook.cells if cell.cell_type == "code"}


def test_only_the_solution_has_them(tmp_path: Path, known: object) -> None:
    read(tmp_path, KEPT)
    solution, learner, page = (code(tmp_path, flavour) for flavour in ("solution", "learner", "site"))
    assert 'record("half", half)' in "\n".join(solution.values())
    assert solution["setup-bookkeeping"] == "from tlcourse.claims import record"
    assert list(solution)[:2] == ["setup", "setup-bookkeeping"]
    for seen in (learner, page):
        assert "record" not in "\n".join(seen.values())
        assert "half" not in "\n".join(seen.values())
        assert "number = 42\nprint(number)" in seen.values()
        assert set(seen) < set(solution)


def test_a_chapter_that_records_nothing_imports_nothing_for_it(tmp_path: Path, known: object) -> None:
    read(
        tmp_path,
        GOOD.replace(CELL % f":tags: [bookkeeping]\n\n{RECORD}", "").replace("{claim}`answer`", "42"),
    )
    for flavour in ("solution", "learner"):
        assert "setup-bookkeeping" not in code(tmp_path, flavour)


SHOWN, RECORDED = "number = 42", 'record("answer", number)'
REFUSED = {
    "a name that only bookkeeping makes": (
        (SHOWN, f"{RECORDED}\nhalf = number / 2", "print(half)"),
        "reads 'half' as the bookkeeping cell on line 20 made it",
    ),
    "the same in a function": (
        (SHOWN, f"{RECORDED}\nhalf = 21", "def f():\n    return half"),
        "reads 'half' as the bookkeeping cell on line 20 made it",
    ),
    "a name bound anew": ((SHOWN, f"{RECORDED}\nnumber = 43"), "reads 'number' as the bookkeeping cell"),
    "an object changed": (("number = [42]", f'{RECORDED}\nnumber.append("x")'), "changes 'number'"),
    "a record among them": (
        (SHOWN, RECORDED, 'if number:\n    record("other", 1)'),
        "record(...) stands in a cell that learners and readers see",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_seen_needs_nothing_of_them(name: str, tmp_path: Path, known: object) -> None:
    cells, words = REFUSED[name]
    assert any(words in str(m) for m in mistakes(tmp_path, kept_apart(*cells)))


def test_a_name_that_is_made_again_is_free(tmp_path: Path, known: object) -> None:
    read(tmp_path, kept_apart(SHOWN, f"{RECORDED}\nhalf = 21", "half = number\nprint(half)"))
    read(
        tmp_path,
        kept_apart(SHOWN, f"{RECORDED}\nfor i in (1, 2):\n    pass", "for i in (3, 4):\n    print(i)"),
    )


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("## Begin", '+++ {"tags": ["bookkeeping"]}\n\n## Begin\n\n+++\n', "prose"),
        (":exercise: ch00-double", ":exercise: ch00-double\n:tags: [bookkeeping]", "an exercise"),
    ],
)
def test_only_a_plain_code_cell_can_be_one(
    old: str, new: str, what: str, tmp_path: Path, known: object
) -> None:
    assert any(f"'bookkeeping' is on {what}" in str(m) for m in mistakes(tmp_path, GOOD.replace(old, new)))
