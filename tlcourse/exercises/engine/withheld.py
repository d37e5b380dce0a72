"""The course's data are withheld while an answer runs that is judged on images drawn from them.

In a notebook, and wherever a check runs, the functions that give them refuse, so that an answer which leans
on them fails where its author can read why. The grader's sandbox hides the files as well
(`tlcourse.data.withheld.places`): there the refusal is a message, and not the protection.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from tlcourse.exercises.engine.model import Exercise
from tlcourse.exercises.engine.own_work import functions, hidden, refuses

__all__ = ["data_withheld"]


@contextlib.contextmanager
def data_withheld(exercise: Exercise, framework: str) -> Iterator[None]:
    """Let the loaders of data refuse for the length of a block, if the exercise trains.

    Blocks may lie in each other; the outer one counts.
    """
    from tlcourse.data.withheld import LOADERS

    if not exercise.trains or all(map(refuses, functions(LOADERS[:1], framework).values())):
        yield
        return
    with hidden(LOADERS, framework, "withhold"):
        yield
