"""Find a class's submissions, however they were collected.

Known layouts, also in a zip (of zips, one level down):

* ``STUDENT/NN-name.ipynb``, and nbgrader's ``submitted/STUDENT/ASSIGNMENT/NN-name.ipynb``
* one flat folder of ``NN-name_STUDENT.ipynb``
* Moodle: ``Full Name_1234567_assignsubmission_file_/NN-name.ipynb``, or the same in one flat file name
* Canvas: ``lastfirst_1234_5678_NN-name.ipynb``, ``lastfirst_LATE_1234_5678_NN-name-1.ipynb``

Whose a file is, is told by what lies at the top (``layouts``); what counts of a student's files, by what
is in them (``choosing``).
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import CourseError
from ..exercises.engine.registry import chapter_number
from .keeping import is_full, writing
from .layouts import Entry, Owner, owners
from .model import NotGradedError, Submission
from .reading import chapters_named
from .words import clean, student_key
from .zips import unzip

__all__ = ["Candidate", "Found", "Handed", "file_name", "find", "look"]

_SILENT = ("__MACOSX", ".DS_Store", ".ipynb_checkpoints", "Thumbs.db", "desktop.ini")
_COURSE = {"notebooks", "solutions", "tlcourse", "book", "torch", "keras"}
"""Folders of the course itself: where they are, a checkout was handed in, and they are nobody's names."""
_MOST_FILES = 20_000
_MOST_NOTEBOOKS = 40


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
    return f"{shown or 'student'}={hashlib.sha256(student.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


@dataclass(frozen=True)
class _File:
    """Something that was found: where it lies, and where it seemed to lie.

    ``kind`` is "file", "folder" or "hidden"; ``zips`` counts from 1 the part of ``parts`` that is a zip.
    """

    path: Path
    parts: tuple[str, ...]
    modified: float = 0.0
    problem: NotGradedError | None = None
    kind: str = "file"
    zipped: int = 0

    @property
    def is_notebook(self) -> bool:
        return self.kind == "file" and self.parts[-1].lower().endswith(".ipynb")

    @property
    def shown(self) -> str:
        return clean("/".join(self.parts), 300)


@dataclass(frozen=True)
class Candidate:
    """A notebook of a student's that may count.

    Attributes
    ----------
    path : pathlib.Path
    shown : str
        Relative, and fit to be shown.
    modified : float
        The time on the file, which the LMS, the zip or the copying set; never taken for a hand-in time.
    turn : int
        How often it was handed in before, as Canvas counts.
    of_chapter : bool
        Its name does not speak of another chapter.
    problem : NotGradedError or None
    """

    path: Path
    shown: str
    modified: float
    turn: int = 0
    of_chapter: bool = True
    problem: NotGradedError | None = None


@dataclass(frozen=True)
class Handed(Submission):
    """What one student handed in: all the notebooks that may count, the likeliest first."""

    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class Found:
    """A class's submissions, by student; and what was left out, each with its reason."""

    submissions: tuple[Handed, ...]
    left_out: tuple[str, ...] = ()


# --- what is there ------------------------------------------------------------------------------------------


def _is_silent(name: str) -> bool:
    return name in _SILENT or name.startswith("._")


def _walk(place: Path) -> Iterator[_File]:
    """All that is below a folder, no link followed, what cannot be read with a reason."""
    stack: list[tuple[Path, tuple[str, ...]]] = [(place, ())]
    seen: dict[str, int] = {}
    while stack:
        folder, parts = stack.pop()
        if parts:
            yield _File(folder, parts, kind="folder")
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            if not parts:
                raise CourseError(
                    f"{place} cannot be read ({error.strerror}).", "Give yourself permission to read it."
                ) from None
            problem = NotGradedError(f"the folder cannot be read ({error.strerror})")
            yield _File(folder, (*parts, "?"), problem=problem)
            continue
        for entry in entries:
            if not _is_silent(entry.name):
                found = _entry(entry, (*parts, entry.name))
                top = found.parts[0]
                seen[top] = seen.get(top, 0) + 1
                if seen[top] > _MOST_FILES:
                    continue
                if found.kind == "folder":
                    stack.append((found.path, found.parts))
                else:
                    yield found
    for top, count in seen.items():
        if count > _MOST_FILES:
            problem = NotGradedError(
                f"there are more than {_MOST_FILES} files", "Ask the student for the notebook alone."
            )
            yield _File(place / top, (top, "?"), problem=problem)


def _entry(entry: os.DirEntry[str], parts: tuple[str, ...]) -> _File:
    path = Path(entry.path)
    if entry.name.startswith("."):
        return _File(path, parts, kind="hidden")
    try:
        if entry.is_symlink():
            problem = NotGradedError(
                "it is a symbolic link", "Ask for the file itself: links are not followed."
            )
            return _File(path, parts, problem=problem)
        if entry.is_dir(follow_symlinks=False):
            return _File(path, parts, kind="folder")
        return _File(path, parts, entry.stat(follow_symlinks=False).st_mtime)
    except OSError as error:
        return _File(path, parts, problem=NotGradedError(f"it cannot be looked at ({error.strerror})"))


def _unzipped(archive: Path, to: Path) -> Iterator[_File]:
    for member in unzip(archive, to):
        if any(_is_silent(part) for part in member.parts):
            continue
        hidden = next((i for i, part in enumerate(member.parts) if part.startswith(".")), None)
        if hidden is not None:
            yield _File(member.path, member.parts[: hidden + 1], kind="hidden")
        elif member.folder:
            yield _File(member.path, member.parts, kind="folder")
        else:
            yield _File(member.path, member.parts, member.modified, member.problem)


def _files(place: Path, scratch: Path) -> Iterator[_File]:
    """Everything, what is in zips as if the zip were a folder; a zip in a zip too, once."""
    first = _unzipped(place, scratch / "zip") if place.is_file() else _walk(place)
    for number, file in enumerate(first):
        if file.kind != "file" or file.problem is not None or not file.parts[-1].lower().endswith(".zip"):
            yield file
            continue
        depth = len(file.parts)
        yield replace(file, kind="folder", zipped=depth)
        try:
            for inner in _unzipped(file.path, scratch / f"zip-{number}"):
                yield replace(inner, parts=file.parts + inner.parts, zipped=depth)
        except NotGradedError as problem:
            yield replace(file, problem=problem, zipped=depth)


def _nbgrader_root(place: Path) -> Path:
    """The folder ``submitted`` of an nbgrader course; a student of that name has no course around them."""
    inner = place / "submitted"
    if inner.is_symlink() or not inner.is_dir():
        return place
    try:
        names = {name for name in os.listdir(place) if not name.startswith(".")}
    except OSError:
        return place
    course = names & {"nbgrader_config.py", "gradebook.db", "source", "release", "autograded"}
    return inner if course or names == {"submitted"} else place


# --- whose it is --------------------------------------------------------------------------------------------


def _without_common_folder(
    files: list[_File], zipped: bool, name: str, students: Collection[str]
) -> tuple[list[_File], str]:
    """What is in the one folder that holds everything, if it is the class's and not a student's.

    A zip is often made of a folder. An ordinary folder at the top is a student, unless the roster says that
    the students are in it. Gives a remark for where it cannot be told.
    """
    for _ in range(3):
        seen = [file for file in files if file.kind != "hidden" or len(file.parts) > 1]
        tops = {file.parts[0] for file in seen}
        if len(tops) != 1 or any(file.kind == "file" and len(file.parts) == 1 for file in seen):
            return files, ""
        (top,) = tops
        is_zip = any(file.zipped == 1 for file in files)
        inner = {f.parts[1] for f in files if len(f.parts) > 2 and (f.is_notebook or f.problem)}
        inner |= {f.parts[1] for f in files if f.zipped == 2 and len(f.parts) > 1}
        flat = [Entry(f.parts[1], "notebook") for f in files if len(f.parts) == 2 and f.is_notebook]
        label = Entry(top, "zip" if is_zip else "folder").label
        if student_key(label) in students:
            return files, ""
        further = [*inner, *(owner.student for owner in owners(flat)[0].values())]
        if not {student_key(name) for name in further} & set(students):
            if inner & _COURSE:
                return files, ""
            named = len(flat) > 1 and all(_is_named(entry, flat) for entry in flat)
            several = len(inner) > 1 or (len(inner) == 1 and not flat and label in (name, "submitted"))
            if not ((zipped or is_zip) and (named or several)):
                remark = (
                    f"All is in the one folder {clean(top, 100)}, which was taken for one student's. If it "
                    "holds a class, give that folder itself."
                )
                return files, remark if len(inner) > 1 or named else ""
        files = [
            replace(f, parts=f.parts[1:], zipped=max(0, f.zipped - 1)) for f in files if len(f.parts) > 1
        ]
        name = label
    return files, ""


def _is_named(entry: Entry, among: Collection[Entry]) -> bool:
    """Whether a file's name holds a student's."""
    owner = owners(among)[0].get(entry.name)
    return owner is not None and owner.student != entry.label


def _entries(files: Collection[_File]) -> dict[str, Entry]:
    """What lies at the top, by name."""
    found: dict[str, Entry] = {}
    for file in files:
        name = file.parts[0]
        if file.kind == "hidden" and len(file.parts) == 1:
            continue
        if file.zipped == 1:
            kind = "zip"
        elif len(file.parts) > 1 or file.kind == "folder":
            kind = "folder"
        elif file.is_notebook:
            kind = "notebook"
        else:
            # A link may stand for a folder; nobody looks where it leads.
            kind = "folder" if file.problem is not None and "." not in name else "other"
        if kind == "folder" and found.get(name, Entry("", "")).kind == "zip":
            continue
        found[name] = Entry(name, kind)
    return found


def look(place: Path, chapter: str, scratch: Path, students: Collection[str] = ()) -> Found:
    """The submissions of one chapter: one for each student, whatever there is of theirs.

    Parameters
    ----------
    place : pathlib.Path
        A folder, or a zip of one.
    chapter : str
        A file whose name is of another chapter counts only where the student has none of this one.
    scratch : pathlib.Path
        An empty folder of ours, for what comes out of zips.
    students : collection of str
        Those of the roster, where there is one.

    Returns
    -------
    Found
        A student of whom there are two sources (two folders whose names are the same but for the way in
        which an accent is written, a folder and a zip) has a problem: which of them counts, is for the
        instructor to say.

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
    try:
        files = list(_files(place, scratch))
    except NotGradedError as problem:
        raise CourseError(f"{place} cannot be read: {problem.reason}.", "Download it again.") from None
    except OSError as error:
        if not is_full(error):
            raise
        with writing(scratch, "Unpacking needs room: make some, or set TMPDIR to a folder on another disk."):
            raise
    known = {student_key(name) for name in students}
    files, remark = _without_common_folder(files, place.is_file(), place.stem, known)
    entries = _entries(files)
    whose, odd = owners(list(entries.values()))
    left_out = [text for text in (remark, odd) if text]
    of_student: dict[str, dict[str, list[tuple[Owner, _File]]]] = {}
    empty = set(entries)
    for file in files:
        if file.kind == "hidden" and len(file.parts) == 1:
            left_out.append(f"{file.shown} was left out: its name begins with a dot, so it is hidden")
            continue
        if file.kind == "folder" and len(file.parts) == 1 and file.problem is None:
            continue
        empty.discard(file.parts[0])
        owner = whose.get(file.parts[0])
        if owner is not None:
            sources = of_student.setdefault(student_key(owner.student), {})
            sources.setdefault(owner.source, []).append((owner, file))
    left_out += [
        f"{clean(name, 100)} was left out: there is nothing in it"
        for name in sorted(empty)
        if entries[name].kind in ("folder", "zip")
    ]
    if not of_student:
        raise CourseError(
            f"There are no submissions in {place}.",
            "They are looked for as STUDENT/NN-name.ipynb, NN-name_STUDENT.ipynb, or as an LMS names them.",
        )
    number = chapter_number(chapter)
    handed = tuple(_handed(student, of_student[student], number) for student in sorted(of_student))
    return Found(handed, tuple(dict.fromkeys(left_out)))


def find(place: Path, chapter: str, scratch: Path, students: Collection[str] = ()) -> list[Handed]:
    """The submissions that `look` finds."""
    return list(look(place, chapter, scratch, students).submissions)


# --- what may count -----------------------------------------------------------------------------------------


def _candidates(files: Collection[tuple[Owner, _File]], number: str) -> list[Candidate]:
    """A source's notebooks: those named after the chapter, others, those of other chapters; each by its age.

    Canvas's count goes before the time of the file.
    """
    made: list[Candidate] = []
    by_name: set[str] = set()
    for owner, file in files:
        if file.is_notebook:
            named = chapters_named(file.parts[-1])
            of_chapter = not named or number in named
            by_name |= {file.shown} if number in named else set()
            made.append(Candidate(file.path, file.shown, file.modified, owner.turn, of_chapter, file.problem))
    made.sort(key=lambda c: (c.of_chapter, c.shown in by_name, c.turn, c.modified, c.shown), reverse=True)
    return made


def _handed(student: str, sources: dict[str, list[tuple[Owner, _File]]], number: str) -> Handed:
    by_source = {source: _candidates(files, number) for source, files in sources.items()}
    # Of one flat folder with several chapters, the others' files are no second source.
    of_chapter = {source: found for source, found in by_source.items() if any(c.of_chapter for c in found)}
    holding = of_chapter or {source: found for source, found in by_source.items() if found} or by_source
    if len(holding) > 1:
        names = [f"{_quoted(source)}" for source in sorted(holding)]
        told = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) < 6 else f"{', '.join(names[:5])}, …"
        how_many = {2: "two", 3: "three"}.get(len(names), str(len(names)))
        problem = NotGradedError(
            f"there are {how_many} submissions under this student's name: {told}",
            "Find out which one is the student's, take the other away or rename it, and grade again.",
        )
        return Handed(student, Path(), clean(", ".join(sorted(holding)), 300), problem=problem)
    source, candidates = next(iter(holding.items()))
    if not candidates:
        return _without_notebook(student, sources[source])
    first = candidates[0]
    notes: tuple[str, ...] = ()
    late = {file.shown for owner, file in sources[source] if owner.late}
    if first.shown in late:
        notes = ("Canvas marks it as late; the roster may say when it was handed in",)
    pool = sum(c.of_chapter for c in candidates) or len(candidates)
    if pool > _MOST_NOTEBOOKS:
        notes = (*notes, f"only {_MOST_NOTEBOOKS} of {pool} notebooks in the folder were looked at")
    refused = first.problem if len(candidates) == 1 else None
    return Handed(
        student,
        first.path,
        first.shown,
        notes=notes,
        problem=refused,
        candidates=tuple(candidates[:_MOST_NOTEBOOKS]),
    )


def _quoted(source: str) -> str:
    """A name so that two that look the same can be told apart."""
    shown = clean(source, 120)
    return f"{shown!r}" if shown.isascii() else f"{shown!r} ({shown!a})"


def _without_notebook(student: str, files: Collection[tuple[Owner, _File]]) -> Handed:
    every = [file for _, file in files]
    other = next((f for f in every if f.problem is not None), None) or next(
        (f for f in every if f.kind == "file"), every[0]
    )
    hidden = "hidden file" if other.kind == "hidden" else "there"
    problem = other.problem or NotGradedError(
        f"there is no notebook among the student's files ({hidden}: {other.shown})",
        "Ask the student for the .ipynb file.",
    )
    return Handed(student, other.path, other.shown, problem=problem)
