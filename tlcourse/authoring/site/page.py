"""From a compiled chapter and its executed solution to a page's notebook.

The site executes nothing: the page is the chapter compiled for the site, with the outputs that
``tlcourse build`` recorded in ``solutions/``. Cells are matched by id, and a cell whose code is not the code
that was executed is refused, so a page can never show an output that its code did not give.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from tlcourse.authoring.site.folds import code_label, solution_label
from tlcourse.authoring.source import solved
from tlcourse.claims import MIME as CLAIM
from tlcourse.errors import CourseError
from tlcourse.notebook_format import nbformat

__all__ = ["code_of", "read_notebook", "stage_notebook"]

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
_REBUILD = "Run `tlcourse build`, which executes the solutions that changed, then build the site again."


def code_of(source: str) -> str:
    """A cell's code without the solution markers and the white space at line ends: what was executed.

    Examples
    --------
    >>> code_of("x = 1  \\n### BEGIN SOLUTION\\ny = 2\\n### END SOLUTION\\n")
    'x = 1\\ny = 2'
    """
    return "\n".join(line.rstrip() for line in solved(source).splitlines()).strip()


def stage_notebook(compiled: Any, solution: Any, *, where: str) -> Any:
    """One page's notebook: the compiled chapter with the recorded outputs.

    Parameters
    ----------
    compiled : nbformat.NotebookNode
        The chapter compiled for the site.
    solution : nbformat.NotebookNode
        The executed solution of the same chapter and framework.
    where : str
        The solution's path, for the messages.

    Returns
    -------
    nbformat.NotebookNode
        A new notebook; the arguments are left alone. Widget views and recorded claims are dropped from the
        outputs (the static explorer and the text remain), solutions fold, and each cell has an anchor with
        its id, which the two frameworks' pages share.

    Raises
    ------
    CourseError
        A cell has no recorded output because the solution is older than the chapter, or the recorded
        output is an error.
    """
    page = copy.deepcopy(compiled)
    recorded = {cell.get("id"): cell for cell in solution.cells}
    cells: list[Any] = []
    for position, cell in enumerate(page.cells):
        if cell.cell_type == "code":
            _take_outputs(cell, recorded.get(cell.get("id")), where)
            _fold(cell)
        if position and not cell.source.lstrip().startswith("#"):
            cells.extend(_anchored(cell))
        else:
            cells.append(cell)
    page.cells = cells
    page.metadata.pop("widgets", None)
    return page


def _take_outputs(cell: Any, executed: Any, where: str) -> None:
    """Copy the recorded outputs into a code cell, keeping what a page can show."""
    first = cell.source.strip().splitlines()[:1]
    if executed is None or code_of(executed.source) != code_of(cell.source):
        raise CourseError(
            f"{where} is older than its chapter: the cell that begins with {first} was not executed "
            "as it stands.",
            _REBUILD,
        )
    outputs = []
    for output in executed.get("outputs", []):
        if output.output_type == "error":
            raise CourseError(
                f"{where} holds an error ({output.ename}: {output.evalue}) in the cell that begins "
                f"with {first}.",
                "Mend the chapter or the package, then run `tlcourse build`.",
            )
        if (shown := _shown(output)) is not None:
            outputs.append(shown)
    cell.outputs = outputs
    cell.execution_count = None


def _shown(output: Any) -> Any | None:
    """What a page can show of a recorded output; None if that is nothing."""
    if output.output_type == "stream":
        return copy.deepcopy(output) if output.name == "stdout" else None
    data = dict(output.get("data", {}))
    # Without HTML beside it, a widget is a progress bar or a plain slider: nothing to see without a kernel.
    if CLAIM in data or (WIDGET_VIEW in data and "text/html" not in data):
        return None
    data = {mime: value for mime, value in data.items() if not mime.startswith("application/vnd.")}
    if not data:
        return None
    return nbformat.v4.new_output("display_data", data=data, metadata=dict(output.get("metadata", {})))


def _fold(cell: Any) -> None:
    """Fold an exercise's solution, and say on each fold of code what is behind it."""
    nbgrader = cell.metadata.get("nbgrader", {})
    tags = list(cell.metadata.get("tags", []))
    if nbgrader.get("solution"):
        if "hide-input" not in tags:
            tags.append("hide-input")
        if "tl-solution" not in tags:
            tags.append("tl-solution")
        _prompt(cell, solution_label(code_of(cell.source)))
    elif nbgrader.get("grade") and "tl-check" not in tags:
        tags.append("tl-check")
    elif "hide-input" in tags:
        _prompt(cell, code_label(cell.source, cell.outputs))
    if tags:
        cell.metadata["tags"] = tags


def _prompt(cell: Any, what: str) -> None:
    cell.metadata.setdefault("mystnb", {}).update(
        {"code_prompt_show": f"Show {what}", "code_prompt_hide": f"Hide {what}"}
    )


def _anchored(cell: Any) -> list[Any]:
    """The cell with an anchor before it, so that the switch finds the same place on the other page.

    A heading is its own anchor. A code cell gets a cell before it, for its own place in a page has no id.
    """
    anchor = f'<span class="tl-anchor" id="cell-{cell.get("id")}"></span>'
    if cell.cell_type == "markdown":
        cell.source = f"{anchor}\n\n{cell.source}"
        return [cell]
    return [nbformat.v4.new_markdown_cell(anchor, id=f"a-{cell.get('id')}"[:64]), cell]


def read_notebook(path: Path) -> Any:
    """Read a notebook, or say what to do.

    Raises
    ------
    CourseError
        The file is missing or is not a notebook.
    """
    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise CourseError(f"{path} is missing: the chapter has not been executed.", _REBUILD) from None
    except Exception as error:
        raise CourseError(f"{path} is not a readable notebook ({error}).", _REBUILD) from error
