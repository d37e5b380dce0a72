"""A judge as a table: rows are read from top to bottom, and the first that holds gives the message.

A row has a condition, a message, the name of what was misunderstood, and points. What the conditions look at
is a *case*: an object of the judge's own, with a property for each thing worth a name. A message may name
these in braces, so that it stays one piece of text: "You return {shown}."
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tlcourse.exercises.engine.model import Finding, Verdict

__all__ = ["Row", "Table", "always", "earned", "missed", "read", "right", "stopped", "total", "wrong"]


@dataclass(frozen=True)
class Row:
    """One line of a judge's table: if ``when(case)`` holds, the learner gets ``message``."""

    when: Callable[[Any], object]
    message: str
    misconception: str | None
    points: float
    passed: bool

    def finding(self, case: Any) -> Finding:
        """The finding, with the case's values in the message."""
        return Finding(self.passed, self.message.format_map(_Attributes(case)), self.misconception)


Table = tuple[Row, ...]


class _Attributes:
    def __init__(self, case: Any) -> None:
        self._case = case

    def __getitem__(self, name: str) -> Any:
        return getattr(self._case, name)


def always(case: Any) -> bool:
    """The condition of a table's last row."""
    return True


def right(when: Callable[[Any], object], message: str, points: float = 1.0) -> Row:
    """A row for what is as it should be."""
    return Row(when, message, None, points, True)


def wrong(
    when: Callable[[Any], object], message: str, misconception: str | None = None, points: float = 0.0
) -> Row:
    """A row for what is not: no points, unless a part of it is worth some."""
    return Row(when, message, misconception, points, False)


def _first(table: Table, case: Any) -> Row | None:
    return next((row for row in table if row.when(case)), None)


def read(table: Table, cases: Any) -> tuple[float, Finding]:
    """The points and the finding of a table.

    Parameters
    ----------
    table : tuple of Row
        Ends with a row that always holds.
    cases : object or sequence
        Of several cases (a list), the finding is that of the first whose row did not pass, else that of the
        first. The points are those of the worst: one case that was right by chance is worth no more.

    Examples
    --------
    >>> table = (wrong(lambda n: n.real < 0, "{real} is negative."), right(always, "Fine.", 2))
    >>> read(table, 3)[0], read(table, [3, -1, -2])[1].message
    (2, '-1 is negative.')
    """
    several: Sequence[Any] = cases if isinstance(cases, list) else [cases]
    passed: list[tuple[Row, Any]] = []
    failed: list[tuple[Row, Any]] = []
    for case in several:
        row = _first(table, case)
        if row is None:
            raise ValueError("No row of the table holds: it should end with one for `always`.")
        (passed if row.passed else failed).append((row, case))
        if not row.passed and not row.points:
            break  # nothing is worse
    row, case = (failed or passed)[0]
    return min((each.points for each, _ in failed), default=row.points), row.finding(case)


def stopped(table: Table, cases: Any) -> Verdict | None:
    """A verdict of one finding, if a row of the table holds for a case: there is nothing else to look at.

    Examples
    --------
    >>> stopped((wrong(lambda n: n.real < 0, "{real} is negative."),), [3, -1]).findings[0].message
    '-1 is negative.'
    """
    for case in cases if isinstance(cases, list) else [cases]:
        if (row := _first(table, case)) is not None:
            return Verdict(row.points, (row.finding(case),))
    return None


def earned(points: float, message: str) -> tuple[float, Finding]:
    """A part that is as it should be, in a judge that has no table."""
    return points, Finding(True, message)


def missed(message: str, misconception: str | None = None, points: float = 0.0) -> tuple[float, Finding]:
    """A part that is not: no points, unless a part of it is worth some."""
    return points, Finding(False, message, misconception)


def total(*parts: tuple[float, Finding]) -> Verdict:
    """The verdict of several parts, such as tables that were read: their points added up."""
    return Verdict(float(sum(points for points, _ in parts)), tuple(finding for _, finding in parts))
