"""An exercise as a folder: what it is, its probe, its judge, its hints and its answers, a file for each.

``chapters/ch04/freeze/`` is the exercise "ch04-freeze"::

    __init__.py        ABOUT = About(...): title, points, the name of the answer
    probe.py           inputs(rng), probe(answer, inputs, framework), and sent(inputs) where it is needed
    judge.py           judge(observed, inputs)
    hints.md           a numbered list, a hint for each stage
    answers*.py        right and wrong answers (`tlcourse.exercises.engine.answers`)

The grader's sandbox shows the first two of these to a student's code, and no other file of the folder; so
whatever a judge shares with its probe stands in ``probe.py``.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tlcourse.errors import CourseError
from tlcourse.exercises.engine.answers import WrongAnswers
from tlcourse.exercises.engine.model import Exercise

__all__ = ["SHOWN", "About", "exercises_in"]

SHOWN = ("__init__.py", "probe.py")
"""What the grader's sandbox shows of an exercise's folder: no judge, and no helper of one."""


@dataclass(frozen=True)
class About:
    """What an exercise is, apart from what runs: the fields of `Exercise` that are plain text and numbers."""

    title: str
    points: int
    answer: str
    frameworks: tuple[str, ...] = ("torch", "keras")
    solved_by: tuple[str, ...] = ()
    returns: bool = True
    trains: float = 0.0


def exercises_in(package: str) -> tuple[Exercise, ...]:
    """The exercises of a chapter's package: one for each folder in it.

    Parameters
    ----------
    package : str
        "tlcourse.exercises.chapters.ch04", or an instructor's own package whose name ends like that. Its
        ``ORDER``, a tuple of folders' names, says in which order learners meet them; folders that are not in
        it follow in the order of their names.

    Raises
    ------
    CourseError
        If the package's name does not end in ``chNN``, ``ORDER`` names a folder that is not there, or a
        folder's files do not hold what they should.
    """
    module = importlib.import_module(package)
    chapter = package.rpartition(".")[2]
    if not re.fullmatch(r"ch\d\d", chapter):
        raise CourseError(f"{package} is not the package of a chapter.", "Call it chNN, such as ch04.")
    there = [info.name for info in pkgutil.iter_modules(module.__path__) if info.ispkg]
    order = tuple(getattr(module, "ORDER", ()))
    if gone := [name for name in order if name not in there]:
        raise CourseError(f"ORDER in {package} names {gone[0]!r}, which is not a folder.", "Take it out.")
    names = [*order, *sorted(set(there) - set(order))]
    return tuple(_exercise(chapter, f"{package}.{name}") for name in names)


def _exercise(chapter: str, package: str) -> Exercise:
    module = importlib.import_module(package)
    about = getattr(module, "ABOUT", None)
    if not isinstance(about, About):
        raise CourseError(f"{package} has no ABOUT.", "Write `ABOUT = About(...)` into its __init__.py.")
    probe = importlib.import_module(f"{package}.probe")
    folder = Path(module.__path__[0])
    return Exercise(
        id=f"{chapter}-{folder.name.replace('_', '-')}",
        title=about.title,
        points=about.points,
        answer=about.answer,
        inputs=_of(probe, "inputs"),
        probe=_of(probe, "probe"),
        judge=_judge(package),
        hints=_hints(folder / "hints.md"),
        misconceptions=WrongAnswers(folder),
        frameworks=about.frameworks,
        solved_by=about.solved_by,
        returns=about.returns,
        trains=about.trains,
        folder=folder,
        **({"sent": probe.sent} if hasattr(probe, "sent") else {}),
    )


def _of(module: Any, name: str) -> Any:
    if not callable(function := getattr(module, name, None)):
        raise CourseError(f"{module.__name__} has no {name}().", f"Define `{name}` in it.")
    return function


def _judge(package: str) -> Any:
    if importlib.util.find_spec(f"{package}.judge") is None:
        return _absent
    return _of(importlib.import_module(f"{package}.judge"), "judge")


def _absent(*_: Any) -> Any:
    raise RuntimeError("This part of an exercise is not here.")


def _hints(path: Path) -> tuple[str, ...]:
    """The items of a numbered list, each on one line; none where the file is not there."""
    if not path.is_file():
        return ()
    hints: list[list[str]] = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        if item := re.match(r"(\d+)\. (.+)", line):
            hints.append([item[2]])
            if int(item[1]) == len(hints):
                continue
        elif hints and (not line.strip() or line.startswith("   ")):
            hints[-1].append(line)
            continue
        raise CourseError(
            f"{path.parent.name}/hints.md holds a line that is not one of a numbered list: {line!r}",
            'Begin the hints with "1. ", "2. " and so on, and indent the lines that go on with one.',
        )
    return tuple(" ".join(" ".join(lines).split()) for lines in hints)
