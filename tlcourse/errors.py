"""The errors of the course: each says what was wrong and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

__all__ = [
    "CourseError",
    "DataError",
    "DeviceError",
    "NetworkError",
    "SettingError",
    "ShapeError",
    "SourceError",
    "UnknownNameError",
    "WeightsError",
]


class CourseError(Exception):
    """A problem that the reader can mend, with the way to mend it.

    Parameters
    ----------
    problem : str
        What was wrong, with the offending value.
    fix : str
        What to do about it, in one sentence or two.

    Examples
    --------
    >>> print(CourseError("The folder 'cats' is empty.", "Put at least one image into it."))
    The folder 'cats' is empty.
      What to do: Put at least one image into it.
    """

    def __init__(self, problem: str, fix: str) -> None:
        self.problem = problem
        self.fix = fix
        super().__init__(problem, fix)

    def __str__(self) -> str:
        return f"{self.problem}\n  What to do: {self.fix}"


class DataError(CourseError):
    """A data file or folder is missing, damaged, or not what it should be."""


class WeightsError(CourseError):
    """A weight file is missing, damaged, or does not fit the model."""


class ShapeError(CourseError):
    """An array has the wrong shape or dtype."""


class SettingError(CourseError):
    """A setting (a number of steps, a rate, a size, a seed, ...) has a value that it cannot have."""


class DeviceError(CourseError):
    """A device was asked for that this machine does not have."""


class NetworkError(CourseError):
    """Something must be downloaded, and the network does not answer."""


class UnknownNameError(CourseError):
    """A name (of a model, layer, data set, framework, ...) that the course does not know.

    Examples
    --------
    >>> print(UnknownNameError("framework", "pytorch", ["torch", "keras"]))
    There is no framework called 'pytorch'.
      What to do: Did you mean 'torch'? Known: torch, keras.
    """

    def __init__(self, kind: str, name: object, known: Iterable[str]) -> None:
        names = list(known)
        # A part of a name means the first name that has it: by letters "efficientnet" is nearest to a network
        # that is hardly used.
        parts = [one for one in names if len(str(name)) > 2 and str(name) in one][:1]
        close = parts or difflib.get_close_matches(str(name), names, n=1, cutoff=0.5)
        guess = f"Did you mean {close[0]!r}? " if close else ""
        shown = ", ".join(names[:30]) + (f", … ({len(names)} in all)" if len(names) > 30 else "")
        super().__init__(f"There is no {kind} called {name!r}.", f"{guess}Known: {shown}.")
        self.kind = kind
        self.name = name


class SourceError(CourseError):
    """A mistake in a chapter's source, with its file and line."""

    def __init__(self, problem: str, fix: str, file: str | Path, line: int | None = None) -> None:
        self.file = str(file)
        self.line = line
        where = self.file if line is None else f"{self.file}:{line}"
        super().__init__(f"{where}: {problem}", fix)
