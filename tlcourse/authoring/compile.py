"""From a chapter's source to a notebook: the learner's, the solution, or the site's page.

The same bytes come out wherever and whenever it runs: nothing here depends on the time, the machine, the
order of a set or the versions that are installed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from tlcourse.authoring import source as sources
from tlcourse.authoring.launch import install_source, launch_links, repository_of
from tlcourse.authoring.myst import Context, convert, money
from tlcourse.authoring.opening import opening
from tlcourse.authoring.serialize import digest, edition
from tlcourse.authoring.source import Cell, Chapter, exercise_cells
from tlcourse.authoring.source.bookkeeping import BOOKKEEPING, IMPORT, is_bookkeeping
from tlcourse.authoring.source.mistakes import Mistakes
from tlcourse.errors import UnknownNameError
from tlcourse.frameworks import resolve_framework
from tlcourse.notebook_format import nbformat

__all__ = ["compile_chapter", "setup_source"]

Flavour = Literal["learner", "solution", "site"]
FLAVOURS = ("learner", "solution", "site")
SCHEMA = 3
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}


def setup_source(chapter: str, framework: str) -> str:
    """The code of every notebook's first code cell."""
    return "\n".join(
        [
            "import tlcourse",
            "from tlcourse.exercises import check, hint, progress",
            "",
            f'tlcourse.start("{chapter}", framework="{framework}", seed=0)',
        ]
    )


def compile_chapter(
    path: str | Path,
    framework: str,
    flavour: Flavour,
    *,
    claims: Mapping[str, Any] | None = None,
    seconds: Mapping[str, Any] | None = None,
    chapter: Chapter | None = None,
    unresolved: bool = False,
) -> nbformat.NotebookNode:
    """Compile a chapter for one framework.

    Parameters
    ----------
    path : path
        The source: a file of book/chapters.
    framework : "torch" or "keras"
    flavour : "learner", "solution" or "site"
        Blank exercises for JupyterLab; solved ones with nbgrader's markers; MyST for Jupyter Book.
    claims, seconds : mapping, optional
        Recorded claims and times; those committed in book/claims are used otherwise.
    chapter : Chapter, optional
        The source already read, to save reading it again.
    unresolved : bool
        Write ``…`` for claims instead of asking for their values: what is executed, before there are any.

    Returns
    -------
    nbformat.NotebookNode
        Valid nbformat 4.5, without outputs.

    Raises
    ------
    SourceMistakes
        If the source has mistakes, or refers to a claim whose value was never recorded.
    UnknownNameError
        For a framework or flavour that does not exist.
    """
    framework = resolve_framework(framework)
    if flavour not in FLAVOURS:
        raise UnknownNameError("flavour", flavour, FLAVOURS)
    path = Path(path)
    chapter = chapter or sources.read_chapter(path)
    if claims is None or seconds is None:
        committed = sources.committed_claims(path, framework)
        claims = committed.claims if claims is None else claims
        seconds = committed.seconds if seconds is None else seconds
    context = sources.context_for(path, framework, flavour, None if unresolved else claims)
    exercises = exercise_cells.catalogue()
    shown = chapter.of(framework)
    if flavour != "solution":
        shown = [cell for cell in shown if not is_bookkeeping(cell)]
    cells = [
        _markdown("title", f"# {money(chapter.title, 1, context)}"),
        _markdown("opening", opening(chapter, context, seconds)),
        *_launch(path, chapter, framework, flavour),
        _code("setup", setup_source(chapter.name, framework), flavour),
    ]
    if any(map(is_bookkeeping, shown)):
        cells.append(_code("setup-bookkeeping", IMPORT, flavour, (BOOKKEEPING,)))
    for cell in shown:
        cells.extend(_compile(cell, context, flavour, exercises))
    _raise_mistakes(path, context)
    return _notebook(cells, chapter, framework, flavour)


def _launch(path: Path, chapter: Chapter, framework: str, flavour: Flavour) -> list[dict[str, Any]]:
    """What a learner's notebook says of places to open it in, and the cell that installs the course there."""
    repository = repository_of(path.parents[1]) if flavour == "learner" else None
    if repository is None:
        return []
    links = launch_links(repository, framework, chapter.name)
    places = ", ".join(f"[{name}]({address})" for name, address in links.items())
    return [
        _markdown("launch", f"Open this notebook in: {places}."),
        _code("install", install_source(repository, framework), flavour),
    ]


def _raise_mistakes(path: Path, context: Context) -> None:
    """Raise what the conversion noted, if anything, all at once."""
    mistakes = Mistakes(path)
    for line, problem, fix in context.problems:
        mistakes.add(line, problem, fix)
    if mistakes:
        raise mistakes.error()


def _notebook(
    cells: list[dict[str, Any]], chapter: Chapter, framework: str, flavour: Flavour
) -> nbformat.NotebookNode:
    metadata = {
        "kernelspec": KERNEL,
        "language_info": LANGUAGE,
        "tlcourse": {"chapter": chapter.name, "framework": framework, "flavour": flavour},
    }
    notebook = nbformat.from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})
    if flavour != "site":
        notebook.metadata.tlcourse["source"] = f"book/chapters/{chapter.path.name}"
    if flavour == "learner":
        notebook.metadata.tlcourse["digest"] = digest(notebook)
        notebook.metadata.tlcourse["edition"] = edition(notebook)
    nbformat.validate(notebook)
    return notebook


def _markdown(cell_id: str, text: str, attachments: Mapping[str, Any] | None = None) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": text}
    if attachments:
        cell["attachments"] = dict(attachments)
    return cell


def _code(
    cell_id: str, text: str, flavour: str, tags: tuple[str, ...] = (), nbgrader: dict[str, Any] | None = None
) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    if tags:
        metadata["tags"] = list(tags)
    if flavour != "site" and {"hide-input", "remove-input"} & set(tags):
        # JupyterLab has no such tags, but folds a cell that says so itself.
        metadata["jupyter"] = {"source_hidden": True}
    if nbgrader:
        metadata["nbgrader"] = nbgrader
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": cell_id,
        "metadata": metadata,
        "outputs": [],
        "source": text,
    }


def _compile(
    cell: Cell, context: Context, flavour: Flavour, exercises: Mapping[str, Any]
) -> list[dict[str, Any]]:
    if cell.kind == "markdown":
        context.attachments = {}
        return [_markdown(cell.id, convert(cell.source, cell.line, context), context.attachments)]
    if cell.exercise is None:
        return [_code(cell.id, cell.source, flavour, cell.tags)]
    exercise = exercises[cell.exercise]
    text = cell.source
    if flavour != "solution":
        text = sources.blank(text) if flavour == "learner" else sources.solved(text)
    tags = cell.tags if flavour != "site" else tuple(sorted({*cell.tags, "hide-input"}))
    answer = _code(cell.id, text, flavour, tags, _nbgrader(cell.exercise, solution=True))
    checking = _code(
        f"{cell.exercise}-check",
        f'check("{cell.exercise}")',
        flavour,
        (),
        _nbgrader(f"{cell.exercise}-check", points=exercise.points),
    )
    if flavour == "site":
        # The reader sees the task as a learner gets it, then the solution (folded), then the hints (folded).
        task = _markdown(f"{cell.exercise}-task", f"```python\n{sources.blank(cell.source)}\n```")
        return [task, answer, checking, _markdown(f"{cell.exercise}-hints", _hints(exercise, cell, context))]
    if flavour == "learner":
        _release(answer)
        _release(checking)
        checking["metadata"]["editable"] = False
    return [answer, checking]


def _nbgrader(grade_id: str, *, solution: bool = False, points: float | None = None) -> dict[str, Any]:
    """nbgrader's metadata for an answer cell, or (with points) for the check cell that grades it."""
    metadata: dict[str, Any] = {
        "grade": points is not None,
        "grade_id": grade_id,
        "locked": points is not None,
        "schema_version": SCHEMA,
        "solution": solution,
        "task": False,
    }
    if points is not None:
        metadata["points"] = points
    return metadata


def _release(cell: dict[str, Any]) -> None:
    """What ``nbgrader generate_assignment`` adds: what was handed out, so that a change shows."""
    nbgrader = cell["metadata"]["nbgrader"]
    cell["metadata"]["deletable"] = False
    nbgrader["cell_type"] = cell["cell_type"]
    parts = [cell["source"], cell["cell_type"], str(nbgrader["grade"]), str(nbgrader["solution"])]
    # nbgrader counts a cell that is graded as locked, and an answer never.
    parts.append(str(bool(not nbgrader["solution"] and (nbgrader["grade"] or nbgrader["locked"]))))
    parts.append(nbgrader["grade_id"])
    if nbgrader["grade"]:
        parts.append(str(float(nbgrader["points"])))
    nbgrader["checksum"] = hashlib.md5("".join(parts).encode("utf-8"), usedforsecurity=False).hexdigest()


def _hints(exercise: Any, cell: Cell, context: Context) -> str:
    rows = []
    for number, hint in enumerate(exercise.hints, 1):
        text = money(hint, cell.line, context)
        rows.append(f'<details class="tl-hint"><summary>Hint {number}</summary>\n\n{text}\n\n</details>')
    return "\n\n".join(rows)
