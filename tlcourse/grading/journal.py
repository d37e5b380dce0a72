"""Every change of a mark, in order, with its time and its reason; marks by hand among them.

``changes.jsonl`` is only ever appended to, a line with each result that is saved. Marks by hand are read from
it, so a regrade cannot lose them.
"""

from __future__ import annotations

import datetime as dt
import getpass
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tlcourse.errors import CourseError
from tlcourse.grading.keeping import append_lines
from tlcourse.grading.model import Result
from tlcourse.grading.words import student_key

__all__ = ["Override", "mend", "note_change", "override", "overrides", "read_journal"]


@dataclass(frozen=True)
class Override:
    """A mark set by hand.

    Attributes
    ----------
    student, exercise_id : str
    points : float
    reason : str
        For whoever asks later.
    comment : str
        For the student.
    when : str
        ISO 8601, in UTC; "" if it is not known.
    """

    student: str
    exercise_id: str
    points: float
    reason: str
    comment: str = ""
    when: str = ""


def _path(out: Path) -> Path:
    return out / "changes.jsonl"


def _append(out: Path, entries: Sequence[dict[str, Any]]) -> None:
    try:
        who = getpass.getuser()
    except (OSError, KeyError):
        who = "unknown"
    when = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    append_lines(_path(out), [json.dumps({"when": when, "who": who, **entry}).encode() for entry in entries])


def read_journal(out: Path) -> list[dict[str, Any]]:
    """All changes, oldest first; a line that was cut off by a kill is left out."""
    try:
        lines = _path(out).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    entries = []
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            entries.append(entry)
    return entries


def _state(result: Result | None) -> dict[str, Any] | None:
    if result is None:
        return None
    return {"status": result.status, "points": result.points, "digest": result.digest}


def note_change(out: Path, before: Result | None, after: Result | None, reason: str) -> bool:
    """Write down how one student's result changed; a mark that stays the same is not a change.

    To be called when the result has been saved, and before the next one is.

    Parameters
    ----------
    out : pathlib.Path
    before, after : Result or None
        None if nothing was there before, or if the submission was taken back.
    reason : str

    Returns
    -------
    bool
        Whether anything changed.
    """
    if _state(before) == _state(after):
        return False
    result = after or before
    assert result is not None
    entry = {
        "what": "graded" if after is not None else "taken back",
        "student": result.student,
        "before": _state(before),
        "after": _state(after),
        "reason": reason,
    }
    _append(out, [entry])
    return True


def mend(out: Path, results: Sequence[Result]) -> int:
    """Write down what an earlier run saved but did not write down, because it was killed.

    Returns
    -------
    int
        How many lines were missing: after one killed run, at most one.
    """
    known: dict[str, Any] = {}
    for entry in read_journal(out):
        if entry.get("what") in ("graded", "taken back"):
            known[str(entry.get("student"))] = entry.get("after")
    entries = []
    for result in results:
        was, now = known.get(result.student), _state(result)
        if was != now:
            entries.append(
                {
                    "what": "graded",
                    "student": result.student,
                    "before": was if isinstance(was, dict) else None,
                    "after": now,
                    "reason": "graded by a run that was stopped",
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
        raise CourseError(
            f"{points:g} points are not between 0 and {mark.max_points}.", "Give a number between them."
        )
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
    latest: dict[tuple[str, str], Override] = {}
    for entry in read_journal(out):
        if entry.get("what") == "by hand":
            try:
                made = Override(
                    student_key(str(entry["student"])),
                    str(entry["exercise"]),
                    float(entry["after"]),
                    str(entry["reason"]),
                    str(entry.get("comment", "")),
                    str(entry["when"]),
                )
            except (KeyError, TypeError, ValueError):
                continue
            latest[made.student, made.exercise_id] = made
    return list(latest.values())
