"""``tlcourse start``: the course laid out in a folder of the learner's, and brought up to date there later.

What a learner has changed is never overwritten: a notebook with work in it is put aside when the course has a
newer one, as `tlcourse build` does in a checkout, and any other file of theirs is left alone.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import tlcourse
from tlcourse.authoring.build.files import CourseFiles, read_notebook
from tlcourse.authoring.build.learners import was_edited, write_learner
from tlcourse.authoring.build.report import BuildReport
from tlcourse.authoring.compile import compile_chapter
from tlcourse.commands.places import MARKER, course_files, installed_frameworks, notebooks_of
from tlcourse.errors import CourseError, DataError, SettingError
from tlcourse.files import sha256, write_whole
from tlcourse.frameworks import FRAMEWORKS, TITLES, resolve_framework

__all__ = ["start_course"]

README = """# tlcourse: transfer learning by doing it

{notebooks}

    tlcourse lab        JupyterLab on this folder
    tlcourse doctor     is everything here? if not, it says what to do
    tlcourse packs      more pretrained weights and data, once
    tlcourse start .    after an upgrade: the newest notebooks; what you worked in is kept

Begin with `00-start-here.ipynb`. `project/` holds the six steps in one script, for a folder of
your own images.
"""


def start_course(
    folder: Path,
    frameworks: Sequence[str] | None = None,
    *,
    solutions: bool = False,
    echo: Callable[[str], Any] = print,
) -> list[Path]:
    """Lay the course out in a folder, or bring one up to date.

    Parameters
    ----------
    folder : path
        Made if it is missing. Files of the learner's in it stay.
    frameworks : sequence of {"torch", "keras"}, optional
        Whose notebooks; otherwise of those that are installed.
    solutions : bool
        Also the solved and executed notebooks, in ``solutions``.
    echo : callable
        Gets a line for each file that was kept or put aside.

    Returns
    -------
    list of path
        The learner's notebooks, one for each chapter and framework.

    Raises
    ------
    SettingError
        For a file in the folder's place, a checkout of the course, or another framework.
    DataError
        If a notebook of the installed course is damaged.
    CourseError
        If the folder cannot be written.
    """
    sides = [resolve_framework(name) for name in frameworks] if frameworks else installed_frameworks()
    sides = sides or list(FRAMEWORKS)
    folder = folder.expanduser().resolve()
    if folder.exists() and not folder.is_dir():
        raise SettingError(f"{folder} is a file.", "Name a folder.")
    if (folder / "book" / "chapters").is_dir():
        raise SettingError(
            f"{folder} is a checkout of the course, which has its notebooks.",
            "Open them with `tlcourse lab`, or name another folder.",
        )
    source = course_files(Path(tlcourse.__file__).parent)
    files = CourseFiles(folder, False, echo, BuildReport())
    try:
        written = [_notebook(files, path) for side in sides for path in _chapters(source / "notebooks", side)]
        _plain_files(folder, source, sides, solutions, echo)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            fix = "Make room, and call the command again: it goes on."
        else:
            fix = "Name a folder that is yours to write."
        raise CourseError(
            f"The course cannot be laid out in {folder}: {error.strerror or error}.", fix
        ) from None
    return written


def _chapters(place: Path, side: str) -> list[Path]:
    found = notebooks_of(place, [side])
    if not found:
        raise CourseError(
            f"This installation of tlcourse has no {TITLES[side]} notebooks.",
            "Install its wheel; in a checkout call `tlcourse build --no-execute` first.",
        )
    return found


def _notebook(files: CourseFiles, path: Path) -> Path:
    notebook = read_notebook(path)
    if notebook is None:
        raise DataError(f"The installed notebook {path.name} is damaged.", "Install tlcourse again.")
    if was_edited(notebook) or any(cell.get("outputs") for cell in notebook.cells):
        # A checkout in which somebody learns: others begin with the blank that its source gives.
        chapter = path.parents[2] / "book" / "chapters" / f"{path.stem}.md"
        notebook = compile_chapter(chapter, path.parent.name, "learner")
    target = files.root / path.parent.name / path.name
    write_learner(files, target, notebook)
    return target


def _plain_files(
    folder: Path, source: Path, sides: Sequence[str], solutions: bool, echo: Callable[[str], Any]
) -> None:
    """What is no learner's notebook: written where it is missing, or as the last `tlcourse start` left it."""
    before = _marker(folder)
    found = ", ".join(f"`{side}/`" for side in sides)
    texts: dict[str, str | bytes] = {"README.md": README.format(notebooks=f"The notebooks: {found}.")}
    for path in sorted((source / "project").glob("*")):
        if path.suffix == ".py" and path.stem.rpartition("_")[2] in sides:
            texts[f"project/{path.name}"] = path.read_bytes()
    if solutions:
        for side in sides:
            for path in _chapters(source / "solutions", side):
                texts[f"solutions/{side}/{path.name}"] = path.read_bytes()
    hashes = dict(before)
    for name, text in texts.items():
        target = folder / name
        if target.exists() and sha256(target) != before.get(name):
            echo(f"{name}: it is yours, left alone")
            continue
        write_whole(target, text)
        hashes[name] = sha256(target)
    record = {"version": tlcourse.__version__, "files": hashes}
    write_whole(folder / MARKER, json.dumps(record, indent=1, sort_keys=True) + "\n")


def _marker(folder: Path) -> dict[str, str]:
    """The hashes of what the last `tlcourse start` wrote; none where there is no record, or a broken one."""
    try:
        files = json.loads((folder / MARKER).read_text(encoding="utf-8"))["files"]
        return {str(name): str(value) for name, value in files.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
