"""Marks go into nbgrader's gradebook too, and marks that were set in its formgrader come back."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Sequence
from pathlib import Path

from tlcourse.grading import store
from tlcourse.grading.classroom import Graded
from tlcourse.grading.journal import Override
from tlcourse.grading.keeping import cannot_write, is_full, private_folder
from tlcourse.grading.model import Result
from tlcourse.grading.record import load_record
from tlcourse.grading.roster import Roster, Student
from tlcourse.grading.words import file_name

__all__ = ["formgrader_marks", "into_gradebook"]

_LEAST_ROOM = 100_000  # bytes; with less, whatever went wrong is taken for a full disk


def into_gradebook(out: Path, graded: Graded, root: Path, people: Roster, seed_file: Path) -> None:
    """Keep the marks of a class in an nbgrader course, ``out/nbgrader``: the formgrader opens there.

    Parameters
    ----------
    out : pathlib.Path
        The folder of the results.
    graded : Graded
    root : pathlib.Path
        The checkout of tlcourse.
    people : Roster
    seed_file : pathlib.Path
        Of the secret seed, which the course gets a copy of.

    Raises
    ------
    CannotWriteError
        If the disk is full.
    CourseError
        If nbgrader refuses a notebook.
    """
    try:
        _save(out.resolve() / "nbgrader", graded, root, people, seed_file)
    except Exception as error:
        # nbgrader and its database have other words for a full disk.
        if not is_full(error) and shutil.disk_usage(out).free >= _LEAST_ROOM:
            raise
        kept = "All marks are kept in results/. Make room, and run again with --resume."
        raise cannot_write(OSError(errno.ENOSPC, "no space left"), out / "nbgrader", kept) from None


def _save(course: Path, graded: Graded, root: Path, people: Roster, seed_file: Path) -> None:
    from tlcourse.grading.nbgrader_course import make_course
    from tlcourse.grading.nbgrader_seams import prepared, save_in_gradebook

    private_folder(course)
    chapter = graded.results[0].chapter
    name = load_record(root, chapter, "torch").name
    if not (course / "release" / f"chapter-{chapter}").is_dir():
        make_course(course, root=root, chapters=[chapter])
    # The formgrader's button must draw the same inputs.
    store.write_safely(course / "seed.txt", f"{store.read_seed(seed_file)}\n")
    for result in graded.results:
        rebuilt = graded.rebuilt.get(result.student)
        save_in_gradebook(
            course,
            result,
            None if rebuilt is None else prepared(rebuilt),
            file_name(result.student),
            (people.get(result.student) or Student(result.student)).name or result.student,
            name,
        )


def formgrader_marks(out: Path, results: Sequence[Result]) -> list[Override]:
    """The marks that were set in nbgrader's formgrader, which count like those of ``tlcourse mark``.

    Parameters
    ----------
    out : pathlib.Path
        The folder of the results.
    results : sequence of Result
        The class's.

    Returns
    -------
    list of Override
        None of students without a result.
    """
    course = out.resolve() / "nbgrader"
    if not (course / "gradebook.db").exists() or not results:
        return []
    from tlcourse.grading.nbgrader_seams import marks_by_hand

    students = {file_name(result.student): result.student for result in results}
    return [
        Override(students[who], exercise, points, "set in nbgrader's formgrader", comment)
        for who, exercise, points, comment in marks_by_hand(course, results[0].chapter)
        if who in students
    ]
