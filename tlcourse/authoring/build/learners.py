"""Learners' notebooks: the course's new copy is written, and what somebody did in the old one is not lost."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tlcourse.authoring.build.files import CourseFiles, read_notebook
from tlcourse.authoring.serialize import digest, dumps

__all__ = ["is_set_aside", "was_edited", "write_learner"]

YOURS = ".yours"


def write_learner(files: CourseFiles, path: Path, notebook: Any, *, force: bool = False) -> None:
    """Write a learner's notebook, unless a learner's work is in the one there: that stays, or is put aside.

    Parameters
    ----------
    path : Path
        Where it goes.
    notebook : nbformat.NotebookNode
        As compiled.
    force : bool
        Put the work aside even if the course has no newer copy.
    """
    text = dumps(notebook)
    if files.check or not path.exists() or path.read_text(encoding="utf-8") == text:
        files.put(path, text)
        return
    existing = read_notebook(path)
    edition = existing.metadata.get("tlcourse", {}).get("edition") if existing is not None else None
    if edition == notebook.metadata.tlcourse["edition"] and not force:
        # Changed or only run: it began as this very copy, so there is nothing new to give.
        files.report.kept.append(files.name(path))
        files.echo(f"{files.name(path)}: you worked in it, and it is as new as the course: left alone")
        return
    if existing is None or was_edited(existing):
        _set_aside(files, path)
    files.put(path, text)


def was_edited(notebook: Any) -> bool:
    """Whether a learner's notebook has other cells than it was handed out with; outputs do not count."""
    return bool(notebook.metadata.get("tlcourse", {}).get("digest") != digest(notebook))


def is_set_aside(path: Path) -> bool:
    """Whether a file is a learner's work that a build put aside."""
    return YOURS in path.name


def _set_aside(files: CourseFiles, path: Path) -> None:
    aside = next(
        free
        for number in range(1, 10_000)
        if not (free := path.with_name(f"{path.stem}{YOURS}-{number}.ipynb")).exists()
    )
    os.replace(path, aside)
    files.report.moved.append((files.name(path), files.name(aside)))
    files.echo(f"{files.name(path)}: had work in it, now in {aside.name}; this is the course's new copy")
