"""Which files were handed in, whatever folders and zips they lie in? No link is followed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tlcourse.errors import CourseError
from tlcourse.grading.model import NotGradedError
from tlcourse.grading.reading import NOTEBOOKS, Wanted
from tlcourse.grading.words import clean
from tlcourse.grading.zips import unzip

__all__ = ["ClassFile", "class_files", "submitted_folder"]

_IGNORED = ("__MACOSX", ".DS_Store", ".ipynb_checkpoints", "Thumbs.db", "desktop.ini")
_MOST_FILES = 20_000


@dataclass(frozen=True)
class ClassFile:
    """A file or folder among the submissions.

    Attributes
    ----------
    path : pathlib.Path
        Where it lies now.
    parts : tuple of str
        Its place below the class's folder; the parts of a zip's name are those of a folder.
    modified : float
        Seconds since 1970; 0 where nothing is known.
    problem : NotGradedError or None
        Why it cannot be used.
    kind : {"file", "folder", "hidden"}
    zipped : int
        Which of ``parts``, counted from 1, is a zip; 0 if none.
    ending : str
        Of the names of the files that may count.
    """

    path: Path
    parts: tuple[str, ...]
    modified: float = 0.0
    problem: NotGradedError | None = None
    kind: str = "file"
    zipped: int = 0
    ending: str = NOTEBOOKS.ending

    @property
    def may_count(self) -> bool:
        """Whether its name is that of the kind of file that is handed in: a notebook, mostly."""
        return self.kind == "file" and self.parts[-1].lower().endswith(self.ending)

    @property
    def shown(self) -> str:
        """Its place as one line of text, fit to be shown."""
        return clean("/".join(self.parts), 300)


def class_files(place: Path, scratch: Path, wanted: Wanted = NOTEBOOKS) -> Iterator[ClassFile]:
    """All files and folders of a class; a zip counts as a folder, and so does a zip inside it.

    Parameters
    ----------
    place : pathlib.Path
        A folder, or a zip.
    scratch : pathlib.Path
        An empty folder of ours, for what comes out of zips.
    wanted : Wanted
        What students hand in; notebooks by default.

    Raises
    ------
    CourseError
        If the folder cannot be read.
    NotGradedError
        If `place` is a zip that cannot be read.
    OSError
        If there is no room left for what comes out of a zip.
    """
    outer = _unzipped(place, scratch / "zip", wanted) if place.is_file() else _below(place, wanted)
    for number, file in enumerate(outer):
        if file.kind != "file" or file.problem is not None or not file.parts[-1].lower().endswith(".zip"):
            yield replace(file, ending=wanted.ending)
            continue
        depth = len(file.parts)
        yield replace(file, kind="folder", zipped=depth)
        try:
            for inner in _unzipped(file.path, scratch / f"zip-{number}", wanted):
                parts = file.parts + inner.parts
                yield replace(inner, parts=parts, zipped=depth, ending=wanted.ending)
        except NotGradedError as problem:
            yield replace(file, problem=problem, zipped=depth)


def submitted_folder(place: Path) -> Path:
    """The folder ``submitted`` where `place` is an nbgrader course, else `place`.

    A student whose folder has that name has no course around it.
    """
    inner = place / "submitted"
    if inner.is_symlink() or not inner.is_dir():
        return place
    try:
        names = {name for name in os.listdir(place) if not name.startswith(".")}
    except OSError:
        return place
    of_a_course = names & {"nbgrader_config.py", "gradebook.db", "source", "release", "autograded"}
    return inner if of_a_course or names == {"submitted"} else place


def _is_ignored(name: str) -> bool:
    return name in _IGNORED or name.startswith("._")


def _below(place: Path, wanted: Wanted) -> Iterator[ClassFile]:
    """Everything below a folder; what cannot be read comes with the reason."""
    folders: list[tuple[Path, tuple[str, ...]]] = [(place, ())]
    counts: dict[str, int] = {}  # of what lies below each entry at the top
    while folders:
        folder, parts = folders.pop()
        if parts:
            yield ClassFile(folder, parts, kind="folder")
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            if not parts:
                raise CourseError(
                    f"{place} cannot be read ({error.strerror}).", "Give yourself permission to read it."
                ) from None
            problem = NotGradedError(f"the folder cannot be read ({error.strerror})")
            yield ClassFile(folder, (*parts, "?"), problem=problem)
            continue
        for entry in entries:
            if _is_ignored(entry.name):
                continue
            file = _of_entry(entry, (*parts, entry.name))
            top = file.parts[0]
            counts[top] = counts.get(top, 0) + 1
            if counts[top] > _MOST_FILES:
                continue
            if file.kind == "folder":
                folders.append((file.path, file.parts))
            else:
                yield file
    yield from _too_many_files(place, counts, wanted)


def _too_many_files(place: Path, counts: dict[str, int], wanted: Wanted) -> Iterator[ClassFile]:
    for top, count in counts.items():
        if count > _MOST_FILES:
            problem = NotGradedError(
                f"there are more than {_MOST_FILES} files", f"Ask the student for {wanted.what} alone."
            )
            yield ClassFile(place / top, (top, "?"), problem=problem)


def _of_entry(entry: os.DirEntry[str], parts: tuple[str, ...]) -> ClassFile:
    path = Path(entry.path)
    if entry.name.startswith("."):
        return ClassFile(path, parts, kind="hidden")
    try:
        if entry.is_symlink():
            problem = NotGradedError(
                "it is a symbolic link", "Ask for the file itself: links are not followed."
            )
            return ClassFile(path, parts, problem=problem)
        if entry.is_dir(follow_symlinks=False):
            return ClassFile(path, parts, kind="folder")
        return ClassFile(path, parts, entry.stat(follow_symlinks=False).st_mtime)
    except OSError as error:
        return ClassFile(path, parts, problem=NotGradedError(f"it cannot be looked at ({error.strerror})"))


def _unzipped(archive: Path, to: Path, wanted: Wanted) -> Iterator[ClassFile]:
    for member in unzip(archive, to, wanted):
        if any(_is_ignored(part) for part in member.parts):
            continue
        hidden = next((i for i, part in enumerate(member.parts) if part.startswith(".")), None)
        if hidden is not None:
            yield ClassFile(member.path, member.parts[: hidden + 1], kind="hidden")
        elif member.folder:
            yield ClassFile(member.path, member.parts, kind="folder")
        else:
            yield ClassFile(member.path, member.parts, member.modified, member.problem)
