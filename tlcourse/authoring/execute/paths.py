"""What is committed reads the same everywhere: no output may show a path of this machine."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tlcourse.authoring.execute.failure import ExecutionError, place
from tlcourse.authoring.source import Chapter

__all__ = ["machine_paths", "refuse_paths"]


def machine_paths(root: Path) -> dict[str, str]:
    """Paths that would give away the machine that executed a notebook, with what each of them is."""
    paths = {str(root.resolve()): "the course's folder", sys.prefix: "the folder of the environment"}
    home = str(Path.home())
    if len(home) > 1:
        paths[home + os.sep] = "the home folder"
    return paths


def refuse_paths(notebook: Any, chapter: Chapter, framework: str, forbidden: Mapping[str, str]) -> None:
    """Raise if an output holds one of the forbidden texts.

    Parameters
    ----------
    forbidden : mapping of str to str
        As from `machine_paths`.

    Raises
    ------
    ExecutionError
        With the cell, and the text around what was found.
    """
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            text = json.dumps(output, ensure_ascii=False)
            for path, meaning in forbidden.items():
                if path in text:
                    start = text.index(path)
                    around = text[max(0, start - 60) : start + len(path) + 40]
                    raise ExecutionError(
                        f"{place(chapter, cell['id'])}: {chapter.name} ({framework}): an output of the cell "
                        f"{cell['id']!r} shows {meaning} of this machine: …{around}…",
                        "Print names instead of paths, or silence the warning that shows it; "
                        "what is committed must read the same everywhere.",
                    )
