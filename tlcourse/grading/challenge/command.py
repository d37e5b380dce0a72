"""What ``tlcourse challenge make`` and ``tlcourse challenge grade`` do: the work, a bar, and a summary."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from tlcourse.grading.challenge.handins import HandIn, find_hand_ins
from tlcourse.grading.challenge.judged import Judged, judge
from tlcourse.grading.challenge.making import Options, make_challenge
from tlcourse.grading.challenge.pages import FOR_STUDENTS, write_pages
from tlcourse.grading.challenge.settings import Challenge, load_challenge
from tlcourse.grading.challenge.tries import Journal
from tlcourse.grading.keeping import locked, private_umask, refuse_inside
from tlcourse.grading.late import LatePolicy, read_time
from tlcourse.grading.roster import Roster, Row, class_rows, read_roster
from tlcourse.grading.words import without_strays

__all__ = ["grade_challenge", "grade_hand_ins", "make"]


def make(folder: Path, out: Path, options: Options, console: Console | None = None) -> None:
    """Make a challenge of a folder of images, and say what came out.

    Parameters
    ----------
    folder, out, options
        As for `tlcourse.grading.challenge.making.make_challenge`.
    console : rich.console.Console, optional

    Raises
    ------
    CourseError
        As `make_challenge`.
    """
    console = console or Console()
    say = _sayer(console)
    with Progress(
        TextColumn("reading images"), BarColumn(), MofNCompleteColumn(), console=console, transient=True
    ) as bar:
        task = bar.add_task("reading", total=None)
        made = make_challenge(
            folder, out, options, lambda done, total: bar.update(task, completed=done, total=total)
        )
    for name in made.rules.classes:
        say(f"  {name}: {made.training[name]} for training, {made.testing[name]} for testing")
    for line in made.remarks:
        say(f"Note: {line}")
    say(f"Give students {out / 'published'}. Keep {out / 'private'} to yourself: the labels are in it.")


def grade_challenge(
    place: Path,
    labels: Path,
    out: Path,
    *,
    roster: Path | None = None,
    names: bool = False,
    due: str | None = None,
    late_policy: str = "",
    console: Console | None = None,
) -> Judged:
    """Grade a class's predictions, write the tables and pages, and print a summary.

    Parameters
    ----------
    place : pathlib.Path
        A folder or a zip, as `find_hand_ins` takes it.
    labels : pathlib.Path
        The challenge's folder ``private``, or the ``labels.csv`` in it.
    out : pathlib.Path
        The folder of results. Give the same one again in the next run: the tries are counted in it.
    roster : pathlib.Path, optional
        A CSV, as `tlcourse.grading.roster.read_roster` takes it.
    names : bool
        Whether students' names are on the board.
    due, late_policy : str
        As `tlcourse.grading.late` reads them.
    console : rich.console.Console, optional

    Raises
    ------
    CourseError
        For arguments that cannot be used, labels that are damaged, results of another challenge in `out`, or
        a full disk.
    """
    say = _sayer(console or Console())
    people = read_roster(roster) if roster is not None else Roster()
    policy, until = LatePolicy.parse(late_policy), read_time(due) if due else None
    challenge = load_challenge(labels)
    refuse_inside(out, place)
    with locked(out), private_umask(), tempfile.TemporaryDirectory(prefix="tlcourse-challenge-") as scratch:
        journal = Journal(out, challenge)
        known = [*(person.student for person in people), *journal.tries]
        hand_ins, left_out = find_hand_ins(place, Path(scratch), known)
        rows, judged = grade_hand_ins(
            hand_ins, challenge, journal, out, people, names, until, policy, left_out
        )
    _sum_up(
        say,
        out,
        rows,
        people,
        judged,
        [*left_out, *(["labels.csv has changed"] if challenge.changed else [])],
    )
    return judged


def grade_hand_ins(
    hand_ins: Sequence[HandIn],
    challenge: Challenge,
    journal: Journal,
    out: Path,
    people: Roster,
    names: bool = False,
    due: dt.datetime | None = None,
    policy: LatePolicy | None = None,
    left_out: Sequence[str] = (),
) -> tuple[list[Row], Judged]:
    """Judge files of predictions and write the tables and pages: for whoever has the folder's lock.

    Raises
    ------
    DataError, CannotWriteError
        As `tlcourse.grading.challenge.judged.judge`.
    """
    judged = judge(hand_ins, challenge, journal)
    rows = class_rows(judged.results, roster=people, due=due, policy=policy)
    write_pages(out, rows, people, challenge, judged, names=names, left_out=left_out)
    return rows, judged


def _sum_up(
    say: Callable[[str], None],
    out: Path,
    rows: Sequence[Row],
    people: Roster,
    judged: Judged,
    left_out: Sequence[str],
) -> None:
    counts = Counter(row.status for row in rows)
    line = f"{counts['graded']} graded"
    line += f", {counts['not graded']} not graded" if counts["not graded"] else ""
    line += f", {counts['not handed in']} handed nothing in" if counts["not handed in"] else ""
    say(f"{line}.")
    for row in rows:
        if row.status == "not graded" and row.result is not None:
            say(f"  {row.student}: not graded, because {row.result.reason}")
    unknown = [row.student for row in rows if people.students and people.get(row.student) is None]
    if unknown:
        say(f"Not in the roster: {', '.join(unknown)}")
    for text in (*left_out, *judged.warnings):
        say(f"Note: {text}" if text.endswith(".") else f"Note: {text}.")
    say(
        f"Read {out / 'report.html'} first; marks are in {out / 'grades.csv'}. "
        f"For students: {out / FOR_STUDENTS}."
    )


def _sayer(console: Console) -> Callable[[str], None]:
    fits = without_strays(console.encoding)
    return lambda text: console.print(fits(text), markup=False, highlight=False)
