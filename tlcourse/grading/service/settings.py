"""What an instructor sets for a class: ``course.toml`` in its folder."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from tlcourse.errors import CourseError
from tlcourse.grading.late import LatePolicy, read_time
from tlcourse.grading.words import clean

__all__ = ["ChallengeSettings", "ChapterSettings", "ClassSettings", "HubSettings", "read_settings"]

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_COUNTS = ("last", "best")
_TABLES = {"chapters", "challenges", "hub"}
_FEEDBACK = ("full", "points", "none")
_USER = ("student", "login", "email", "lms_id", "sis_id")


@dataclass(frozen=True)
class ChapterSettings:
    """How one chapter is handed in.

    Attributes
    ----------
    opens, due : datetime.datetime or None
        With a time zone. Without a ``due`` time there is no end.
    late_policy : str
        As `tlcourse.grading.late.LatePolicy`; "": nothing is taken after the due time.
    hand_ins : int
        How many of a learner's hand-ins are judged; one that cannot be graded is not counted.
    counts : {"last", "best"}
        Which of them makes the mark.
    feedback, feedback_after_due : {"full", "points", "none"}
        How much a learner sees, before and after the due time.
    """

    opens: dt.datetime | None = None
    due: dt.datetime | None = None
    late_policy: str = ""
    hand_ins: int = 10
    counts: str = "last"
    feedback: str = "full"
    feedback_after_due: str = "full"

    def last_moment(self, extension: dt.datetime | None) -> dt.datetime | None:
        """Until when a hand-in is taken; None: there is no end.

        Parameters
        ----------
        extension : datetime.datetime or None
            The learner's own due time.
        """
        due = extension or self.due
        if due is None:
            return None
        if not self.late_policy:
            return due
        closed = LatePolicy.parse(self.late_policy).closed
        return None if closed is None else due + dt.timedelta(seconds=closed)

    def feedback_at(self, now: dt.datetime, extension: dt.datetime | None) -> str:
        """How much a learner sees at a time."""
        due = extension or self.due
        return self.feedback_after_due if due is not None and now > due else self.feedback


@dataclass(frozen=True)
class HubSettings:
    """What a class says about the JupyterHub that it is a service of.

    Attributes
    ----------
    instructors : str
        The Hub's group whose members teach; "" where there is none.
    user : {"student", "login", "email", "lms_id", "sis_id"}
        The roster's column with the Hub's user names.
    """

    instructors: str = ""
    user: str = "student"


@dataclass(frozen=True)
class ChallengeSettings:
    """How predictions for one challenge are handed in.

    Attributes
    ----------
    folder : str
        That ``tlcourse challenge make`` wrote, or its ``private``; from the class's folder on.
    opens, due : datetime.datetime or None
        With a time zone. The whole score is shown after the ``due`` time, and never without one.
    per_day : int
        How many of a learner's tries are scored within 24 hours; in all it is what the challenge says.
    public : float
        The share of the test images whose score is told before the end.
    names : bool
        Whether learners' names are on the board.
    """

    folder: str = ""
    opens: dt.datetime | None = None
    due: dt.datetime | None = None
    per_day: int = 1
    public: float = 0.5
    names: bool = False

    def ended(self, now: float) -> bool:
        """Whether the end has come."""
        return self.due is not None and now > self.due.timestamp()


@dataclass(frozen=True)
class ClassSettings:
    """All of ``course.toml``.

    Attributes
    ----------
    title : str
    address : str
        How the class reaches the service, if not under the address that it listens at.
    jobs : int or None
        Worker processes; one for each core by default.
    largest_mb : float
        Megabytes of a notebook.
    waiting : int
        How many hand-ins of one learner may wait at a time.
    per_hour : int
        How many a learner may send within an hour.
    same_inputs : bool
        Every hand-in on the same secret inputs, as `tlcourse grade` does it. By default each has its own,
        so that nobody can print the inputs and learn their answers by heart.
    chapters : dict of str to ChapterSettings
        By their two digits.
    hub : HubSettings
        Read by `tlcourse serve --hub` alone.
    challenges : dict of str to ChallengeSettings
    """

    title: str = "The class"
    address: str = ""
    jobs: int | None = None
    largest_mb: float = 5.0
    waiting: int = 3
    per_hour: int = 20
    same_inputs: bool = False
    chapters: dict[str, ChapterSettings] = field(default_factory=dict)
    hub: HubSettings = field(default_factory=HubSettings)
    challenges: dict[str, ChallengeSettings] = field(default_factory=dict)

    @property
    def largest(self) -> int:
        """Bytes of a notebook."""
        return int(self.largest_mb * 1e6)


def read_settings(path: Path) -> ClassSettings:
    """Read a class's settings.

    Raises
    ------
    CourseError
        For a file that cannot be read, and for a name or a value that has no meaning there.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CourseError(
            f"There is no {path.name} in {path.parent}.", f"Make a class: tlcourse class new {path.parent}"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} cannot be read ({type(error).__name__}).", "Save it in UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{path.name} is not valid TOML: {error}.", "Correct that line.") from None
    tables, hub = given.pop("chapter", {}), given.pop("hub", {})
    challenges = _challenges(given.pop("challenge", {}), path.name)
    common = {name: given.pop(name) for name in list(given) if name in _names(ChapterSettings)}
    if not isinstance(tables, dict) or not tables:
        raise CourseError(f"{path.name} has no chapter.", 'Add a table such as [chapter."02"].')
    if not isinstance(hub, dict):
        raise CourseError(f"hub in {path.name} is not a table.", "Write [hub], and its settings below it.")
    usual = _checked(ChapterSettings(), common, path.name)
    chapters = {}
    for number, table in tables.items():
        where = f'[chapter."{number}"] of {path.name}'
        if not (number.isdigit() and len(number) == 2) or not isinstance(table, dict):
            raise CourseError(
                f"{clean(where)} is not a chapter.", 'Give its two digits in quotation marks: [chapter."02"].'
            )
        chapters[number] = _checked(usual, table, where)
    return replace(
        _checked(ClassSettings(), given, path.name),
        chapters=chapters,
        challenges=challenges,
        hub=_checked(HubSettings(), hub, f"[hub] of {path.name}"),
    )


def _challenges(tables: Any, where: str) -> dict[str, ChallengeSettings]:
    made = {}
    for name, table in tables.items() if isinstance(tables, dict) else [("", None)]:
        place = f'[challenge."{name}"] of {where}'
        if not _NAME.fullmatch(name) or not isinstance(table, dict) or not table.get("folder"):
            raise CourseError(
                f"{clean(place)} is not a challenge.",
                "Its name has small letters, digits and hyphens, and its folder is what `tlcourse challenge "
                "make` wrote.",
            )
        made[name] = _checked(ChallengeSettings(), table, place)
    return made


def _names(of: type) -> set[str]:
    return {each.name for each in fields(of)}


def _checked(base: Any, given: dict[str, Any], where: str) -> Any:
    """Settings with some replaced, each of the right kind."""
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name not in _names(type(base)) - _TABLES:
            known = ", ".join(sorted(_names(type(base)) - _TABLES))
            raise CourseError(f"{clean(name)!r} in {clean(where)} is not a setting.", f"There are: {known}.")
        values[name] = _value(name, value, where)
    return replace(base, **values)


def _value(name: str, value: Any, where: str) -> Any:
    words = {"counts": _COUNTS, "feedback": _FEEDBACK, "feedback_after_due": _FEEDBACK, "user": _USER}
    if name in words:
        if value not in words[name]:
            raise _meaningless(name, value, where, f"Give {', '.join(words[name])}.")
        return value
    if name in ("opens", "due"):
        # TOML has times of its own.
        return read_time(value.isoformat() if isinstance(value, dt.datetime) else str(value))
    if name in ("same_inputs", "names"):
        if not isinstance(value, bool):
            raise _meaningless(name, value, where, "Give true or false.")
        return value
    if name == "public":
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
            raise _meaningless(name, value, where, "Give a share of the test images: 0.5 is half of them.")
        return float(value)
    if name in ("jobs", "waiting", "per_hour", "per_day", "hand_ins", "largest_mb"):
        whole = isinstance(value, int) or (name == "largest_mb" and isinstance(value, float))
        if isinstance(value, bool) or not whole or value <= 0:
            raise _meaningless(name, value, where, "Give a number above 0.")
        return value
    if not isinstance(value, str):
        raise _meaningless(name, value, where, "Give a text.")
    if name == "late_policy":
        LatePolicy.parse(value)
    if name == "address" and value and not value.startswith(("http://", "https://")):
        raise _meaningless(name, value, where, "It begins with https:// or http://.")
    return value.rstrip("/") if name == "address" else value


def _meaningless(name: str, value: Any, where: str, advice: str) -> CourseError:
    return CourseError(f"{name} = {value!r} in {clean(where)} has no meaning.", advice)
