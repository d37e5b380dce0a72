"""The cells of a chapter's source, as jupytext takes it apart, each with its line and its options."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

from tlcourse.authoring.source.ids import check_own_id
from tlcourse.authoring.source.mistakes import Mistakes, suggestion
from tlcourse.authoring.source.tags import read_tags

__all__ = ["OPTIONS", "Cell", "read_cells"]

OPTIONS = ("tags", "exercise", "id")


@dataclass(frozen=True)
class Cell:
    """One cell of a source.

    Attributes
    ----------
    kind : "markdown" or "code"
    source : str
        Its text, solution markers and all.
    line : int
        Line of the file (1 is the first) on which `source` starts.
    tags : tuple of str
        Without those that say which framework it is for.
    frameworks : tuple of str
        The frameworks that it is for.
    exercise : str or None
        Id of the exercise that it solves.
    id : str
        Unique in the chapter, the same in both frameworks.
    both : bool
        Whether the source says that it is for both, in so many words.
    """

    kind: str
    source: str
    line: int
    tags: tuple[str, ...]
    frameworks: tuple[str, ...]
    exercise: str | None
    id: str
    both: bool = False


def read_cells(text: str, mistakes: Mistakes) -> list[Cell]:
    """The cells of a source in order; one without a name of its own has an empty id.

    Raises
    ------
    SourceMistakes
        If the options of a cell cannot be read, so that nothing after it can be.
    """
    from jupytext.myst import MystMetadataParsingError, myst_to_notebook

    try:
        notebook = myst_to_notebook(text, add_source_map=True)
    except (MystMetadataParsingError, yaml.YAMLError) as error:
        stated = re.search(r"at line (\d+)", str(error))
        mistakes.add(
            int(stated[1]) if stated else None,
            f"A cell's options cannot be read: {' '.join(str(error).split())}",
            "Options are `:key: value` lines, or JSON after +++.",
        )
        raise mistakes.error() from None
    rows = text.split("\n")
    cells: list[Cell] = []
    for raw, start in zip(notebook.cells, notebook.metadata["source_map"], strict=True):
        line = _first_line(raw, start, rows, mistakes)
        if raw.cell_type == "raw":
            mistakes.add(line, "A raw cell has no place in a chapter.", "Use a code or a Markdown cell.")
        else:
            cells.append(_cell(raw, line, mistakes))
    return cells


def _cell(raw: Any, line: int, mistakes: Mistakes) -> Cell:
    metadata = dict(raw.metadata)
    tags = read_tags(metadata.get("tags", []), raw.cell_type, line, mistakes)
    for key in sorted(set(metadata) - set(OPTIONS)):
        mistakes.add(line, f"The cell option {key!r} is not known.", suggestion(key, OPTIONS))
    exercise, own_id = metadata.get("exercise"), metadata.get("id")
    if exercise is not None and raw.cell_type != "code":
        mistakes.add(
            line,
            f"The exercise {exercise!r} is on a Markdown cell.",
            "Put `:exercise:` on the code cell with the solution.",
        )
    if own_id is not None:
        check_own_id(str(own_id), exercise, line, mistakes)
    return Cell(
        raw.cell_type,
        raw.source if raw.cell_type == "markdown" else raw.source.rstrip("\n"),
        line,
        tags.shown,
        tags.frameworks,
        str(exercise) if exercise is not None else None,
        str(own_id or exercise or ""),
        tags.both,
    )


def _first_line(raw: Any, start: int, rows: list[str], mistakes: Mistakes) -> int:
    """The line on which a cell's text starts; jupytext says where its fence, or the space before it, is."""
    if raw.cell_type == "markdown":
        return next((row for row in range(start, len(rows)) if rows[row].strip()), len(rows)) + 1
    fence = rows[start - 1].strip()
    run = fence[: len(fence) - len(fence.lstrip(fence[0]))]
    for end in range(start, len(rows)):
        row = rows[end].strip()
        if row.startswith(run) and not row.strip(run[0]):
            break
    else:
        mistakes.add(start, "The code cell is never closed.", f"Add a line with {run} after its last line.")
        end = len(rows)
    # jupytext takes the options, and one empty line, off the front.
    return end - len(raw.source.split("\n")) + 1 if raw.source else start + 1
