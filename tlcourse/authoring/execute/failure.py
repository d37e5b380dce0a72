"""A notebook that did not run to its end: which cell, on which line of the source, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tlcourse.authoring.execute.meter import CellLimits, CellMeter
from tlcourse.authoring.serialize import dumps
from tlcourse.authoring.source import Cell, Chapter, python_of
from tlcourse.errors import CourseError

__all__ = ["ExecutionError", "explain", "keep_failed", "place"]

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_ARROW = re.compile(r"^-+>\s*(\d+)")  # what IPython puts before the line that raised


class ExecutionError(CourseError):
    """A solution notebook did not run, or gave something that cannot be committed."""


def explain(
    error: Exception,
    notebook: Any,
    chapter: Chapter,
    framework: str,
    *,
    meter: CellMeter,
    limits: CellLimits,
    log: Path,
    note: str = "",
) -> ExecutionError:
    """The error to raise for one of nbclient's.

    Parameters
    ----------
    error : CellExecutionError, CellTimeoutError or DeadKernelError
    notebook : nbformat.NotebookNode
        As far as it came.
    meter : CellMeter
        Knows the cell that ran last.
    log : Path
        What the kernel's process wrote to its own stderr.
    note : str
        A sentence to end what the author is told to do.
    """
    cell = notebook.cells[meter.cell_index]
    line_in_cell, details = 1, list[str]()
    raised = next((output for output in cell.get("outputs", []) if output.output_type == "error"), None)
    if meter.exceeded:
        problem = f"took more than {limits.processor:g} s of processor time"
    elif type(error).__name__ == "CellTimeoutError":
        problem = f"did not end within {limits.wall} s"
    elif raised is not None:
        message = str(raised.evalue).splitlines()[0] if raised.evalue else ""
        problem = f"raised {raised.ename}: {message}"
        trace = [_COLOUR.sub("", row) for part in raised.traceback for row in part.split("\n")]
        line_in_cell, details = _line_that_raised(trace, cell["source"]), trace[-12:]
    else:
        problem = "killed the kernel (out of memory, or two frameworks in one process?)"
        details = _last_words(log)
    return ExecutionError(
        f"{place(chapter, cell['id'], line_in_cell)}: {chapter.name} ({framework}): the cell {cell['id']!r} "
        + "\n    ".join([problem, *details]),
        f"Mend the cell or the package, then build again; the old solution is untouched. {note}".rstrip(),
    )


def place(chapter: Chapter, cell_id: str, line_in_cell: int = 1) -> str:
    """Where a cell's line stands in the source, as ``file:line``; the file alone for the compiler's cells."""
    origin: Cell | None = next((cell for cell in chapter.cells if cell.id == cell_id), None)
    line = f":{origin.line + line_in_cell - 1}" if origin else ""
    return f"book/chapters/{chapter.path.name}{line}"


def keep_failed(notebook: Any, path: Path) -> str:
    """Leave a notebook that failed, as far as it came, for its author; returns a sentence that says where."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dumps(notebook), encoding="utf-8")
    return f"The notebook as far as it came is {path.name} in _build/failed."


def _line_that_raised(trace: Sequence[str], source: str) -> int:
    """The line of the cell, from 1, that the first arrow of a stack trace points to; 1 without one."""
    arrows = [int(arrow[1]) for row in trace if (arrow := _ARROW.match(row))]
    return arrows[0] if arrows and arrows[0] <= len(python_of(source).split("\n")) else 1


def _last_words(log: Path) -> list[str]:
    rows = [row for row in log.read_text(encoding="utf-8", errors="replace").splitlines() if row.strip()]
    return [row for row in rows[-8:] if "IPKernelApp" not in row]
