"""Which file is handed in, and is it the notebook that the learner sees?"""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tlcourse.errors import CourseError

__all__ = ["Work", "check_saved", "open_notebook", "this_notebook"]


@dataclass(frozen=True)
class Work:
    """A notebook of the course, as it lies on the disk.

    Attributes
    ----------
    path : pathlib.Path
    content : bytes
    chapter : str
        Two digits.
    cells : tuple of dict
        ``source`` as text, ``answer`` (bool): whether it is the cell of an exercise's answer.
    """

    path: Path
    content: bytes
    chapter: str
    cells: tuple[dict[str, Any], ...]


def this_notebook() -> Path:
    """The file of the notebook that calls this.

    Raises
    ------
    CourseError
        If its program does not tell.
    """
    shell = _shell()
    names = [os.environ.get("JPY_SESSION_NAME", "")]
    if shell is not None:
        names.append(str(shell.user_ns.get("__vsc_ipynb_file__", "")))
    for name in names:
        if name.endswith(".ipynb") and Path(name).is_file():
            return Path(name)
    raise CourseError(
        "It is not known which file this notebook is.",
        'Give it: tlcourse.submit("02-choose-a-pretrained-model.ipynb").',
    )


def open_notebook(path: Path) -> Work:
    """Read a notebook.

    Raises
    ------
    CourseError
        If there is no such file, or if it is no notebook of the course.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path} cannot be read ({error.strerror}).", "Give the .ipynb file.") from None
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
        cells = tuple(_cell(cell) for cell in notebook["cells"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise CourseError(
            f"{path.name} is not a notebook.", "Give the .ipynb file that you work in."
        ) from None
    chapter = _chapter(notebook, path.name)
    if chapter is None:
        raise CourseError(
            f"{path.name} is not a notebook of the course: it does not say of which chapter it is.",
            "Give the chapter's notebook, under the name that it came with.",
        )
    return Work(path, content, chapter, cells)


def _cell(cell: dict[str, Any]) -> dict[str, Any]:
    source = cell.get("source", "")
    marks = cell.get("metadata", {}).get("nbgrader", {})
    return {
        "source": source if isinstance(source, str) else "".join(source),
        "answer": bool(marks.get("solution")) and cell.get("cell_type") == "code",
    }


def _chapter(notebook: dict[str, Any], name: str) -> str | None:
    stated = notebook.get("metadata", {}).get("tlcourse", {}).get("chapter", "")
    for text in (str(stated), name):
        if match := re.match(r"(\d\d)(?!\d)", text):
            return match[1]
    return None


def _shell() -> Any:
    """The IPython that runs this; None where none does."""
    import sys

    if "IPython" not in sys.modules:
        return None
    return sys.modules["IPython"].get_ipython()


def check_saved(work: Work, inputs: Sequence[str] | None = None) -> None:
    """Refuse a file that does not hold what was run: the notebook was not saved since.

    Parameters
    ----------
    work : Work
    inputs : sequence of str, optional
        What was run, oldest first, the cell that runs now last; from IPython by default.

    Raises
    ------
    CourseError
        If the cell that runs now is not in the file, or an answer is not there as it was run last.
    """
    if inputs is None:
        shell = _shell()
        if shell is None:
            return
        inputs = list(shell.history_manager.input_hist_raw)
    in_file = {cell["source"].strip() for cell in work.cells}
    asked = _names(cell["source"] for cell in work.cells if cell["answer"])
    seen: set[str] = set()
    for number, source in enumerate(reversed(inputs)):
        defined = (_names([source]) & asked) - seen
        seen |= defined
        if (number == 0 or defined) and source.strip() not in in_file:
            what = f"the answer `{sorted(defined)[0]}`" if defined else "this cell"
            raise CourseError(
                f"{work.path.name} is not saved: {what} is not in the file as you ran it.",
                "Save the notebook (Ctrl+S), then run this cell again. If you changed an answer after you "
                "ran it, run it once more, or hand in what the file holds: submit(anyway=True).",
            )


def _names(sources: Iterable[str]) -> set[str]:
    """The functions and classes that cells define."""
    names: set[str] = set()
    for source in sources:
        try:
            body = ast.parse(source).body
        except (SyntaxError, ValueError):
            continue
        names |= {
            node.name
            for node in body
            if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)
        }
    return names
