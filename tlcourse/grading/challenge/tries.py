"""What was scored before: so that a limit on tries holds over several runs, and the last try counts.

``tries.jsonl`` is only ever appended to. The predictions of each try are kept beside it, because a student's
folder may hold another file in the next run.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tlcourse.errors import DataError
from tlcourse.grading.challenge.predictions import Predictions
from tlcourse.grading.challenge.settings import Challenge
from tlcourse.grading.keeping import append_lines, write_safely

__all__ = ["Journal", "Try"]

_JOURNAL, _FOLDER = "tries.jsonl", "tries"


@dataclass(frozen=True)
class Try:
    """A file of predictions that was scored.

    Attributes
    ----------
    student : str
    number : int
        From 1.
    digest : str
        `Predictions.digest`: the same for the same predictions in another form.
    file_digest : str
        SHA-256 of the file.
    shown : str
        The file's place.
    when : str
        ISO 8601, in UTC: of the run that scored it.
    """

    student: str
    number: int
    digest: str
    file_digest: str
    shown: str
    when: str


class Journal:
    """The tries of a class, as they stand in the folder of results.

    Parameters
    ----------
    out : pathlib.Path
        The folder of results.
    challenge : Challenge

    Raises
    ------
    DataError
        If the folder holds the tries of another challenge, or a journal that cannot be read.
    """

    def __init__(self, out: Path, challenge: Challenge) -> None:
        self.out, self.challenge = out, challenge
        self.tries: dict[str, list[Try]] = {}
        self.new: list[Try] = []
        for line, entry in self._entries():
            if entry.pop("test_set", None) != challenge.rules.test_set:
                raise DataError(
                    f"{out} holds the results of another challenge.", "Give another folder with --out."
                )
            try:
                made = Try(**entry)
            except TypeError:
                raise self._damaged(line) from None
            self.tries.setdefault(made.student, []).append(made)

    def _entries(self) -> list[tuple[int, dict]]:
        path = self.out / _JOURNAL
        try:
            content = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"{path} cannot be read ({error}).", "Restore it from a copy.") from None
        entries = []
        lines = content.split("\n")
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                entry = json.loads(line)
            except ValueError:
                entry = None
            if isinstance(entry, dict):
                entries.append((number, entry))
            elif number < len(lines) and not self._may_be_torn(line):
                raise self._damaged(number)
        return entries

    @staticmethod
    def _may_be_torn(line: str) -> bool:
        """Whether a line is the beginning of one: a run was killed while it wrote."""
        return line.startswith("{") and not line.endswith("}")

    def _damaged(self, line: int) -> DataError:
        return DataError(
            f"Line {line} of {self.out / _JOURNAL} is damaged, so nobody knows how many tries were used.",
            "Restore the file from a copy.",
        )

    def of(self, student: str) -> Sequence[Try]:
        """A student's tries, the first one first."""
        return self.tries.get(student, [])

    def known(self, student: str, predictions: Predictions) -> Try | None:
        """The student's try with the same predictions, in whatever form; None if there is none."""
        return next((each for each in self.of(student) if each.digest == predictions.digest), None)

    def add(self, student: str, predictions: Predictions, file_digest: str, shown: str) -> Try:
        """Count a try; it is written by `write`."""
        number = len(self.of(student)) + 1
        when = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        made = Try(student, number, predictions.digest, file_digest, shown, when)
        self.tries.setdefault(student, []).append(made)
        self.new.append(made)
        write_safely(self._path(made.digest), json.dumps(predictions.labels) + "\n")
        return made

    def write(self) -> None:
        """Write down the new tries, before anybody sees a score."""
        lines = [{**asdict(each), "test_set": self.challenge.rules.test_set} for each in self.new]
        if lines:
            append_lines(self.out / _JOURNAL, [json.dumps(line).encode() for line in lines])
        self.new = []

    def predictions(self, made: Try) -> tuple[int, ...]:
        """The class's number for each test image that a try gave.

        Raises
        ------
        DataError
            If the file is missing or damaged.
        """
        path = self._path(made.digest)
        try:
            labels = Predictions(tuple(json.loads(path.read_text(encoding="utf-8"))))
            if labels.digest == made.digest:
                return labels.labels
        except (OSError, ValueError, TypeError):
            pass
        raise DataError(f"{path} is missing or damaged.", "Restore it from a copy.")

    def _path(self, digest: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise DataError(f"{self.out / _JOURNAL} has a try without a hash.", "Restore it from a copy.")
        return self.out / _FOLDER / f"{digest}.json"
