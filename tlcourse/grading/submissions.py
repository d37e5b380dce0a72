"""Which submission is whose, however a class's files were collected?

Known layouts, also in a zip (of zips, one level down):

* ``STUDENT/NN-name.ipynb``, and nbgrader's ``submitted/STUDENT/ASSIGNMENT/NN-name.ipynb``
* one flat folder of ``NN-name_STUDENT.ipynb``
* Moodle: ``Full Name_1234567_assignsubmission_file_/NN-name.ipynb``, or the same in one flat file name
* Canvas: ``lastfirst_1234_5678_NN-name.ipynb``, ``lastfirst_LATE_1234_5678_NN-name-1.ipynb``

Whose a file is depends on what lies at the top (``layouts``); what counts of a student's files, on their
names and times (``candidates``) and on what is in them (``choosing``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tlcourse.errors import CourseError
from tlcourse.exercises.engine.registry import chapter_number
from tlcourse.grading.candidates import Handed, OwnedFile, handed_in
from tlcourse.grading.class_files import ClassFile, class_files, submitted_folder
from tlcourse.grading.keeping import cannot_write, is_full
from tlcourse.grading.layouts import Entry, Owner, owners
from tlcourse.grading.model import NotGradedError
from tlcourse.grading.reading import NOTEBOOKS, Wanted
from tlcourse.grading.words import clean, student_key

__all__ = ["Intake", "files_by_student", "find_submissions"]

_COURSE = {"notebooks", "solutions", "tlcourse", "book", "torch", "keras"}
"""Folders of the course itself: where they are, a checkout was handed in, and they are nobody's names."""
_MOST_WRAPPERS = 3  # folders in one another, each with everything in it


@dataclass(frozen=True)
class Intake:
    """A class's submissions, by student; and what was left out, each with its reason."""

    submissions: tuple[Handed, ...]
    left_out: tuple[str, ...] = ()


def find_submissions(place: Path, chapter: str, scratch: Path, students: Collection[str] = ()) -> Intake:
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
    Intake
        A student with two sources (two folders whose names differ only in how an accent is written, or a
        folder and a zip) has a problem: it is for the instructor to say which of them counts.

    Raises
    ------
    CourseError
        If there is nothing, or the zip cannot be read at all.
    """
    sources, remarks = files_by_student(place, scratch, students)
    if not sources:
        raise CourseError(
            f"There are no submissions in {place}.",
            "They are looked for as STUDENT/NN-name.ipynb, NN-name_STUDENT.ipynb, or as an LMS names them.",
        )
    number = chapter_number(chapter)
    return Intake(
        tuple(handed_in(student, sources[student], number) for student in sorted(sources)), tuple(remarks)
    )


def files_by_student(
    place: Path, scratch: Path, students: Collection[str] = (), wanted: Wanted = NOTEBOOKS
) -> tuple[dict[str, dict[str, list[OwnedFile]]], list[str]]:
    """Whose is each file, in any of the known layouts?

    Parameters
    ----------
    place, scratch, students
        As for `find_submissions`.
    wanted : Wanted
        The kind of file that students hand in; notebooks by default.

    Returns
    -------
    tuple of dict, and list of str
        Each student's files by their source (an entry at the top of the class's folder); and remarks for the
        instructor: what was left out, and where the layout was not clear.

    Raises
    ------
    CourseError
        If the place cannot be read at all.
    """
    place = _checked(place)
    files, remark = _without_common_folder(
        _read(place, scratch, wanted), place.is_file(), place.stem, {student_key(name) for name in students}
    )
    entries = _entries(files)
    owner_of, layout_remark = owners(list(entries.values()))
    sources, left_out = _by_student(files, entries, owner_of)
    remarks = [text for text in (remark, layout_remark) if text]
    return sources, list(dict.fromkeys([*remarks, *left_out]))


def _checked(place: Path) -> Path:
    """The folder or zip to look into."""
    if not place.exists():
        raise CourseError(f"There is no {place}.", "Give the folder or the zip with the submissions.")
    if place.is_file() and place.suffix.lower() != ".zip":
        raise CourseError(f"{place} is neither a folder nor a zip.", "Give the folder with the submissions.")
    return submitted_folder(place)


def _read(place: Path, scratch: Path, wanted: Wanted) -> list[ClassFile]:
    try:
        return list(class_files(place, scratch, wanted))
    except NotGradedError as problem:
        raise CourseError(f"{place} cannot be read: {problem.reason}.", "Download it again.") from None
    except OSError as error:
        if not is_full(error):
            raise
        make_room = "Unpacking needs room: make some, or set TMPDIR to a folder on another disk."
        raise cannot_write(error, scratch, make_room) from None


def _by_student(
    files: Sequence[ClassFile], entries: Mapping[str, Entry], owner_of: Mapping[str, Owner]
) -> tuple[dict[str, dict[str, list[OwnedFile]]], list[str]]:
    """Each student's files by their source, and what was left out, each with its reason."""
    sources: dict[str, dict[str, list[OwnedFile]]] = {}
    left_out = []
    empty = set(entries)
    for file in files:
        top = file.parts[0]
        if file.kind == "hidden" and len(file.parts) == 1:
            left_out.append(f"{file.shown} was left out: its name begins with a dot, so it is hidden")
            continue
        if file.kind == "folder" and len(file.parts) == 1 and file.problem is None:
            continue
        empty.discard(top)
        if (owner := owner_of.get(top)) is not None:
            of_student = sources.setdefault(student_key(owner.student), {})
            of_student.setdefault(owner.source, []).append((owner, file))
    left_out += [
        f"{clean(name, 100)} was left out: there is nothing in it"
        for name in sorted(empty)
        if entries[name].kind in ("folder", "zip")
    ]
    return sources, left_out


def _entries(files: Collection[ClassFile]) -> dict[str, Entry]:
    """What lies at the top, by name."""
    entries: dict[str, Entry] = {}
    for file in files:
        name = file.parts[0]
        if file.kind == "hidden" and len(file.parts) == 1:
            continue
        kind = _kind_of_entry(file)
        if kind == "folder" and name in entries and entries[name].kind == "zip":
            continue
        entries[name] = Entry(name, kind)
    return entries


def _kind_of_entry(file: ClassFile) -> str:
    """What the entry at the top is that a file belongs to."""
    if file.zipped == 1:
        return "zip"
    if len(file.parts) > 1 or file.kind == "folder":
        return "folder"
    if file.may_count:
        return "notebook"
    # A link may stand for a folder; nobody looks where it leads.
    return "folder" if file.problem is not None and "." not in file.parts[0] else "other"


def _without_common_folder(
    files: list[ClassFile], zipped: bool, name: str, students: Collection[str]
) -> tuple[list[ClassFile], str]:
    """What is in the one folder that holds everything, if it is the class's and not a student's.

    A zip is often made of a folder. An ordinary folder at the top is a student, unless the roster says that
    the students are in it.

    Parameters
    ----------
    files : list of ClassFile
    zipped : bool
        Whether all of it came in one zip.
    name : str
        The name of that zip or folder.
    students : collection of str
        Keys of the roster's students.

    Returns
    -------
    tuple of list of ClassFile, and str
        The files, with shorter ``parts``; and a remark where it was not clear ("" otherwise).
    """
    for _ in range(_MOST_WRAPPERS):
        visible = [file for file in files if file.kind != "hidden" or len(file.parts) > 1]
        tops = {file.parts[0] for file in visible}
        if len(tops) != 1 or any(file.kind == "file" and len(file.parts) == 1 for file in visible):
            return files, ""
        wrapper = _Wrapper.of(tops.pop(), files)
        if student_key(wrapper.label) in students:
            return files, ""
        if not wrapper.holds_one_of(students):
            if wrapper.folders & _COURSE:
                return files, ""
            if not ((zipped or wrapper.is_zip) and wrapper.holds_a_class(name)):
                return files, wrapper.remark
        files = [
            replace(file, parts=file.parts[1:], zipped=max(0, file.zipped - 1))
            for file in files
            if len(file.parts) > 1
        ]
        name = wrapper.label
    return files, ""


@dataclass(frozen=True)
class _Wrapper:
    """The one folder or zip in which everything lies: a class's, or a student's?"""

    name: str
    is_zip: bool
    folders: frozenset[str]
    """Folders and zips in it that hold something."""
    notebooks: tuple[Entry, ...]
    """Notebooks that lie in it directly."""

    @classmethod
    def of(cls, name: str, files: Collection[ClassFile]) -> _Wrapper:
        folders = {f.parts[1] for f in files if len(f.parts) > 2 and (f.may_count or f.problem)}
        folders |= {f.parts[1] for f in files if f.zipped == 2 and len(f.parts) > 1}
        notebooks = [Entry(f.parts[1], "notebook") for f in files if len(f.parts) == 2 and f.may_count]
        is_zip = any(file.zipped == 1 for file in files)
        return cls(name, is_zip, frozenset(folders), tuple(notebooks))

    @property
    def label(self) -> str:
        return Entry(self.name, "zip" if self.is_zip else "folder").label

    @property
    def names_students(self) -> bool:
        """Whether each notebook's name holds a student's."""
        owner_of = owners(self.notebooks)[0]
        return len(self.notebooks) > 1 and all(
            entry.name in owner_of and owner_of[entry.name].student != entry.label for entry in self.notebooks
        )

    def holds_one_of(self, students: Collection[str]) -> bool:
        """Whether a student of the roster has a folder or a notebook in it."""
        inner = [*self.folders, *(owner.student for owner in owners(self.notebooks)[0].values())]
        return not {student_key(name) for name in inner}.isdisjoint(students)

    def holds_a_class(self, zip_name: str) -> bool:
        """Whether it looks like a class, if it came in a zip of that name."""
        alone = len(self.folders) == 1 and not self.notebooks and self.label in (zip_name, "submitted")
        return self.names_students or len(self.folders) > 1 or alone

    @property
    def remark(self) -> str:
        """For the instructor, where it was taken for one student's and may be a class's."""
        if len(self.folders) <= 1 and not self.names_students:
            return ""
        return (
            f"Everything lies in one folder, {clean(self.name, 100)}, which was taken for one student's. If "
            "it holds a class, give that folder itself."
        )
