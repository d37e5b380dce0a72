"""Challenges of a class: predictions are handed in, and scored on a public part until the end has come.

Reading, scores, ranks and pages are those of ``tlcourse challenge grade``. No code of a learner runs: a file
of predictions is read as text, and what is kept of it are the classes' numbers.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tlcourse.grading.challenge.command import grade_hand_ins
from tlcourse.grading.challenge.handins import PREDICTIONS, HandedFile, HandIn
from tlcourse.grading.challenge.judged import Place, line_up
from tlcourse.grading.challenge.predictions import Predictions, read_predictions
from tlcourse.grading.challenge.public_part import public_part
from tlcourse.grading.challenge.settings import Challenge, load_challenge
from tlcourse.grading.challenge.tries import Journal
from tlcourse.grading.keeping import locked, writing
from tlcourse.grading.model import NotGradedError
from tlcourse.grading.roster import Student
from tlcourse.grading.service.database import Database
from tlcourse.grading.service.handins import RefusedError, check_rate, shown_name
from tlcourse.grading.service.settings import ChallengeSettings, ClassSettings

__all__ = ["Challenges", "Running", "Upload"]

_DAY = 24 * 3600.0
_COLUMNS = "id, learner, challenge, name, file_digest, received, number, labels, reason, advice"


@dataclass(frozen=True)
class Upload:
    """A file of predictions that was handed in.

    Attributes
    ----------
    id : int
    learner, challenge, name, file_digest : str
    received : float
        Seconds since 1970.
    number : int or None
        Of the try; None if it was none.
    labels : tuple of int
        The class's number for each test image; empty if it could not be read.
    reason, advice : str
        Why it was no try.
    """

    id: int
    learner: str
    challenge: str
    name: str
    file_digest: str
    received: float
    number: int | None
    labels: tuple[int, ...]
    reason: str
    advice: str

    @property
    def when(self) -> str:
        """When it came, in this computer's time zone."""
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self.received))


@dataclass(frozen=True, eq=False)
class Running:
    """A challenge of the class.

    Attributes
    ----------
    name : str
        In ``course.toml``, and in addresses.
    settings : ChallengeSettings
    whole, public : Challenge
        With all test images, and with those whose score is told before the end.
    places : int array (M,)
        Where the public ones are among all.
    """

    name: str
    settings: ChallengeSettings
    whole: Challenge
    public: Challenge
    places: npt.NDArray[np.int64]

    @property
    def ended(self) -> bool:
        """Whether the whole score may be shown."""
        return self.settings.ended(time.time())


class Challenges:
    """The challenges of a class, with what was handed in for them.

    Parameters
    ----------
    folder : pathlib.Path
        The class's.
    settings : ClassSettings
    database : Database

    Raises
    ------
    DataError
        If the labels of one of them are missing or damaged.
    """

    def __init__(self, folder: Path, settings: ClassSettings, database: Database) -> None:
        self._folder, self._settings, self._database = folder, settings, database
        self._running = {name: self._opened(name) for name in settings.challenges}
        self._boards: dict[str, tuple[int, list[Place]]] = {}
        self._published: dict[str, tuple[int, Any]] = {}
        self._lock = threading.Lock()

    def _opened(self, name: str) -> Running:
        settings = self._settings.challenges[name]
        whole = load_challenge(self._folder / settings.folder)
        part, places = public_part(whole, settings.public)
        return Running(name, settings, whole, part, places)

    def __iter__(self) -> Any:
        return iter(self._running.values())

    def get(self, name: str) -> Running | None:
        """A challenge by its name; None if the class has none of that name."""
        return self._running.get(name)

    @property
    def largest(self) -> int:
        """Bytes of a file of predictions."""
        return min(self._settings.largest, PREDICTIONS.largest)

    @property
    def too_large(self) -> RefusedError:
        """The refusal of a larger file."""
        return RefusedError(
            413,
            f"The file is larger than {self.largest / 1e6:g} MB, and that is the limit.",
            "Hand in a table with the columns file and label, and nothing else.",
        )

    def accept(
        self, person: Student, challenge: Running, name: str, content: bytes, request: str, now: float = 0.0
    ) -> Upload:
        """Read a file of predictions and count it as a try if it is one; when this returns it is stored.

        Raises
        ------
        RefusedError
            If it is too large, too late, too early, or one try too many.
        UnavailableError
            If it cannot be stored now.
        """
        now = now or time.time()
        if len(content) > self.largest:
            raise self.too_large
        name = shown_name(name) or "predictions.csv"
        before = self._same(person.student, request)
        if before is not None:
            return before
        _check_time(challenge.settings, person, now)
        # Files that cannot be read are no tries, but they are limited like other hand-ins.
        with self._database.open() as connection:
            check_rate(connection, "predictions", person.student, self._settings, now)
        try:
            read = read_predictions(content, challenge.whole.files, challenge.whole.rules.classes)
            problem = NotGradedError("", "")
        except NotGradedError as refused:
            read, problem = None, refused
        with self._database.writing() as connection:
            number = None
            if read is not None:
                number, problem = self._count(connection, person.student, challenge, read, now)
            connection.execute(
                "INSERT INTO predictions (learner, challenge, name, content, file_digest, request, received, "
                "number, digest, labels, reason, advice) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (learner, request) DO NOTHING",
                (
                    person.student,
                    challenge.name,
                    name,
                    content,
                    hashlib.sha256(content).hexdigest(),
                    request,
                    now,
                    number,
                    read.digest if read is not None else None,
                    json.dumps(read.labels) if read is not None else None,
                    problem.reason,
                    problem.advice,
                ),
            )
        stored = self._same(person.student, request)
        assert stored is not None
        return stored

    def _count(
        self, connection: Any, learner: str, challenge: Running, read: Predictions, now: float
    ) -> tuple[int | None, NotGradedError]:
        """The number of a new try; or None, and why it is none."""
        rows = connection.execute(
            "SELECT number, digest, received FROM predictions WHERE learner = ? AND challenge = ? "
            "AND number IS NOT NULL ORDER BY number",
            (learner, challenge.name),
        ).fetchall()
        same = next((row["number"] for row in rows if row["digest"] == read.digest), None)
        if same is not None:
            return None, NotGradedError(f"it says what try {same} said, so it is no new try")
        limit = challenge.whole.rules.tries
        if len(rows) >= limit:
            raise RefusedError(
                403,
                f"You have used all {limit} tries of this challenge.",
                "The last one of them counts.",
            )
        today = [row["received"] for row in rows if row["received"] > now - _DAY]
        if len(today) >= challenge.settings.per_day:
            hours = max(1, round((min(today) + _DAY - now) / 3600))
            raise RefusedError(
                429,
                f"{challenge.settings.per_day} within 24 hours is the limit of this challenge.",
                f"Try again in {hours} hours.",
                wait=hours * 3600.0,
            )
        return len(rows) + 1, NotGradedError("", "")

    def _same(self, learner: str, request: str) -> Upload | None:
        found = self._select("learner = ? AND request = ?", learner, request)
        return found[0] if found else None

    def of_learner(self, challenge: Running, learner: str) -> list[Upload]:
        """A learner's files, the newest first."""
        return self._select("challenge = ? AND learner = ? ORDER BY id DESC", challenge.name, learner)

    def tries(self, challenge: Running) -> list[Upload]:
        """All files that were scored, in the order in which they came."""
        return self._select("challenge = ? AND number IS NOT NULL ORDER BY id", challenge.name)

    def _select(self, where: str, *values: object) -> list[Upload]:
        with self._database.open() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM predictions WHERE {where}", values).fetchall()
        made = []
        for row in rows:
            values_of = {name: row[name] for name in _COLUMNS.split(", ") if name != "labels"}
            made.append(Upload(**values_of, labels=tuple(json.loads(row["labels"] or "[]"))))
        return made

    def place(self, challenge: Running, upload: Upload) -> Place:
        """The public score of one try, with its interval; its rank is on the board only."""
        labels = np.array(upload.labels, np.int64)[challenge.places]
        return next(p for p in line_up({upload.learner: labels}, challenge.public) if p.student)

    def board(self, challenge: Running) -> list[Place]:
        """Everybody's last try, scored on the public part."""
        tries = self.tries(challenge)
        newest = tries[-1].id if tries else 0
        with self._lock:
            kept = self._boards.get(challenge.name)
            if kept is not None and kept[0] == newest:
                return kept[1]
        last = {each.learner: np.array(each.labels, np.int64)[challenge.places] for each in tries}
        board = line_up(dict(sorted(last.items())), challenge.public)
        with self._lock:
            self._boards[challenge.name] = newest, board
        return board

    def out(self, challenge: Running) -> Path:
        """Where marks and pages are written, as `tlcourse challenge grade --out` does."""
        return self._folder / "challenges" / challenge.name

    def learners(self, challenge: Running) -> list[str]:
        """Those who have a try."""
        return sorted({each.learner for each in self.tries(challenge)})

    def published(self, challenge: Running, people: Any, lock: threading.Lock) -> Path:
        """As `publish`, where a try or the roster is new since the last time."""
        tries = self.tries(challenge)
        state = (tries[-1].id if tries else 0), people
        with self._lock:
            if self._published.get(challenge.name) == state:
                return self.out(challenge)
        out = self.publish(challenge, people, lock)
        with self._lock:
            self._published[challenge.name] = state
        return out

    def publish(self, challenge: Running, people: Any, lock: threading.Lock) -> Path:
        """Write marks, tables and pages on all test images, by the code of the command; gives the folder.

        Raises
        ------
        CourseError
            If the disk is full, or if another run has the folder.
        """
        out = self.out(challenge)
        with (
            lock,
            locked(out),
            tempfile.TemporaryDirectory(prefix="tlcourse-tries-") as place,
        ):
            # The database knows all tries: what an earlier run wrote down of them is not needed.
            with writing(out):
                (out / "tries.jsonl").unlink(missing_ok=True)
                shutil.rmtree(out / "tries", ignore_errors=True)
            hand_ins = self._hand_ins(challenge, Path(place))
            journal = Journal(out, challenge.whole)
            grade_hand_ins(hand_ins, challenge.whole, journal, out, people, challenge.settings.names)
        return out

    def _hand_ins(self, challenge: Running, place: Path) -> list[HandIn]:
        """The files that were scored, as the command finds them in a folder."""
        by_learner: dict[str, list[HandedFile]] = {}
        with self._database.open() as connection:
            for each in self.tries(challenge):
                content = connection.execute(
                    "SELECT content FROM predictions WHERE id = ?", (each.id,)
                ).fetchone()
                if content is None:
                    continue
                path = place / f"{each.id}.csv"
                path.write_bytes(content["content"])
                by_learner.setdefault(each.learner, []).append(HandedFile(path, each.name))
        return [HandIn(learner, tuple(files)) for learner, files in sorted(by_learner.items())]


def _check_time(settings: ChallengeSettings, person: Student, now: float) -> None:
    if settings.opens is not None and now < settings.opens.timestamp():
        raise RefusedError(
            403, f"This challenge begins on {settings.opens:%Y-%m-%d %H:%M %Z}.", "Come back then."
        )
    # No extensions: what the whole score is gets known to everybody at the end.
    if settings.ended(now):
        raise RefusedError(
            403,
            f"The challenge ended on {settings.due:%Y-%m-%d %H:%M %Z}, and nothing is taken after that.",
            "Your last try counts.",
        )
