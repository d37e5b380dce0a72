"""One notebook that executes a chapter's solution and its learner's notebook together.

The two are the same but for the answers' cells: every experiment would run twice. In the notebook made here
each answer and its check are followed by the blank and its check, so that every cell of both is executed, in
its own order and in one kernel. That stands for two runs because

- what stands below an exercise finds what the blank leaves, as it does for a learner who answers nothing;
- no experiment reads a name that an answer or a blank binds, so a solution's cells do the same after either.

Where the second does not hold, by the names in the cells, `together` says so, and both are executed.
"""

from __future__ import annotations

import ast
import copy
import json
from pathlib import Path
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from tlcourse.authoring.source.bookkeeping import in_solution_only
from tlcourse.exercises.engine.bindings import bound_by, read_by, read_from_above

FOLDERS = ("solutions", "notebooks")
BLANK = "-blank"  # ends the name of a learner's cell, beside the solution's of the same name
Cell = dict[str, Any]


def code_cells(path: Path) -> tuple[dict[str, Any], list[Cell]]:
    """A notebook, and its code cells in order."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return notebook, [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def statements(cell: Cell) -> list[ast.stmt]:
    """The statements of a cell."""
    return ast.parse(TransformerManager().transform_cell("".join(cell["source"]))).body


def is_check(cell: Cell) -> bool:
    """Whether it is the cell that marks an answer."""
    return bool(cell["metadata"].get("nbgrader", {}).get("grade"))


def bound_in(cell: Cell) -> set[str]:
    """The names that a cell binds."""
    return {name for statement in statements(cell) for name in bound_by(statement)}


def imported_by_both(one: Cell, other: Cell) -> set[str]:
    """The names that two cells bind by the same imports: whichever ran, they are the same."""
    imports = [
        {ast.dump(s): s for s in statements(cell) if isinstance(s, ast.Import | ast.ImportFrom)}
        for cell in (one, other)
    ]
    return {name for same in imports[0].keys() & imports[1].keys() for name in bound_by(imports[0][same])}


def read_later(cell: Cell) -> set[str]:
    """The names that the functions of a cell read, whenever they are called."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    return {
        name
        for statement in statements(cell)
        if any(isinstance(node, functions) for node in ast.walk(statement))
        for name in read_by(statement)
    }


def together(solution: Path, learner: Path) -> tuple[dict[str, Any] | None, str]:
    """The notebook that executes both, with an empty reason; or None, with the reason why there is none."""
    notebook, solved = code_cells(solution)
    _, blank = code_cells(learner)
    # Learners have no bookkeeping. It changes nothing that another cell reads: the compiler sees to that.
    stubs = {cell["id"]: cell for cell in blank}
    if [cell["id"] for cell in solved if not in_solution_only(cell)] != list(stubs):
        return None, "their cells differ in their names or their order"
    cells: list[Cell] = []
    answers: set[str] = set()  # what an answer above has bound, and nothing since
    later: set[str] = set()
    waiting: Cell | None = None  # the blank of the answer whose check comes next
    for right in solved:
        cells.append(right)
        stub = right if in_solution_only(right) else stubs[right["id"]]
        if is_check(right):
            if waiting is not None:
                cells += [_blank(waiting), _blank(stub)]
            waiting = None
        elif waiting is not None:
            return None, f"cell {right['id']} stands between an answer and its check"
        elif right["source"] != stub["source"]:
            made = (bound_in(right) | bound_in(stub)) - imported_by_both(right, stub)
            read = (made & later) | (
                answers & (read_from_above(statements(right)) | read_from_above(statements(stub)))
            )
            if read:
                return None, f"{', '.join(sorted(read))} is read elsewhere, and bound by {right['id']}"
            answers |= made
            waiting = stub
        else:
            read = answers & read_from_above(statements(right))
            if read:
                return None, f"cell {right['id']} reads {', '.join(sorted(read))}, which an answer binds"
            later |= read_later(right)
            answers -= bound_in(right)
    if waiting is not None:
        return None, "the last answer has no check"
    return {**notebook, "cells": cells}, ""


def _blank(cell: Cell) -> Cell:
    return {**copy.deepcopy(cell), "id": f"{cell['id']}{BLANK}"}


def write_together(root: Path, framework: str, to: Path) -> list[Path]:
    """The notebooks that execute each solution and each learner's notebook of a framework, in a new folder.

    One for each chapter, by its name; or the two as they are, where one cannot stand for both.

    Raises
    ------
    ValueError
        If a chapter has one of the two only.
    """
    to.mkdir(parents=True, exist_ok=True)
    for old in to.glob("*.ipynb"):
        old.unlink()
    solutions, learners = ({p.name: p for p in (root / f / framework).glob("*.ipynb")} for f in FOLDERS)
    if solutions.keys() != learners.keys():
        alone = sorted(solutions.keys() ^ learners.keys())
        raise ValueError(
            f"There is no solution, or no learner's notebook, of {', '.join(alone)}: build them."
        )
    written = []
    for name, solution in sorted(solutions.items()):
        both, why = together(solution, learners[name])
        texts = {solution.stem: json.dumps(both)}
        if both is None:
            print(f"{solution.stem} is executed twice, because {why}.")
            texts = {
                f"{solution.stem}.{folder}": (root / folder / framework / name).read_text(encoding="utf-8")
                for folder in FOLDERS
            }
        for stem, text in texts.items():
            written.append(to / f"{stem}.ipynb")
            written[-1].write_text(text, encoding="utf-8")
    return written
