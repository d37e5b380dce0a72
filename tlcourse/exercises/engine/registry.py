"""Which exercises there are: the folders of ``chapters/chNN``, and what was added in this process."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import re

from tlcourse.errors import CourseError, UnknownNameError
from tlcourse.exercises.engine.folder import exercises_in
from tlcourse.exercises.engine.model import Exercise

__all__ = ["add_module", "all_exercises", "chapter_number", "get"]

_HOME = "tlcourse.exercises.chapters"
_EXTRA: list[str] = []
_loaded: dict[str, tuple[Exercise, ...]] = {}


def add_module(name: str) -> None:
    """Make the exercises of another importable module known in this process, such as an instructor's own.

    A module with ``EXERCISES``, or a package ``chNN`` with a folder for each (`exercises_in`).
    """
    _from(name)
    if name not in _EXTRA:
        _EXTRA.append(name)


def _from(module: str) -> tuple[Exercise, ...]:
    if module not in _loaded:
        listed = getattr(importlib.import_module(module), "EXERCISES", None)
        _loaded[module] = exercises_in(module) if listed is None else tuple(listed)
    return _loaded[module]


def _modules(chapter: str | None = None) -> list[str]:
    """What holds exercises, of all chapters or of one ("04"); and what was added."""
    if chapter is not None:
        package = f"{_HOME}.ch{chapter}"
        return [package] * (importlib.util.find_spec(package) is not None) + _EXTRA
    inside = pkgutil.iter_modules(importlib.import_module(_HOME).__path__)
    return sorted(f"{_HOME}.{info.name}" for info in inside if re.fullmatch(r"ch\d\d", info.name)) + _EXTRA


def all_exercises(chapter: str | None = None) -> tuple[Exercise, ...]:
    """Every exercise of the course, or of one chapter, in the order they are met.

    Parameters
    ----------
    chapter : str, optional
        "01", "ch01" or "01-why-transfer-learning". Only that chapter's modules are imported then.

    Raises
    ------
    CourseError
        If two exercises share an id.

    Examples
    --------
    >>> [exercise.points for exercise in all_exercises("00")]
    [3, 3, 3]
    """
    exercises: dict[str, Exercise] = {}
    wanted = None if chapter is None else chapter_number(chapter)
    for module in _modules(wanted):
        for exercise in _from(module):
            if exercise.id in exercises:
                raise CourseError(
                    f"Two exercises are called {exercise.id!r}.", f"Rename the one in {module}."
                )
            exercises[exercise.id] = exercise
    return tuple(e for e in exercises.values() if wanted is None or e.chapter == wanted)


def chapter_number(chapter: str | int) -> str:
    """The two digits of a chapter however it is written.

    Examples
    --------
    >>> chapter_number("01-why-transfer-learning"), chapter_number("ch01"), chapter_number(1)
    ('01', '01', '01')
    """
    match = re.match(r"(?:ch)?(\d{1,2})(?!\d)", str(chapter))
    if match is None:
        known = sorted({module[-2:] for module in _modules() if re.search(r"\.ch\d\d$", module)})
        raise UnknownNameError("chapter", chapter, known)
    return match[1].zfill(2)


def get(exercise_id: str) -> Exercise:
    """The exercise with this id.

    Raises
    ------
    UnknownNameError
        If there is none, with the nearest id.

    Examples
    --------
    >>> get("ch00-pick-class").answer
    'pick_class'
    """
    # The chapter's own module first: a learner in chapter 1 should not pay for importing the others.
    if re.match(r"ch\d\d-", str(exercise_id)):
        for exercise in all_exercises(exercise_id[:4]):
            if exercise.id == exercise_id:
                return exercise
    known = {exercise.id: exercise for exercise in all_exercises()}
    if exercise_id not in known:
        raise UnknownNameError("exercise", exercise_id, known)
    return known[exercise_id]
