"""What of a code cell is Python."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from tlcourse.authoring.source.mistakes import Mistakes

if TYPE_CHECKING:
    from tlcourse.authoring.source.cells import Cell

__all__ = ["check_python", "python_of", "tree_of"]


def python_of(source: str) -> str:
    """A cell's code with IPython's magics replaced by lines that Python reads, line for line.

    Examples
    --------
    >>> python_of("%matplotlib inline\\nx = 1")
    'pass\\nx = 1'
    """
    if source.lstrip().startswith("%%"):
        return "\n".join("pass" for _ in source.split("\n"))
    rows = []
    for row in source.split("\n"):
        stripped = row.lstrip()
        indent = row[: len(row) - len(stripped)]
        magic = re.match(r"^(%[A-Za-z]|!|\?)", stripped) or re.match(r"^[\w.]+\?{1,2}\s*$", stripped)
        rows.append(f"{indent}pass" if magic else row)
    return "\n".join(rows)


def tree_of(cell: Cell) -> ast.Module | None:
    """The syntax tree of a code cell, its lines counted as in the source's file; None if it has none."""
    if cell.kind != "code":
        return None
    try:
        tree = ast.parse(python_of(cell.source))
    except (SyntaxError, ValueError):
        return None  # check_python says so
    ast.increment_lineno(tree, cell.line - 1)
    return tree


def check_python(source: str, line: int, mistakes: Mistakes, when: str = "") -> bool:
    """Whether code is Python; if not, it is noted.

    Parameters
    ----------
    source : str
        The code of a cell, magics and all.
    line : int
        Where it starts.
    when : str
        The beginning of the message, if there is more to say.
    """
    try:
        ast.parse(python_of(source))
    except SyntaxError as error:
        mistakes.add(
            line + (error.lineno or 1) - 1,
            f"{when}The cell is not Python: {error.msg}.",
            "Mend it; IPython's magics (%, !) may stand at the start of a line only.",
        )
        return False
    return True
