"""What a chapter's right answers import: a sandbox imports it once, and not for each answer anew."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from tlcourse.exercises import all_exercises
from tlcourse.exercises.engine.answers import answers_in

__all__ = ["imported_names", "imports_of_answers"]


def imports_of_answers(chapter: str, framework: str) -> list[str]:
    """The names that the known right answers to a chapter's exercises import, in one framework.

    Parameters
    ----------
    chapter : str
        Two digits.
    framework : {"torch", "keras"}

    Returns
    -------
    list of str
        As `imported_names` gives them.
    """
    sources = [
        answer.source
        for exercise in all_exercises(chapter)
        if exercise.folder is not None
        for answer in answers_in(exercise.folder)
        if answer.kind == "right" and framework in answer.frameworks
    ]
    return imported_names(sources)


def imported_names(sources: Iterable[str]) -> list[str]:
    """Names that some Python sources import, those within functions too, each once.

    Examples
    --------
    >>> imported_names(["import numpy as np", "def f():\\n    from sklearn.svm import SVC"])
    ['numpy', 'sklearn.svm:SVC']
    """
    names: dict[str, None] = {}
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                names.update(dict.fromkeys(alias.name for alias in node.names))
            elif isinstance(node, ast.ImportFrom) and not node.level:
                parts = ("" if alias.name == "*" else f":{alias.name}" for alias in node.names)
                names.update(dict.fromkeys(f"{node.module}{part}" for part in parts))
    return list(names)
