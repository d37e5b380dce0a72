"""Find a class's submissions, however they were collected.

Known layouts, also mixed, also in a zip (of zips, one level down):

* ``STUDENT/NN-name.ipynb``, and nbgrader's ``submitted/STUDENT/ASSIGNMENT/NN-name.ipynb``
* one flat folder of ``NN-name_STUDENT.ipynb``
* Moodle: ``Full Name_1234567_assignsubmission_file_/NN-name.ipynb``, or the same in one flat file name
* Canvas: ``lastfirst_1234_5678_NN-name.ipynb``, ``lastfirst_LATE_1234_5678_NN-name-1.ipynb``
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import shutil
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from ..errors import CourseError
from ..exercises.registry import chapter_number
from .model import NotGradedError, Submission
from .reading import chapters_named

__all__ = ["file_name", "find"]

_IGNORED = ("__MACOSX", "Thumbs.db")
_MOODLE = re.compile(r"(?P<student>.+_\d+)_assignsubmission_(?:file|onlinetext)_?(?P<rest>.*)$", re.DOTALL)
_CANVAS = re.compile(r"(?P<student>[^_]+)_(?:LATE_)?(?P<user>\d+)_(?P<number>\d+)_(?P<rest>.+)$", re.DOTALL)
_FLAT = re.compile(r"(?P<name>\d\d-[a-z0-9-]+)_(?P<student>.+)$", re.DOTALL)
_RESUBMITTED = re.compile(r"-(\d+)$")
_ZIP_FILES, _ZIP_BYTES = 20_000, 2_000_000_000
_ZIP_RATIO = 200


def file_name(student: str) -> str:
    """A name for a student's files: safe on every system, another one for every student.

    Examples
    --------
    >>> file_name("ada"), file_name("../x"), file_name("Ada")
    ('ada', 'x=d6b96a97', 'Ada=99a563ab')
    """
    plain = re.sub(r"[^a-z0-9._-]+", "-", student)[:60].strip("-.")
    if plain == student and plain:
        return plain
    shown = re.sub(r"[^A-Za-z0-9._-]+", "-", student)[:60].strip("-.")
    # "=" is in no plain name, so none can pass for another's.
    return f"{shown or 'student'}={hashlib.sha256(student.encode('utf-8', 'replace')).hexdigest()[:8]}"


@dataclass(frozen=True)
class _File:
    """A file and where it seemed to lie; ``problem`` where it cannot be taken."""

    path: Path
    shown: PurePosixPath
    modified: float
    problem: NotGradedError | None = None


def _walk(place: Path) -> Iterator[_File]:
    """All files below a folder, no link followed, what cannot be read with a reason."""
    stack = [place]
    while stack:
        folder = stack.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            shown = PurePosixPath(folder.relative_to(place).as_posix())
            yield _File(
                folder, shown / "?", 0.0, NotGradedError(f"the folder cannot be read ({error.strerror})")
            )
            continue
        for entry in entries:
            if entry.name.startswith(".") or entry.name in _IGNORED:
                continue
            shown = PurePosixPath(Path(entry.path).relative_to(place).as_posix())
            if entry.is_symlink():
                reason = NotGradedError(
                    "it is a symbolic link", "Ask for the file itself: links are not followed."
                )
                yield _File(Path(entry.path), shown, 0.0, reason)
            elif entry.is_dir(follow_symlinks=False):
                stack.append(Path(entry.path))
            else:
                yield _File(Path(entry.path), shown, entry.stat(follow_symlinks=False).st_mtime)


def _unzip(archive: Path, to: Path) -> Iterator[_File]:
    """The files of a zip, taken out one by one under names of our own.

    Raises
    ------
    NotGradedError
        For a zip that is broken, or so large that it is a trap.
    """
    try:
        with zipfile.ZipFile(archive) as bundle:
            members = [m for m in bundle.infolist() if not m.is_dir()]
            if len(members) > _ZIP_FILES or sum(m.file_size for m in members) > _ZIP_BYTES:
                raise NotGradedError("the zip unpacks to far more than a class hands in")
            to.mkdir(parents=True, exist_ok=True)
            for number, member in enumerate(members):
                parts = PurePosixPath(member.filename.replace("\\", "/"))
                if any(part.startswith(".") and part != ".." for part in parts.parts) or set(
                    parts.parts
                ) & set(_IGNORED):
                    continue
                target = to / f"{number:05d}"
                clean = PurePosixPath(*[p for p in parts.parts if p not in ("/", "..", ".")] or ["?"])
                yield _member(bundle, member, parts, clean, target)
    except (zipfile.BadZipFile, OSError, NotImplementedError, EOFError) as error:
        raise NotGradedError(f"the zip is broken ({type(error).__name__})", "Download it again.") from None


def _member(
    bundle: zipfile.ZipFile, member: zipfile.ZipInfo, parts: PurePosixPath, shown: PurePosixPath, to: Path
) -> _File:
    try:
        modified = dt.datetime(*member.date_time).timestamp()
    except ValueError:
        modified = 0.0
    if parts.is_absolute() or ".." in parts.parts or re.match(r"[A-Za-z]:", parts.as_posix()):
        return _File(to, shown, modified, NotGradedError("its name in the zip leads out of the zip's folder"))
    if stat.S_ISLNK(member.external_attr >> 16):
        return _File(to, shown, modified, NotGradedError("it is a symbolic link in the zip"))
    if member.flag_bits & 1:
        return _File(
            to, shown, modified, NotGradedError("the zip has a password", "Unpack it yourself first.")
        )
    if member.file_size > 1_000_000 and member.file_size > _ZIP_RATIO * max(member.compress_size, 1):
        return _File(to, shown, modified, NotGradedError("it is packed so tightly that it may be a trap"))
    try:
        with bundle.open(member) as source, to.open("wb") as target:
            shutil.copyfileobj(source, target)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError):
        return _File(to, shown, modified, NotGradedError("it cannot be unpacked from the zip"))
    return _File(to, shown, modified)


def _files(place: Path, scratch: Path) -> Iterator[_File]:
    """Every file, those in zips as if the zip were a folder of its name; a zip in a zip too, once."""
    first = _unzip(place, scratch / "zip") if place.is_file() else _walk(place)
    for number, file in enumerate(first):
        if file.problem is not None or file.shown.suffix.lower() != ".zip":
            yield file
            continue
        inside = file.shown.with_suffix("")
        try:
            for inner in _unzip(file.path, scratch / f"zip-{number}"):
                yield replace(inner, shown=inside / inner.shown)
        except NotGradedError as problem:
            yield replace(file, problem=problem)


@dataclass(frozen=True)
class _Candidate:
    student: str
    file: _File
    turn: int
    """How often it was handed in before, as Canvas counts."""


def _whose(file: _File) -> tuple[str, int] | None:
    """The student of a file, and the count of its resubmission, by the names around it."""
    parts = file.shown.parts
    stem = file.shown.name.removesuffix(".ipynb")
    for part in (*parts[:-1], stem):
        if match := _MOODLE.match(part):
            return match["student"], 0
    for part in (*parts[:-1], stem):
        if match := _CANVAS.match(part):
            again = _RESUBMITTED.search(match["rest"].removesuffix(".ipynb"))
            return f"{match['student']}_{match['user']}", int(again[1]) if again else 0
    if len(parts) > 1:
        return parts[0], 0
    if match := _FLAT.match(stem):
        return match["student"], 0
    return None


def find(place: Path, chapter: str, scratch: Path) -> list[Submission]:
    """The submissions of one chapter: one for each student, whatever there is of theirs.

    Parameters
    ----------
    place : pathlib.Path
        A folder, or a zip of one.
    chapter : str
        A file whose name is of another chapter counts only where the student has none of this one.
    scratch : pathlib.Path
        An empty folder of ours, for what comes out of zips.

    Returns
    -------
    list of Submission
        By student. The newest file of a student counts: by Canvas's count, then by the time on the file,
        which the LMS, the zip or the copying set. It is never taken for a hand-in time.

    Raises
    ------
    CourseError
        If there is nothing, or the zip cannot be read at all.
    """
    if not place.exists():
        raise CourseError(f"There is no {place}.", "Give the folder or the zip with the submissions.")
    if place.is_file() and place.suffix.lower() != ".zip":
        raise CourseError(f"{place} is neither a folder nor a zip.", "Give the folder with the submissions.")
    place = _nbgrader_root(place)
    number = chapter_number(chapter)
    found: dict[str, list[_Candidate]] = {}
    try:
        files = list(_files(place, scratch))
    except NotGradedError as problem:
        raise CourseError(f"{place} cannot be read: {problem.reason}.", "Download it again.") from None
    files = _without_common_folder(files)
    for file in files:
        whose = _whose(file)
        if whose is None:
            whose = (file.shown.name.removesuffix(".ipynb"), 0)
            if file.shown.suffix.lower() != ".ipynb" and file.problem is None:
                continue  # a roster or a note beside the notebooks
        student, turn = whose
        found.setdefault(unicodedata.normalize("NFC", student), []).append(_Candidate(student, file, turn))
    if not found:
        raise CourseError(
            f"There are no submissions in {place}.",
            "They are looked for as STUDENT/NN-name.ipynb, NN-name_STUDENT.ipynb, or as an LMS names them.",
        )
    return [_chosen(student, found[student], number) for student in sorted(found)]


def _nbgrader_root(place: Path) -> Path:
    inner = place / "submitted"
    return inner if inner.is_dir() and not inner.is_symlink() and not list(place.glob("*.ipynb")) else place


def _without_common_folder(files: list[_File]) -> list[_File]:
    """A zip often holds one folder with everything in it; that folder is no student."""
    tops = {file.shown.parts[0] for file in files if len(file.shown.parts) > 1}
    deep = all(len(file.shown.parts) > 2 or file.shown.suffix != ".ipynb" for file in files)
    flat = all(
        _FLAT.match(f.shown.stem) or _CANVAS.match(f.shown.stem) for f in files if f.shown.suffix == ".ipynb"
    )
    if (
        len(tops) == 1
        and all(len(file.shown.parts) > 1 for file in files)
        and (deep or flat)
        and len(files) > 1
    ):
        return [replace(file, shown=PurePosixPath(*file.shown.parts[1:])) for file in files]
    return files


def _of_chapter(file: _File, number: str) -> bool:
    named = chapters_named(file.shown.name)
    return not named or number in named


def _chosen(student: str, candidates: list[_Candidate], number: str) -> Submission:
    notebooks = [c for c in candidates if c.file.shown.suffix.lower() == ".ipynb"]
    pool = [c for c in notebooks if _of_chapter(c.file, number)] or notebooks
    if not pool:
        other = next((c for c in candidates if c.file.problem is not None), candidates[0])
        problem = other.file.problem or NotGradedError(
            f"there is no notebook among the student's files ({other.file.shown.name})",
            "Ask the student for the .ipynb file.",
        )
        return Submission(student, other.file.path, str(other.file.shown), problem=problem)
    pool.sort(key=lambda c: (c.turn, c.file.modified, str(c.file.shown)))
    newest, older = pool[-1], pool[:-1]
    notes = []
    if any("_LATE_" in part for part in newest.file.shown.parts):
        notes.append("Canvas marks it as late; the roster may say when it was handed in")
    if older:
        names = ", ".join(str(c.file.shown) for c in older)
        notes.append(f"{newest.file.shown} counts, being the newest; not counted: {names}")
    return Submission(
        student, newest.file.path, str(newest.file.shown), notes=tuple(notes), problem=newest.file.problem
    )
