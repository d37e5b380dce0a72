"""Generated files whose chapter is gone."""

from __future__ import annotations

from collections.abc import Iterable

from tlcourse.authoring.build.files import CourseFiles, read_notebook
from tlcourse.authoring.build.learners import is_set_aside, was_edited
from tlcourse.authoring.source import chapter_paths

__all__ = ["drop_gone"]


def drop_gone(files: CourseFiles, frameworks: Iterable[str]) -> None:
    """Remove the notebooks and claims of chapters that are gone; what somebody worked in, or made, stays."""
    chapters = {path.stem for path in chapter_paths(files.root)}
    for framework in frameworks:
        for kind in ("notebooks", "solutions"):
            _drop_notebooks(files, kind, framework, chapters)
        for path in sorted((files.root / "book" / "claims" / framework).glob("*.json")):
            if path.stem not in chapters:
                files.drop(path)


def _drop_notebooks(files: CourseFiles, kind: str, framework: str, chapters: set[str]) -> None:
    for path in sorted((files.root / kind / framework).glob("*.ipynb")):
        if path.stem in chapters or is_set_aside(path):
            continue
        notebook = read_notebook(path)
        if notebook is None or "chapter" not in notebook.metadata.get("tlcourse", {}):
            continue  # not one of ours: somebody's own notebook
        if kind == "notebooks" and was_edited(notebook):
            files.report.kept.append(files.name(path))
        else:
            files.drop(path)
