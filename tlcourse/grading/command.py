"""What the commands ``tlcourse grade`` and ``tlcourse mark`` do: grade, show progress, write, sum up."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tlcourse.authoring.source import chapter_paths, read_chapter
from tlcourse.errors import CourseError
from tlcourse.exercises.engine.registry import chapter_number
from tlcourse.grading import store
from tlcourse.grading.classroom import Graded, Settings, grade
from tlcourse.grading.gradebook import formgrader_marks, into_gradebook
from tlcourse.grading.journal import note_change, override, overrides
from tlcourse.grading.keeping import locked, make_private, private_umask, refuse_inside
from tlcourse.grading.late import LatePolicy, read_time
from tlcourse.grading.model import Result
from tlcourse.grading.outputs import write_outputs
from tlcourse.grading.roster import Roster, Row, class_rows, read_roster
from tlcourse.grading.words import student_key, without_strays

__all__ = [
    "chapter_title",
    "forget",
    "grade_class",
    "keep_options",
    "mark_by_hand",
    "rows_of",
    "set_mark",
    "write_class",
]


def chapter_title(root: Path, chapter: str) -> str:
    """What tables and pages call a chapter: "Chapter 2, Choose a pretrained model"."""
    number = chapter_number(chapter)
    for path in chapter_paths(root):
        if path.stem.startswith(f"{number}-"):
            return f"Chapter {int(number)}, {read_chapter(path, validate=False).title}"
    return f"Chapter {int(number)}"


def grade_class(
    place: Path,
    chapter: str,
    out: Path,
    *,
    root: Path,
    framework: str = "auto",
    seed_file: Path | None = None,
    roster: Path | None = None,
    due: str | None = None,
    late_policy: str = "",
    jobs: int | None = None,
    dask: str | None = None,
    resume: bool = False,
    network: str = "none",
    unsafe: bool = False,
    console: Console | None = None,
) -> None:
    """Grade a class, write the tables and pages, and print a summary.

    Parameters
    ----------
    place, chapter, out, root, framework, seed_file, jobs, dask, resume
        As for `tlcourse.grading.classroom.grade`.
    roster : pathlib.Path, optional
        A CSV, as `tlcourse.grading.roster.read_roster` takes it.
    due, late_policy : str
        As `tlcourse.grading.late` reads them.
    network, unsafe
        As for `tlcourse.grading.sandbox.sandbox.Sandbox`.
    console : rich.console.Console, optional

    Raises
    ------
    CourseError
        Before anything has run: for arguments that cannot be used, or if another run is writing there.
        Later: if the disk is full.
    """
    console = console or Console()
    # All that can be wrong with the arguments is found before the first minute of work.
    people = read_roster(roster) if roster is not None else Roster()
    options: dict[str, Any] = {"due": due, "late_policy": late_policy, "title": chapter_title(root, chapter)}
    _terms(options)
    refuse_inside(out, place)
    with locked(out):
        students_before = {result.student for result in store.load_all(out)}
        graded = _with_progress(
            console,
            people,
            place,
            chapter,
            out,
            root=root,
            framework=framework,
            settings=Settings(network=network, unsafe=unsafe),
            seed_file=seed_file,
            jobs=jobs,
            dask=dask,
            resume=resume,
            originals=out / "nbgrader" / "submitted",
        )
        forget(out, students_before - {result.student for result in graded.results})
        options["left_out"] = list(graded.left_out)
        keep_options(out, options, roster)
        with private_umask():  # not before: in the jail everybody has to read what is shown there
            into_gradebook(out, graded, root, people, seed_file or out / "seed.txt")
            rows = write_class(out, graded.results, people, options)
        _make_all_private(out)
    _sum_up(console, out, rows, graded, people)


def forget(out: Path, students: Collection[str]) -> None:
    """Take students out of the class's marks whose submission is not there any more."""
    for student in sorted(students):
        note_change(out, store.load(out, student), None, "there is no submission any more")
        store.forget(out, student)


def keep_options(out: Path, options: Mapping[str, Any], roster: Path | None) -> None:
    """Keep what `mark_by_hand` needs to write all tables and pages again."""
    if roster is not None:
        store.write_safely(out / "roster.csv", roster.read_bytes())
    store.write_safely(out / "options.json", json.dumps(options, indent=1) + "\n")


def _with_progress(console: Console, people: Roster, *arguments: Any, **named: Any) -> Graded:
    """Call `tlcourse.grading.classroom.grade` and show how far it is."""
    fits = without_strays(console.encoding)
    columns = (
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[who]}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("grading", total=None, who="")
        return grade(
            *arguments,
            **named,
            students=[person.student for person in people],
            progress=lambda done, total, result: bar.update(
                task, completed=done, total=total, who=fits(result.student[:40])
            ),
        )


def _make_all_private(out: Path) -> None:
    """All that a grading writes is its owner's alone; the folder itself may have been there before."""
    for path in out.iterdir():
        if path.is_symlink():
            continue
        if path.is_dir() and path.name in ("results", "feedback", "nbgrader"):
            make_private(path)
        elif path.suffix in (".csv", ".html", ".json", ".jsonl", ".txt") and path.is_file():
            path.chmod(0o600)


def _terms(options: Mapping[str, Any]) -> tuple[dt.datetime | None, LatePolicy]:
    due = options.get("due")
    return (read_time(due) if due else None), LatePolicy.parse(options.get("late_policy") or "")


def rows_of(out: Path, results: Sequence[Result], people: Roster, options: Mapping[str, Any]) -> list[Row]:
    """The class's rows, with lateness and the marks by hand that were written down in a folder of results.

    Parameters
    ----------
    out : pathlib.Path
        The folder of the results.
    results : sequence of Result
    people : Roster
    options : mapping
        ``due`` and ``late_policy``, as `grade_class` takes them.
    """
    due, policy = _terms(options)
    # Of two marks by hand, that of `tlcourse mark` has a reason.
    by_hand = [*formgrader_marks(out, results), *overrides(out)]
    return class_rows(results, roster=people, due=due, policy=policy, overrides=by_hand)


def write_class(
    out: Path, results: Sequence[Result], people: Roster, options: Mapping[str, Any]
) -> list[Row]:
    """Write all tables and pages of a class; as `rows_of`, with its ``title`` and what was ``left_out``."""
    rows = rows_of(out, results, people, options)
    left_out = [str(line) for line in options.get("left_out") or ()]
    write_outputs(out, rows, people, options.get("title") or "Chapter", left_out=left_out)
    return rows


def _sum_up(console: Console, out: Path, rows: list[Row], graded: Graded, people: Roster) -> None:
    fits = without_strays(console.encoding)

    def say(text: str, style: str | None = None) -> None:
        console.print(fits(text), markup=False, highlight=False, style=style)

    counts = Counter(row.status for row in rows)
    line = f"{counts['graded']} graded"
    line += f" ({graded.resumed} taken over from an earlier run)" if graded.resumed else ""
    line += f", {counts['not graded']} not graded" if counts["not graded"] else ""
    line += f", {counts['not handed in']} handed nothing in" if counts["not handed in"] else ""
    say(line + ".")
    for row in rows:
        if row.status == "not graded" and row.result is not None:
            say(f"  {row.student}: not graded, because {row.result.reason}")
    unknown = [row.student for row in rows if people.students and people.get(row.student) is None]
    if unknown:
        say(f"Not in the roster: {', '.join(unknown)}")
    for line in graded.left_out:
        say(f"Note: {line}" if line.endswith(".") else f"Note: {line}.")
    for line in dict.fromkeys(p for row in rows if row.result for p in row.result.protections):
        if line.startswith("NOT"):
            say(line, style="bold")
    say(f"Read {out / 'report.html'} first; marks are in {out / 'grades.csv'}.")


def mark_by_hand(
    out: Path, student: str, exercise: str, points: float, reason: str, comment: str = ""
) -> None:
    """Set a mark by hand, and write all tables and pages again.

    Raises
    ------
    CourseError
        If there is no such result, or as `tlcourse.grading.journal.override`.
    """
    student = student_key(student)
    if store.load(out, student) is None:
        known = ", ".join(each.student for each in store.load_all(out)) or "nobody"
        raise CourseError(f"There is no result of {student!r} in {out}.", f"There are: {known}.")
    with locked(out), private_umask():
        set_mark(out, student, exercise, points, reason, comment)


def set_mark(out: Path, student: str, exercise: str, points: float, reason: str, comment: str = "") -> None:
    """As `mark_by_hand`, for whoever has the folder's lock."""
    result = store.load(out, student_key(student))
    if result is None:
        raise CourseError(f"The result of {student!r} is gone.", "Grade the class again.")
    override(out, result, exercise, points, reason, comment)
    people = read_roster(out / "roster.csv") if (out / "roster.csv").exists() else Roster()
    options = {}
    if (out / "options.json").exists():
        options = json.loads((out / "options.json").read_text(encoding="utf-8"))
    write_class(out, store.load_all(out), people, options)
