"""What an exercise is: inputs, a probe, a judge, hints and the wrong answers we know."""

from __future__ import annotations

import enum
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tlcourse.errors import CourseError, UnknownNameError
from tlcourse.exercises.engine.plain import plain

__all__ = [
    "PUBLIC_SEED",
    "Exercise",
    "Finding",
    "Misconception",
    "Observation",
    "State",
    "Verdict",
    "WrongAnswerError",
]

PUBLIC_SEED = 20_240  # what check() draws its inputs from; a grader draws a secret one


class State(enum.Enum):
    """The five outcomes of a check: a word and a symbol each, so that colour never carries the meaning."""

    PASS = "PASS"
    PARTLY = "PARTLY"
    NOT_YET = "NOT YET"
    ERROR = "ERROR"
    NOT_ATTEMPTED = "NOT ATTEMPTED"

    @property
    def symbol(self) -> str:
        """One character that tells the outcomes apart without colour."""
        return {"PASS": "✓", "PARTLY": "◐", "NOT YET": "✗", "ERROR": "!", "NOT ATTEMPTED": "○"}[self.value]


@dataclass(frozen=True)
class Finding:
    """One thing a judge looked at.

    A message that did not pass names what is misunderstood and shows the learner's value, never the
    expected one. Text between backticks is shown as code.
    """

    passed: bool
    message: str
    misconception: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What a judge says: points (from 0 to the exercise's) and the findings behind them."""

    points: float
    findings: tuple[Finding, ...]


@dataclass(frozen=True, eq=False)
class Misconception:
    """A wrong answer that learners give, and a part of the message that it must get.

    Parameters
    ----------
    name : str
        Short and stable, such as "divides by the wrong count": the class report counts these.
    source : str or dict
        A whole answer cell; a dict where the frameworks need different code ({"torch": ..., "keras": ...}).
    expect : str
        A piece of the message that `check` must show for it.
    """

    name: str
    source: str | Mapping[str, str]
    expect: str

    def source_for(self, framework: str) -> str | None:
        """The wrong answer's code for one framework; None where it cannot happen there."""
        return self.source if isinstance(self.source, str) else self.source.get(framework)


def _everything(inputs: dict[str, Any]) -> dict[str, Any]:
    return inputs


@dataclass(frozen=True, eq=False)
class Exercise:
    """One exercise, as a value. CONTRIBUTING says how to write one.

    Parameters
    ----------
    id : str
        "ch01-label-ratio": the chapter's number, then words. It is the answer cell's grade id too.
    title : str
        What the learner reads above the verdict.
    points : int
        Full marks.
    answer : str
        The name that the learner defines, a function usually.
    inputs : callable
        ``inputs(rng) -> dict`` of plain data. Every call with a fresh generator of one seed gives the same.
    probe : callable
        ``probe(answer, inputs, framework) -> dict``: runs the answer and returns what it did, as plain data
        (use `plain`). It runs beside the learner's code, so it never says what is right.
    judge : callable
        ``judge(observed, inputs) -> Verdict``: pure. It may raise `WrongAnswerError`.
    hints : tuple of str
        In stages: from a nudge to nearly there.
    misconceptions : sequence of Misconception
        At least three; the tests run them all.
    frameworks : tuple of str
        Where the exercise exists.
    solved_by : tuple of str
        Dotted names of what the package itself has for it ("tlcourse.evaluation.roc_auc"), where they are
        defined, in either framework: not there while an answer runs.
    sent : callable
        ``sent(inputs) -> dict``: what of the inputs the probe gets, all of it by default. The learner's
        code runs beside the probe: what is the answer, or tells it, stays with the judge.
    returns : bool
        False for an answer that works on what it is given and has nothing to return.
    trains : float
        Processor seconds that a right answer takes in one check, if it trains: the check says so before it
        starts, has a limit in processor time, and withholds the course's data
        (`tlcourse.exercises.engine.withheld`). 0 for all others.
    folder : pathlib.Path, optional
        Where its files are (`tlcourse.exercises.engine.folder`).
    """

    id: str
    title: str
    points: int
    answer: str
    inputs: Callable[[np.random.Generator], dict[str, Any]]
    probe: Callable[[Any, dict[str, Any], str], dict[str, Any]]
    judge: Callable[[dict[str, Any], dict[str, Any]], Verdict]
    hints: tuple[str, ...]
    misconceptions: Sequence[Misconception] = field(repr=False)
    frameworks: tuple[str, ...] = ("torch", "keras")
    sent: Callable[[dict[str, Any]], dict[str, Any]] = _everything
    solved_by: tuple[str, ...] = ()
    returns: bool = True
    trains: float = 0.0
    folder: Path | None = field(default=None, repr=False)

    def draw(self, seed: int = PUBLIC_SEED) -> dict[str, Any]:
        """The inputs of one seed, checked to be plain data. Each exercise has its own stream of numbers."""
        # The id is mixed in so that two exercises of one notebook do not see the same numbers.
        rng = np.random.default_rng([seed, zlib.crc32(self.id.encode())])
        drawn = plain(self.inputs(rng))
        if not isinstance(drawn, dict):
            raise CourseError(
                f"The inputs of exercise {self.id!r} are not a dict.", "Return a dict of plain data."
            )
        return drawn

    @property
    def chapter(self) -> str:
        """The two digits of the exercise's chapter: "01"."""
        return self.id[2:4]


@dataclass(frozen=True)
class Observation:
    """What came back from running a probe: plain data, or why there is none.

    ``kind`` is "ok" (``data`` holds what the probe returned), "not_attempted", "error" (the learner's code
    raised), "unusable" (their code ran but gave something no judge may look at), "nothing" (it gave None
    every time, where a value is asked for), "timeout" or "died" (the process ended). ``note`` tells what went
    wrong beside the answer and cost nothing.
    """

    kind: str
    data: dict[str, Any] | None = None
    problem: str = ""
    advice: str = ""
    printed: str = ""
    seconds: float = 0.0
    note: str = ""

    KINDS = ("ok", "not_attempted", "error", "unusable", "nothing", "timeout", "died")

    def __post_init__(self) -> None:
        if self.kind not in self.KINDS:
            raise UnknownNameError("kind of observation", self.kind, self.KINDS)


class WrongAnswerError(Exception):
    """Raised by a judge's helper to end the judging with no points and one message."""

    def __init__(self, message: str, misconception: str | None = None) -> None:
        super().__init__(message)
        self.finding = Finding(False, message, misconception)
