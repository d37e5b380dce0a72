"""An answer that comes as source text: its cell is run, and the answer picked out of it."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tlcourse.exercises.engine.blank import MISSING
from tlcourse.exercises.engine.cells import Ran, Stop, as_main, namespace, run_cell, run_setup
from tlcourse.exercises.engine.model import Exercise, Observation
from tlcourse.exercises.engine.own_work import WithheldError
from tlcourse.exercises.engine.printed import Printed
from tlcourse.exercises.engine.problems import SOURCE_NAME, in_words, stopped

__all__ = ["Loaded", "imports_of", "load_answer", "run_answer"]


@dataclass(frozen=True)
class Loaded:
    """An answer out of its cell.

    Attributes
    ----------
    answer : object
        `MISSING` where the cell does not define it.
    failed : Observation or None
        Why there is no answer; None where there is one, or where nothing was attempted.
    note : str
        What went wrong in the cell without costing the answer.
    """

    answer: Any
    failed: Observation | None = None
    note: str = ""


def load_answer(exercise: Exercise, source: str, setup: str = "") -> tuple[Any, Observation | None]:
    """`run_answer` without its note: the answer or `MISSING`, and None or why the cell did not define it."""
    loaded = run_answer(exercise, source, setup)
    return loaded.answer, loaded.failed


def run_answer(exercise: Exercise, source: str, setup: str = "", *, main: bool = False) -> Loaded:
    """Run an answer's cell as Jupyter would, in a fresh namespace, and pick the answer out of it.

    Parameters
    ----------
    exercise : Exercise
    source : str
        The answer cell. ``setup`` (statements of other cells that it may lean on) runs before it, in the same
        namespace; what stops in there costs nothing by itself.
    main : bool
        Let the namespace be that of ``__main__``, for a process that only observes.

    Returns
    -------
    Loaded
        A definition stands where something below it stopped, as in a notebook.
    """
    names = as_main(namespace()) if main else namespace()
    printed = Printed()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        above = run_setup(setup, names)
        before = names.get(exercise.answer, MISSING)
        ran = run_cell(source, names, SOURCE_NAME.format(exercise.id), exercise.answer, above.flags)
    answer = names.get(exercise.answer, MISSING)
    stop = ran.stop or (ran.passed[0] if ran.passed else None)
    if answer is MISSING or (stop is not None and answer is before):
        return Loaded(MISSING, None if stop is None else stopped(exercise.answer, stop, printed.text))
    return Loaded(answer, note=_note(ran, stop, above.passed))


def _note(ran: Ran, stop: Stop | None, above: Iterable[Stop]) -> str:
    """What stopped and cost nothing: lines above that could not run, and a line of the cell itself."""
    notes = [_left_out(each) for each in above]
    if stop is not None:
        where = f"line {stop.line}" + (f" (`{stop.text[:200]}`)" if stop.text else "")
        what = "What stands above it counts." if ran.stop else "The cell went on without it."
        notes.append(f"Your cell stopped on {where}: {in_words(stop.error)}. {what}")
    return " ".join(notes)


def _left_out(stop: Stop) -> str:
    line = f"A line above that your answer leans on, `{stop.text[:200]}`,"
    if isinstance(stop.error, WithheldError):
        return f"{line} did not run: {stop.error.problem} {stop.error.fix}"
    return f"{line} ran too long, and was stopped."


def imports_of(sources: Iterable[str]) -> str:
    """The import statements of some cells, without anything else of them.

    An answer may lean on names that earlier cells import. Running only these lines gives it the names without
    the cost of the cells' experiments.

    Examples
    --------
    >>> print(imports_of(["import numpy as np\\nx = np.zeros(3)", "def f():\\n    import os", "%time f()"]))
    import numpy as np
    """
    imports: dict[str, None] = {}
    for source in sources:
        try:
            body = ast.parse(source).body
        except SyntaxError:  # a cell with a magic, or broken: none of its lines can be trusted
            continue
        lines = (ast.unparse(node) for node in body if isinstance(node, ast.Import | ast.ImportFrom))
        imports.update(dict.fromkeys(lines))
    return "\n".join(imports)
