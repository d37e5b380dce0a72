"""What was handed in: each notebook is kept, with when it came, where it stands, and its verdict."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import sqlite3
import time
from dataclasses import dataclass

from tlcourse.errors import CourseError
from tlcourse.grading.model import Result
from tlcourse.grading.roster import Student
from tlcourse.grading.service.database import Database
from tlcourse.grading.service.settings import ChapterSettings, ClassSettings
from tlcourse.grading.words import clean

__all__ = ["COLUMNS", "HandIn", "HandIns", "RefusedError", "check_rate", "shown_name", "too_large"]

COLUMNS = (
    "id, public, learner, chapter, name, digest, received, state, begun, tries, status, result, finished"
)


class RefusedError(CourseError):
    """A hand-in that is not taken.

    Parameters
    ----------
    status : int
        Of HTTP: 403 after the due time, 404 for another chapter, 413 too large, 429 too often.
    problem, advice : str
    wait : float
        Seconds after which it is worth another try; 0 if it never is.
    """

    def __init__(self, status: int, problem: str, advice: str, wait: float = 0.0) -> None:
        super().__init__(problem, advice)
        self.status, self.wait = status, wait


@dataclass(frozen=True)
class HandIn:
    """One notebook that was handed in.

    Attributes
    ----------
    id : int
        Counts up.
    public : str
        Its name in addresses, which nobody can guess.
    learner, chapter, name, digest : str
    received : float
        Seconds since 1970.
    state : {"waiting", "running", "done"}
    begun : int
        How often judging has begun.
    tries : int
        How often the machine, and not the file, was why it could not be judged.
    result : Result or None
        The verdict, once it is done.
    finished : float or None
    given_up : bool
        It is done without a verdict, and the service is to blame.
    """

    id: int
    public: str
    learner: str
    chapter: str
    name: str
    digest: str
    received: float
    state: str
    begun: int
    tries: int
    result: Result | None
    finished: float | None
    given_up: bool = False

    @property
    def when(self) -> dt.datetime:
        """When it was received, in this computer's time zone."""
        return dt.datetime.fromtimestamp(self.received).astimezone()

    @classmethod
    def of(cls, row: sqlite3.Row) -> HandIn:
        """From a row of the database."""
        values = {name: row[name] for name in COLUMNS.split(", ") if name not in ("status", "result")}
        result = Result.model_validate_json(row["result"]) if row["result"] else None
        return cls(**values, result=result, given_up=row["status"] == "given up")


class HandIns:
    """The hand-ins of a class."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def accept(
        self,
        person: Student,
        chapter: str,
        name: str,
        content: bytes,
        request: str,
        settings: ClassSettings,
        now: float | None = None,
    ) -> HandIn:
        """Store a notebook; when this returns it is on the disk.

        Parameters
        ----------
        person : Student
            From the roster.
        chapter : str
            Two digits, as the request says.
        name : str
            The file's name, as the request says: it is shown, and never used as a path.
        content : bytes
        request : str
            The sender's own name for the request: sent again, it is the same hand-in.
        settings : ClassSettings
        now : float, optional
            Seconds since 1970.

        Raises
        ------
        RefusedError
            If it is too large, too late, too early, too often, or of a chapter that is not handed in here.
        UnavailableError
            If it cannot be stored now.
        """
        now = time.time() if now is None else now
        rules = _rules(settings, chapter)
        name = shown_name(name) or "notebook.ipynb"
        if len(content) > settings.largest:
            raise too_large(settings)
        with self._database.writing() as connection:
            before = connection.execute(
                f"SELECT {COLUMNS} FROM handins WHERE learner = ? AND request = ?", (person.student, request)
            ).fetchone()
            if before is not None:
                return HandIn.of(before)
            _check_time(rules, person, now)
            self._check_number(connection, person.student, chapter, rules, settings, now)
            public = secrets.token_urlsafe(16)
            connection.execute(
                "INSERT INTO handins (public, learner, chapter, name, content, digest, request, received) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    public,
                    person.student,
                    chapter,
                    name,
                    content,
                    hashlib.sha256(content).hexdigest(),
                    request,
                    now,
                ),
            )
            row = connection.execute(f"SELECT {COLUMNS} FROM handins WHERE public = ?", (public,)).fetchone()
            return HandIn.of(row)

    @staticmethod
    def _check_number(
        connection: sqlite3.Connection,
        learner: str,
        chapter: str,
        rules: ChapterSettings,
        settings: ClassSettings,
        now: float,
    ) -> None:
        def count(where: str, *values: object) -> int:
            query = f"SELECT COUNT(*) FROM handins WHERE learner = ? AND {where}"
            return int(connection.execute(query, (learner, *values)).fetchone()[0])

        waiting = count("state <> 'done'")
        if waiting >= settings.waiting:
            raise RefusedError(
                429,
                f"{waiting} of your notebooks are still waiting for a verdict.",
                "Wait for it, then hand in again.",
                wait=10.0,
            )
        check_rate(connection, "handins", learner, settings, now)
        judged = count("chapter = ? AND (state <> 'done' OR status = 'graded')", chapter)
        if judged >= rules.hand_ins:
            raise RefusedError(
                403,
                f"You have handed chapter {int(chapter)} in {judged} times, and that is the limit.",
                "Ask your instructor if you need another try.",
            )

    def get(self, public: str) -> HandIn | None:
        """A hand-in by its name in addresses."""
        found = self._select("public = ?", public)
        return found[0] if found else None

    def of_learner(self, learner: str) -> list[HandIn]:
        """A learner's hand-ins, the newest first."""
        return self._select("learner = ? ORDER BY id DESC", learner)

    def of_chapter(self, chapter: str) -> list[HandIn]:
        """All hand-ins of a chapter, the oldest first."""
        return self._select("chapter = ? ORDER BY id", chapter)

    def finished_since(self, moment: float) -> list[HandIn]:
        """Those that got a verdict since a moment."""
        return self._select("state = 'done' AND finished >= ? ORDER BY finished", moment)

    def given_up(self) -> list[HandIn]:
        """Those that the service could not judge, the newest first."""
        return self._select("status = 'given up' ORDER BY id DESC")

    def tried_again(self) -> list[HandIn]:
        """Those without a verdict that the machine had no time for, the oldest first."""
        return self._select("state <> 'done' AND tries > 0 ORDER BY id")

    def everything(self) -> list[HandIn]:
        """All of the class, the oldest first."""
        return self._select("1 ORDER BY id")

    def content(self, handin: HandIn) -> bytes:
        """The notebook as it was handed in."""
        with self._database.open() as connection:
            row = connection.execute("SELECT content FROM handins WHERE id = ?", (handin.id,)).fetchone()
        if row is None:
            raise CourseError("This hand-in was deleted.", "Hand in again.")
        return bytes(row["content"])

    def ahead(self, handin: HandIn) -> int:
        """How many hand-ins may be judged before this one, those that run among them."""
        with self._database.open() as connection:
            row = connection.execute(
                "SELECT COUNT(*) FROM handins WHERE id < ? AND state <> 'done'", (handin.id,)
            ).fetchone()
        return int(row[0])

    def _select(self, where: str, *values: object) -> list[HandIn]:
        with self._database.open() as connection:
            rows = connection.execute(f"SELECT {COLUMNS} FROM handins WHERE {where}", values).fetchall()
        return [HandIn.of(row) for row in rows]


def _rules(settings: ClassSettings, chapter: str) -> ChapterSettings:
    if chapter not in settings.chapters:
        known = ", ".join(str(int(number)) for number in settings.chapters)
        raise RefusedError(
            404, f"Chapter {clean(chapter, 20)} is not handed in here.", f"These chapters are: {known}."
        )
    return settings.chapters[chapter]


def shown_name(name: str) -> str:
    """The last part of a file's name as a request gives it; it is shown, and never used as a path."""
    return clean(name.replace("\\", "/").rpartition("/")[2], 120)


def check_rate(
    connection: sqlite3.Connection, table: str, learner: str, settings: ClassSettings, now: float
) -> None:
    """Refuse more files within an hour than the class allows.

    Parameters
    ----------
    connection : sqlite3.Connection
    table : {"handins", "predictions"}
        Where they are counted.
    learner : str
    settings : ClassSettings
    now : float
        Seconds since 1970.

    Raises
    ------
    RefusedError
        429, with the time to wait.
    """
    count, oldest = connection.execute(
        f"SELECT COUNT(*), MIN(received) FROM {table} WHERE learner = ? AND received > ?",
        (learner, now - 3600),
    ).fetchone()
    if count >= settings.per_hour:
        minutes = max(1, round((oldest + 3600 - now) / 60))
        raise RefusedError(
            429,
            f"You have handed in {settings.per_hour} times within an hour, and that is the limit.",
            f"Try again in {minutes} minutes.",
            wait=minutes * 60.0,
        )


def too_large(settings: ClassSettings) -> RefusedError:
    """The refusal of a file that is larger than the class allows."""
    return RefusedError(
        413,
        f"The notebook is larger than {settings.largest_mb:g} MB, and that is the limit.",
        "Clear its outputs (Edit, Clear Outputs of All Cells), save it, and hand in again.",
    )


def _check_time(rules: ChapterSettings, person: Student, now: float) -> None:
    if rules.opens is not None and now < rules.opens.timestamp():
        raise RefusedError(
            403, f"This chapter can be handed in from {rules.opens:%Y-%m-%d %H:%M %Z}.", "Come back then."
        )
    last = rules.last_moment(person.due)
    if last is not None and now > last.timestamp():
        raise RefusedError(
            403,
            f"It was due on {last:%Y-%m-%d %H:%M %Z}, and nothing is taken after that.",
            "Ask your instructor for an extension.",
        )
