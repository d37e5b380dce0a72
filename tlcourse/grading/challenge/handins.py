"""Whose is each file of predictions, and in which order were a student's files handed in?"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tlcourse.errors import CourseError
from tlcourse.grading.candidates import OwnedFile
from tlcourse.grading.class_files import ClassFile
from tlcourse.grading.layouts import Owner
from tlcourse.grading.model import NotGradedError
from tlcourse.grading.reading import Wanted
from tlcourse.grading.submissions import files_by_student
from tlcourse.grading.words import clean, student_key

__all__ = ["PREDICTIONS", "HandIn", "HandedFile", "find_hand_ins"]

PREDICTIONS = Wanted(
    ".csv",
    "the file predictions.csv",
    20_000_000,
    "Ask for a CSV with the two columns file and label, and nothing else.",
)
_MOST_FILES = 50
_SAME_TIME = 2.0  # seconds: a zip counts in steps of two
_NOBODY = {"roster", "labels", "sample_submission", "grades", "canvas", "moodle", "board", "origin"}
"""Names of files at the top that are no student's."""
_NAMED = re.compile(
    r"(?:predictions?|submission)[ _-]+(?P<after>.+?)"
    r"|(?P<before>.+?)[ _-]+(?:predictions?|submission)[ _-]*\(?\d*\)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?P<stem>.*?)[ _-]*\(?(?P<number>\d{1,6})\)?", re.DOTALL)


@dataclass(frozen=True)
class HandedFile:
    """A file of a student's.

    Attributes
    ----------
    path : pathlib.Path
    shown : str
        Its place, fit to be shown.
    problem : NotGradedError or None
        Why it cannot be opened.
    """

    path: Path
    shown: str
    problem: NotGradedError | None = None


@dataclass(frozen=True)
class HandIn:
    """What one student handed in.

    Attributes
    ----------
    student : str
    files : tuple of HandedFile
        In the order in which they count as tries.
    problem : NotGradedError or None
        Why nothing of it can be graded.
    notes : tuple of str
    """

    student: str
    files: tuple[HandedFile, ...] = ()
    problem: NotGradedError | None = None
    notes: tuple[str, ...] = ()


def find_hand_ins(
    place: Path, scratch: Path, students: Collection[str] = ()
) -> tuple[list[HandIn], list[str]]:
    """The class's files of predictions, in any of the layouts that the grader knows.

    Parameters
    ----------
    place : pathlib.Path
        A folder or a zip: ``STUDENT/predictions.csv``, single files such as ``predictions_STUDENT.csv``, or
        what Canvas or Moodle made.
    scratch : pathlib.Path
        An empty folder of ours, for what comes out of zips.
    students : collection of str
        Those of the roster, and those whose tries were counted before.

    Returns
    -------
    tuple of list of HandIn, and list of str
        By student; and remarks on what was left out.

    Raises
    ------
    CourseError
        If there is nothing, or the place cannot be read.
    """
    sources, remarks = files_by_student(place, scratch, students, PREDICTIONS)
    by_student: dict[str, dict[str, list[OwnedFile]]] = {}
    for student, of_student in sources.items():
        for source, files in of_student.items():
            whose = _of_single_file(student, files, students)
            if whose is None:
                remarks.append(f"{clean(source, 100)} was left out: by its name it is no student's")
            else:
                by_student.setdefault(whose, {})[source] = files
    if not by_student:
        raise CourseError(
            f"There are no predictions in {place}.",
            "They are looked for as STUDENT/predictions.csv, predictions_STUDENT.csv, or as an LMS does it.",
        )
    _check_one_folder(by_student, students)
    return [_hand_in(student, by_student[student]) for student in sorted(by_student)], remarks


def _check_one_folder(
    by_student: Mapping[str, Mapping[str, Sequence[OwnedFile]]], students: Collection[str]
) -> None:
    """One folder with files of different names: one student's tries, or a class's files?

    To guess would be wrong in a way that cannot be taken back: tries are counted.
    """
    owned = [
        pair for files in next(iter(by_student.values())).values() for pair in files if pair[1].may_count
    ]
    folders = {file.parts[0] for _, file in owned if len(file.parts) > 1}
    one_source = len(next(iter(by_student.values()))) == 1
    names = {_numbered(owner, file.parts[-1])[0] for owner, file in owned} - {"sample_submission"}
    known = {student_key(name) for name in students}
    if len(by_student) == 1 and one_source and folders and len(names) > 1 and not known & set(by_student):
        folder = clean(sorted(folders)[0], 100)
        raise CourseError(
            f"Everything lies in one folder, {folder}, in files of different names: it may be one student's "
            "or a class's.",
            f"If it is a class's, give the folder {folder} itself. If it is one student's, name the student "
            "in a roster, or let the names differ in a number only.",
        )


def _of_single_file(student: str, files: Sequence[OwnedFile], students: Collection[str]) -> str | None:
    """Whose a file at the top is, by its name: ``predictions_ada.csv`` is ada's. None: nobody's."""
    owner, file = files[0]
    alone = len(files) == 1 and len(file.parts) == 1 and file.may_count
    if not alone or student in {student_key(name) for name in students}:
        return student
    if owner.student != file.parts[0].rpartition(".")[0]:
        return student  # an LMS's way to name a file
    if student.casefold() in _NOBODY:
        return None
    match = _NAMED.fullmatch(student)
    return student_key(match["after"] or match["before"]) if match else student


def _hand_in(student: str, sources: dict[str, list[OwnedFile]]) -> HandIn:
    useful = {source: files for source, files in sources.items() if any(f.may_count for _, f in files)}
    folders = [
        source for source, files in useful.items() if any(len(f.parts) > 1 or f.zipped for _, f in files)
    ]
    if folders and len(useful) > 1:
        names = " and ".join(repr(clean(source, 100)) for source in sorted(useful)[:3])
        return HandIn(
            student,
            problem=NotGradedError(
                f"there are {len(useful)} hand-ins under this student's name: {names}",
                "Find out which one is the student's, remove or rename the other, and grade again.",
            ),
        )
    owned = [pair for files in (useful or sources).values() for pair in files]
    counting = [pair for pair in owned if pair[1].may_count]
    if not counting:
        return HandIn(student, problem=_without_csv([file for _, file in owned]))
    others = [pair for pair in counting if pair[1].parts[-1].lower() != "sample_submission.csv"]
    ordered, notes = _in_order(others or counting)
    if any(owner.late for owner, _ in ordered):
        notes.append("Canvas marks it as late; the roster may say when it was handed in")
    if len(ordered) > _MOST_FILES:
        notes.append(f"only the first {_MOST_FILES} of {len(ordered)} files were looked at")
    files = [HandedFile(file.path, file.shown, file.problem) for _, file in ordered[:_MOST_FILES]]
    return HandIn(student, tuple(files), notes=tuple(notes))


def _without_csv(files: Sequence[ClassFile]) -> NotGradedError:
    problem = next((file.problem for file in files if file.problem is not None), None)
    shown = next((file.shown for file in files if file.kind == "file"), files[0].shown)
    return problem or NotGradedError(
        f"there is no .csv file among the student's files (there: {shown})",
        "Ask for the file predictions.csv.",
    )


def _in_order(files: Sequence[OwnedFile]) -> tuple[list[OwnedFile], list[str]]:
    """A student's files in the order of the tries; and a note where the order is not sure.

    Canvas's count goes first. Where the names differ in a number only, the number decides; else the time.
    """
    stems = {_numbered(owner, name)[0] for owner, file in files for name in [file.parts[-1]]}
    by_number = len(stems) == 1

    def order(pair: OwnedFile) -> tuple[int, int, float, str]:
        owner, file = pair
        number = _numbered(owner, file.parts[-1])[1] if by_number else 0
        return owner.turn, number, file.modified, file.shown

    ordered = sorted(files, key=order)
    notes = []
    for (owner, file), (next_owner, following) in pairwise(ordered):
        same = order((owner, file))[:2] == order((next_owner, following))[:2]
        if same and following.modified - file.modified < _SAME_TIME:
            notes.append(
                f"the times do not tell whether {file.shown} or {following.shown} came first; they were "
                "taken in the order of their names"
            )
            break
    return ordered, notes


def _numbered(owner: Owner, name: str) -> tuple[str, int]:
    """A file's name without the number at its end, and the number; 0 where there is none."""
    stem = name.rpartition(".")[0].casefold()
    match = _NUMBER.fullmatch(stem)
    return (match["stem"], int(match["number"])) if match else (stem, 0)
