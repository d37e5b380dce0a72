"""The results of a grading, one file a student, so that a run that was killed can go on."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from dataclasses import asdict
from pathlib import Path
from typing import Any

import tlcourse
from tlcourse.errors import CourseError
from tlcourse.grading.keeping import write_safely, writing
from tlcourse.grading.model import Result
from tlcourse.grading.record import Record
from tlcourse.grading.words import file_name

__all__ = ["forget", "grading_key", "load", "load_all", "read_seed", "save", "write_safely"]


def read_seed(path: Path) -> int:
    """The secret seed of a class: from its file, which is made where it is missing.

    Raises
    ------
    CourseError
        If the file does not hold a whole number, or cannot be made.
    """
    if not path.exists():
        write_safely(path, f"{secrets.randbelow(10**18)}\n")
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(
            f"The seed file {path} cannot be read.", "Give a text file with a number."
        ) from error
    if not re.fullmatch(r"\d{1,18}", text):
        raise CourseError(
            f"The seed file {path} does not hold a whole number of up to 18 digits.",
            "Write one into it, or delete the file: a new one is made.",
        )
    return int(text)


def grading_key(record: Record, seed: int, settings: Any) -> str:
    """A hash of what the marks depend on besides the student's file; it does not give the seed away."""
    about = [
        tlcourse.__version__,
        record.chapter,
        record.framework,
        record.edition,
        str(seed),
        asdict(settings),
    ]
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:24]


def _path(out: Path, student: str) -> Path:
    return out / "results" / f"{file_name(student)}.json"


def save(out: Path, result: Result) -> None:
    """Keep a result, in place of the student's older one."""
    write_safely(_path(out, result.student), result.model_dump_json(indent=1) + "\n")


def forget(out: Path, student: str) -> None:
    """Delete a student's result."""
    with writing(_path(out, student)):
        _path(out, student).unlink(missing_ok=True)


def load(out: Path, student: str) -> Result | None:
    """A student's result; None if there is none, or if it cannot be read."""
    path = _path(out, student)
    try:
        return Result.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def load_all(out: Path) -> list[Result]:
    """All results of a folder, by student."""
    results = []
    for path in sorted((out / "results").glob("*.json")):
        try:
            results.append(Result.model_validate_json(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            continue
    return sorted(results, key=lambda result: result.student)
