"""Which exercises there are: every module ``tlcourse/exercises/chNN.py`` lists its own in ``EXERCISES``."""

from __future__ import annotations

import importlib
import pkgutil
import re

from ..errors import CourseError, UnknownNameError
from .model import Exercise

__all__ = ["add_module", "all_exercises", "chapter_number", "get"]

_EXTRA: list[str] = []
_loaded: dict[str, tuple[Exercise, ...]] = {}


def add_module(name: str) -> None:
    """Make the ``EXERCISES`` of another importable module known in this process, such as an instructor's "
    "own."""
    _from(name)
    if name not in _EXTRA:
        _EXTRA.append(name)


def _from(module: str) -> tuple[Exercise, ...]:
    if module not in _loaded:
        _loaded[module] = tuple(importlib.import_module(module).EXERCISES)
    return _loaded[module]


def _modules() -> list[str]:
    package = importlib.import_module(__package__)
    found = [
        info.name for info in pkgutil.iter_modules(package.__path__) if re.fullmatch(r"ch\d\d", info.name)
    ]
    return [f"{__package__}.{name}" for name in sorted(found)] + _EXTRA


def all_exercises(chapter: str | None = None) -> tuple[Exercise, ...]:
    """Every exercise of the course, or of one chapter, in the order they are met.

    Parameters
    ----------
    chapter : str, optional
        "01", "ch01" or "01-why-transfer-learning".

    Raises
    ------
    CourseError
        If two exercises share an id.

    Examples
    --------
    >>> [exercise.points for exercise in all_exercises("00")]
    [3, 3]
    """
    found: dict[str, Exercise] = {}
    for module in _modules():
        for exercise in _from(module):
            if exercise.id in found:
                raise CourseError(
                    f"Two exercises are called {exercise.id!r}.", f"Rename the one in {module}."
                )
            found[exercise.id] = exercise
    wanted = None if chapter is None else chapter_number(chapter)
    return tuple(e for e in found.values() if wanted is None or e.chapter == wanted)


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
    own = f"{__package__}.{str(exercise_id)[:4]}"
    for module in [own] if own in _modules() else []:
        for exercise in _from(module):
            if exercise.id == exercise_id:
                return exercise
    known = {exercise.id: exercise for exercise in all_exercises()}
    if exercise_id not in known:
        raise UnknownNameError("exercise", exercise_id, known)
    return known[exercise_id]
