"""Every change of a mark, in order, with its time and its reason; marks by hand among them.

``changes.jsonl`` is only ever appended to. Marks by hand are read from it, so a regrade cannot lose them.
"""

from __future__ import annotations

import datetime as dt
import getpass
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import CourseError
from .model import Result

__all__ = ["Override", "note_changes", "override", "overrides", "read_journal"]


@dataclass(frozen=True)
class Override:
    """A mark set by hand."""

    student: str
    exercise_id: str
    points: float
    reason: str
    comment: str = ""
    when: str = ""


def _path(out: Path) -> Path:
    return out / "changes.jsonl"


def _append(out: Path, entries: Sequence[dict[str, Any]]) -> None:
    path = _path(out)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        who = getpass.getuser()
    except (OSError, KeyError):
        who = "unknown"
    when = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    with path.open("a+b") as file:
        if file.tell() and not _ends_a_line(path):
            file.write(b"\n")  # the last writer was killed in the middle of a line
        for entry in entries:
            file.write(json.dumps({"when": when, "who": who, **entry}).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def read_journal(out: Path) -> list[dict[str, Any]]:
    """All changes, oldest first; a line that was cut off by a kill is left out."""
    try:
        lines = _path(out).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            found.append(entry)
    return found


def note_changes(out: Path, before: Sequence[Result], after: Sequence[Result], reason: str) -> int:
    """Write down what a grading changed; gives how many lines. A mark that stays the same is no change."""
    old = {result.student: result for result in before}
    entries = []
    for result in after:
        was = old.get(result.student)
        if was is None or (was.status, was.points, was.digest) != (
            result.status,
            result.points,
            result.digest,
        ):
            entries.append(
                {
                    "what": "graded",
                    "student": result.student,
                    "before": None if was is None else {"status": was.status, "points": was.points},
                    "after": {"status": result.status, "points": result.points, "digest": result.digest},
                    "reason": reason,
                }
            )
    if entries:
        _append(out, entries)
    return len(entries)


def override(
    out: Path, result: Result, exercise_id: str, points: float, reason: str, comment: str = ""
) -> None:
    """Set a mark by hand.

    Raises
    ------
    CourseError
        For an exercise that the student's result does not have, points out of range, or no reason.
    """
    mark = next((m for m in result.marks if m.exercise_id == exercise_id), None)
    if mark is None:
        known = ", ".join(m.exercise_id for m in result.marks) or "none: it was not graded"
        raise CourseError(f"{result.student} has no mark for {exercise_id!r}.", f"There are: {known}.")
    if not 0 <= points <= mark.max_points:
        raise CourseError(f"{points:g} points are not between 0 and {mark.max_points}.", "Give what fits.")
    if not reason.strip():
        raise CourseError("A mark by hand needs a reason.", "Give --reason, for whoever asks later.")
    _append(
        out,
        [
            {
                "what": "by hand",
                "student": result.student,
                "exercise": exercise_id,
                "before": mark.points,
                "after": points,
                "reason": reason.strip(),
                "comment": comment.strip(),
            }
        ],
    )


def overrides(out: Path) -> list[Override]:
    """The marks by hand that hold now: the last one of each student and exercise."""
    found: dict[tuple[str, str], Override] = {}
    for entry in read_journal(out):
        if entry.get("what") == "by hand":
            try:
                made = Override(
                    str(entry["student"]),
                    str(entry["exercise"]),
                    float(entry["after"]),
                    str(entry["reason"]),
                    str(entry.get("comment", "")),
                    str(entry["when"]),
                )
            except (KeyError, TypeError, ValueError):
                continue
            found[made.student, made.exercise_id] = made
    return list(found.values())
