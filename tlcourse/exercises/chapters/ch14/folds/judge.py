"""A point for people on one side only, one for classes and sizes as they were asked for."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from tlcourse.exercises.engine import Verdict, WrongAnswerError, always, read, right, stopped, total, wrong

LOW, HIGH = 0.1, 0.45
"""Of the images of each class, this share may be in the test: whole people make no exact quarter."""


class Sides:
    """The paths of both sides."""

    def __init__(self, sides: Any, paths: list[str], classes: list[str]) -> None:
        bad = (
            sides if isinstance(sides, str) else next((side for side in sides if isinstance(side, str)), None)
        )
        if bad is not None:
            raise WrongAnswerError(
                f"`split` should give two lists of paths, for training and for the test; yours gave {bad}.",
                "not two lists",
            )
        self.train, self.test = sides
        self.paths, self.classes = paths, classes
        self.before, self.after = len(paths), len(self.train) + len(self.test)

    @cached_property
    def shared(self) -> set[str]:
        return {_person(path) for path in self.train} & {_person(path) for path in self.test}

    @cached_property
    def within(self) -> set[tuple[str, str]]:
        """People that one class has on both sides."""
        return {_both(path) for path in self.train} & {_both(path) for path in self.test}

    @cached_property
    def all(self) -> int:
        return len({_person(path) for path in self.paths})

    @cached_property
    def number(self) -> int:
        return len(self.shared)

    @cached_property
    def complete(self) -> bool:
        return sorted([*self.train, *self.test]) == sorted(self.paths)

    @cached_property
    def shares(self) -> dict[str, float]:
        return {
            name: sum(_kind(path) == name for path in self.test)
            / max(1, sum(_kind(path) == name for path in self.paths))
            for name in self.classes
        }

    @cached_property
    def missing(self) -> str:
        return next(name for name, share in self.shares.items() if not 0 < share < 1)

    @cached_property
    def odd(self) -> str:
        return next(name for name, share in self.shares.items() if not LOW <= share <= HIGH)

    @cached_property
    def percent(self) -> str:
        return f"{self.shares[self.odd]:.0%}"


def _person(path: str) -> str:
    return path.rsplit("/", 1)[-1].split("_")[0]


def _kind(path: str) -> str:
    return path.split("/")[1]


def _both(path: str) -> tuple[str, str]:
    return _kind(path), _person(path)


UNUSABLE = (
    wrong(
        lambda sides: not sides.complete,
        "Not every path is on exactly one side: {before} came in, {after} came back.",
        "paths lost or doubled",
    ),
    wrong(lambda sides: not sides.test or not sides.train, "One side is empty.", "an empty side"),
)
PEOPLE = (
    right(lambda sides: not sides.shared, "Nobody is on both sides."),
    wrong(
        lambda sides: not sides.within,
        "{number} of {all} people are on both sides: they have images in several classes, and you keep them"
        " together only within a class. It is the same face.",
        "a person for each class",
    ),
    wrong(
        always,
        "{number} of {all} people are on both sides. The model would be tested on people that it knows.",
        "people on both sides",
    ),
)
CLASSES = (
    wrong(
        lambda sides: any(not 0 < share < 1 for share in sides.shares.values()),
        "One side has no image of `{missing}`: nothing can be said about that class.",
        "a class is missing",
    ),
    wrong(
        lambda sides: any(not LOW <= share <= HIGH for share in sides.shares.values()),
        "Of `{odd}`, {percent} of the images are in the test. A quarter of each class is asked for, as nearly"
        " as whole people allow.",
        "classes in unequal shares",
    ),
    right(always, "About a quarter of each class is in the test."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """The second point only with the first: a random split has even classes as well."""
    sides = Sides(observed["sides"], inputs["paths"], inputs["classes"])
    if (verdict := stopped(UNUSABLE, sides)) is not None:
        return verdict
    people = read(PEOPLE, sides)
    return total(people, read(CLASSES, sides)) if people[0] else total(people)
