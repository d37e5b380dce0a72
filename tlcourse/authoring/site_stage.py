"""From a compiled chapter and its executed solution to a page's notebook.

The site executes nothing: the page is the chapter compiled for the site, with the outputs that
``tlcourse build`` recorded in ``solutions/``. Cells are matched by id, and a cell whose code is not the code
that was executed is refused, so a page can never show an output that its code did not give.
"""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import nbformat

from tlcourse.errors import CourseError

__all__ = ["DOWNLOADS", "FRAMEWORKS", "part_caption", "stage_notebook", "table_of_contents"]

FRAMEWORKS = {"torch": "PyTorch", "keras": "Keras"}
"""Folder name and label of each framework; the first is the one a first visitor sees."""

DOWNLOADS = "notebooks"
"""Folder of the site with the notebooks to download."""

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
CLAIM = "application/vnd.tlcourse.claim+json"
_MARKER = re.compile(r"^\s*### (BEGIN|END) SOLUTION\s*$")
_REBUILD = "Run `tlcourse build`, which executes the solutions that changed, then build the site again."


def part_caption(framework: str) -> str:
    """The caption over a framework's chapters in the sidebar.

    Examples
    --------
    >>> part_caption("keras")
    'Chapters in Keras'
    """
    return f"Chapters in {FRAMEWORKS[framework]}"


def table_of_contents(chapters: list[tuple[str, str]], before: list[str], after: list[str]) -> dict[str, Any]:
    """The table of contents for Jupyter Book.

    Parameters
    ----------
    chapters : list of (str, str)
        File stem and title of each chapter, in order.
    before, after : list of str
        Pages before and after the chapters.

    Returns
    -------
    dict
        To be written as ``_toc.yml``.

    Examples
    --------
    >>> toc = table_of_contents([("00-start-here", "Start here")], ["learners"], ["glossary"])
    >>> [part["caption"] for part in toc["parts"]]
    ['Begin', 'Chapters in PyTorch', 'Chapters in Keras', 'More']
    >>> toc["parts"][1]["chapters"]
    [{'file': 'torch/00-start-here', 'title': '0. Start here'}]
    """
    parts: list[dict[str, Any]] = []
    if before:
        parts.append({"caption": "Begin", "chapters": [{"file": page} for page in before]})
    for framework in FRAMEWORKS:
        entries = [
            {"file": f"{framework}/{stem}", "title": f"{chapter_number(stem)}. {title}"}
            for stem, title in chapters
        ]
        if entries:
            parts.append({"caption": part_caption(framework), "chapters": entries})
    if after:
        parts.append({"caption": "More", "chapters": [{"file": page} for page in after]})
    return {"format": "jb-book", "root": "index", "parts": parts}


def chapter_number(stem: str) -> int:
    """The number at the start of a chapter's file name.

    Examples
    --------
    >>> chapter_number("01-why-transfer-learning")
    1
    """
    found = re.match(r"\d+", stem)
    if found is None:
        raise CourseError(
            f"The chapter file {stem!r} does not start with a number.",
            "Name it NN-name.md, for example 02-freezing.md.",
        )
    return int(found.group())


def code_of(source: str) -> str:
    """A cell's code without the solution markers and the white space at line ends: what was executed.

    Examples
    --------
    >>> code_of("x = 1  \\n### BEGIN SOLUTION\\ny = 2\\n### END SOLUTION\\n")
    'x = 1\\ny = 2'
    """
    return "\n".join(line.rstrip() for line in source.splitlines() if not _MARKER.match(line)).strip()


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
        if output.output_type == "stream":
            if output.name == "stdout":
                outputs.append(copy.deepcopy(output))
            continue
        data = dict(output.get("data", {}))
        if CLAIM in data:
            continue
        if WIDGET_VIEW in data:
            data.pop(WIDGET_VIEW)
            if "text/html" not in data:
                # A progress bar or a plain slider: nothing to see without a kernel.
                continue
        data = {mime: value for mime, value in data.items() if not mime.startswith("application/vnd.")}
        if data:
            outputs.append(
                nbformat.v4.new_output("display_data", data=data, metadata=dict(output.get("metadata", {})))
            )
    cell.outputs = outputs
    cell.execution_count = None


def _fold(cell: Any) -> None:
    """Fold an exercise's solution, with a label that says what is behind it."""
    nbgrader = cell.metadata.get("nbgrader", {})
    tags = list(cell.metadata.get("tags", []))
    if nbgrader.get("solution"):
        if "hide-input" not in tags:
            tags.append("hide-input")
        if "tl-solution" not in tags:
            tags.append("tl-solution")
        cell.metadata.setdefault("mystnb", {}).update(
            {"code_prompt_show": "Show the solution", "code_prompt_hide": "Hide the solution"}
        )
    elif nbgrader.get("grade") and "tl-check" not in tags:
        tags.append("tl-check")
    if tags:
        cell.metadata["tags"] = tags


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
