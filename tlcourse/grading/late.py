"""Late work: by how much, and what it costs."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass

from tlcourse.errors import CourseError

__all__ = ["LatePolicy", "Lateness", "read_time"]

_UNITS = {"m": 60, "h": 3600, "d": 86_400}


@dataclass(frozen=True)
class Lateness:
    """How late something is, and what that costs.

    Attributes
    ----------
    days : int
        Begun days, counted from the end of the grace time.
    share : float
        What is lost of the full marks, from 0 to 1.
    words : str
        For the tables and pages; "" if it is not late.
    """

    days: int = 0
    share: float = 0.0
    words: str = ""


def read_time(text: str) -> dt.datetime:
    """A time with its zone, such as "2026-11-25T18:00+01:00" or "2026-11-25 17:00Z".

    Raises
    ------
    CourseError
        For anything else, and for a time without a zone.
    """
    try:
        time = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise CourseError(
            f"{text!r} is not a time.", "Write it as 2026-11-25T18:00+01:00: date, time, offset from UTC."
        ) from None
    if time.tzinfo is None:
        raise CourseError(
            f"The time {text!r} has no time zone.",
            f"Add the offset from UTC: {text.strip()}+01:00.",
        )
    return time


def _seconds(text: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([mhd])", text)
    if match is None:
        raise CourseError(f"{text!r} is not a length of time.", "Write 30m, 12h or 2d.")
    return float(match[1]) * _UNITS[match[2]]


def _share(text: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)%", text)
    if match is None or float(match[1]) > 100:
        raise CourseError(f"{text!r} is not a percentage.", "Write 10%.")
    return float(match[1]) / 100


@dataclass(frozen=True)
class LatePolicy:
    """What lateness costs: nothing within ``grace``, then for each begun day a share of the full marks.

    Attributes
    ----------
    grace : float
        Seconds.
    per_day, most : float
        Shares of the full marks, from 0 to 1.
    closed : float or None
        Seconds after which all is lost.
    """

    grace: float = 0.0
    per_day: float = 0.0
    most: float = 1.0
    closed: float | None = None

    @classmethod
    def parse(cls, text: str) -> LatePolicy:
        """Read "grace=15m,per-day=10%,max=50%,closed=7d"; each part may be left out.

        Raises
        ------
        CourseError
            For any other part, and for a value that cannot be read.

        Examples
        --------
        >>> LatePolicy.parse("grace=15m,per-day=10%,max=50%")
        LatePolicy(grace=900.0, per_day=0.1, most=0.5, closed=None)
        """
        values: dict[str, float] = {}
        readers = {"grace": _seconds, "per-day": _share, "max": _share, "closed": _seconds}
        names = {"grace": "grace", "per-day": "per_day", "max": "most", "closed": "closed"}
        for part in filter(None, (part.strip() for part in text.split(","))):
            name, _, value = part.partition("=")
            if name.strip() not in readers:
                raise CourseError(
                    f"{part!r} is not part of a late policy.",
                    "The parts are grace=15m, per-day=10%, max=50% and closed=7d.",
                )
            values[names[name.strip()]] = readers[name.strip()](value.strip())
        return cls(**values)

    def lateness(
        self, handed_in: dt.datetime | None, due: dt.datetime | None, extension: dt.datetime | None = None
    ) -> Lateness:
        """How late a hand-in is.

        Parameters
        ----------
        handed_in : datetime.datetime or None
            None if it is not known: then nothing is taken off.
        due : datetime.datetime or None
            The class's due time.
        extension : datetime.datetime, optional
            The student's own due time, in place of the class's.

        Examples
        --------
        >>> due = dt.datetime(2026, 11, 25, 12, tzinfo=dt.timezone.utc)
        >>> LatePolicy.parse("per-day=10%").lateness(due + dt.timedelta(hours=25), due)
        Lateness(days=2, share=0.2, words='handed in 2 begun days late')
        """
        due = extension or due
        if due is None:
            return Lateness()
        if handed_in is None:
            return Lateness(words="the hand-in time is not known: no penalty")
        over = (handed_in - due).total_seconds() - self.grace
        if over <= 0:
            return Lateness()
        days = math.ceil(over / 86_400)
        if self.closed is not None and over + self.grace > self.closed:
            return Lateness(days, 1.0, f"handed in {days} begun days late, after the last date")
        share = min(self.per_day * days, self.most)
        plural = "day" if days == 1 else "days"
        return Lateness(days, round(share, 6), f"handed in {days} begun {plural} late")
