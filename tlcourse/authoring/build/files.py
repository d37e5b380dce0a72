"""The files that a build writes and removes, or, in a check, compares."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tlcourse.authoring.build.report import BuildReport
from tlcourse.files import write_whole
from tlcourse.notebook_format import nbformat

__all__ = ["CourseFiles", "read_notebook"]


@dataclass(frozen=True)
class CourseFiles:
    """The course's folder as a build sees it; notes in its report what it does.

    Attributes
    ----------
    root : Path
        The course's folder.
    check : bool
        Only compare: nothing is written or removed.
    echo : callable
        Gets the lines of progress.
    report : BuildReport
    """

    root: Path
    check: bool
    echo: Callable[[str], Any]
    report: BuildReport

    def name(self, path: Path) -> str:
        """A path as the report shows it: relative to the course's folder."""
        return path.relative_to(self.root).as_posix()

    def put(self, path: Path, text: str) -> None:
        """Write a file whose text changed; in a check, show the difference."""
        name = self.name(path)
        old = path.read_text(encoding="utf-8") if path.is_file() else None
        if old == text:
            self.report.unchanged.append(name)
        elif self.check:
            self.report.differences.append(name)
            self.echo(f"{name}: " + ("is missing" if old is None else "differs from what its source gives"))
            for row in _difference(old, text) if old is not None else ():
                self.echo(f"    {row}")
        else:
            write_whole(path, text)
            self.report.written.append(name)

    def drop(self, path: Path) -> None:
        """Remove a file whose chapter is gone; in a check, say so."""
        name = self.name(path)
        if self.check:
            self.report.differences.append(name)
            self.echo(f"{name}: belongs to no chapter")
        else:
            path.unlink()
            self.report.removed.append(name)
            self.echo(f"{name}: removed, its chapter is gone")


def read_notebook(path: Path) -> Any | None:
    """The notebook in a file; None if there is no file, or no notebook in it."""
    from nbformat.v4.rwbase import rejoin_lines

    try:
        notebook = nbformat.from_dict(json.loads(path.read_text(encoding="utf-8")))
        nbformat.validate(notebook)
    except (OSError, ValueError, nbformat.ValidationError):
        return None
    return rejoin_lines(notebook)


def _difference(old: str, new: str, limit: int = 10) -> list[str]:
    rows = [
        row[:160]
        for row in difflib.unified_diff(
            old.splitlines(), new.splitlines(), "on disk", "from the source", lineterm="", n=0
        )
        if not row.startswith(("---", "+++"))
    ]
    return rows if len(rows) <= limit else [*rows[:limit], f"… and {len(rows) - limit} lines more"]
