"""A new class's folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tlcourse.errors import CourseError
from tlcourse.exercises.engine.registry import chapter_number
from tlcourse.grading.keeping import private_folder, write_safely
from tlcourse.grading.roster import read_roster

__all__ = ["make_folder"]

_SETTINGS = """# The settings of a class for `tlcourse serve`. Start the service again after a change.
title = {title}
# address = "https://class.example.org"   # how the class reaches the service, if there is a proxy before it
# jobs = 2                  # worker processes; one for each core otherwise
largest_mb = 5              # of a notebook
per_hour = 20               # hand-ins of one learner within an hour
waiting = 3                 # hand-ins of one learner that may wait at a time

# For all chapters; a chapter may say otherwise in its own table.
hand_ins = 10               # that are judged; one that cannot be graded is not counted
counts = "last"             # or "best"
feedback = "full"           # "points": no messages and no hints; "none": nothing yet
feedback_after_due = "full"
{chapters}
# [challenge."leaves"]
# folder = "../leaves/private"      # what `tlcourse challenge make` wrote, seen from this folder
# due = 2026-12-09T18:00:00+01:00   # the end: the score on all test images is shown after it
# per_day = 1                       # tries of one learner within 24 hours
# public = 0.5                      # the share of the test images whose score is told before the end
# names = false                     # true: names on the board

# For `tlcourse serve --hub`, where a JupyterHub logs the class in.
# [hub]
# instructors = "instructors"   # the Hub's group whose members teach
# user = "student"              # the column of roster.csv with the Hub's user names
"""
_CHAPTER = """
[chapter."{number}"]
# opens = 2026-11-18T08:00:00+01:00
# due = 2026-11-25T18:00:00+01:00            # nothing is taken after it ...
# late_policy = "per-day=10%,closed=7d"      # ... unless lateness has a price
"""
_ROSTER = "student,name,email\n"


def make_folder(
    folder: Path, chapters: Sequence[str], title: str = "The class", roster: Path | None = None
) -> None:
    """Write ``course.toml`` and ``roster.csv`` for a new class.

    Parameters
    ----------
    folder : pathlib.Path
        New or empty.
    chapters : sequence of str
    title : str
    roster : pathlib.Path, optional
        A CSV to copy, as `tlcourse.grading.roster.read_roster` takes it; otherwise an empty one.

    Raises
    ------
    CourseError
        If the folder holds something, or the roster cannot be read.
    """
    if folder.exists() and any(folder.iterdir()):
        raise CourseError(f"The folder {folder} is not empty.", "Give a new one: nothing is overwritten.")
    if roster is not None:
        read_roster(roster)
    private_folder(folder)
    folder.chmod(0o700)
    numbers = [chapter_number(each) for each in chapters]
    if not numbers:
        raise CourseError("A class needs a chapter.", "Give --chapter 02, or several: --chapter 02,03.")
    quoted = '"' + "".join(c for c in title if c.isprintable()).replace("\\", "").replace('"', "'") + '"'
    tables = "".join(_CHAPTER.format(number=number) for number in numbers)
    write_safely(folder / "course.toml", _SETTINGS.format(title=quoted, chapters=tables))
    write_safely(folder / "roster.csv", roster.read_bytes() if roster is not None else _ROSTER)
