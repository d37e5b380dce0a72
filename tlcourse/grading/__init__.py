"""The grader: notebooks of a class in, marks, feedback and a class report out.

The mark comes from the judge, which never runs where a student's code does: the notebook is rebuilt from the
course's own record with only the student's answers in it, the answers are observed in a sandbox on inputs
drawn from a secret seed, and plain data comes back.

``grade`` does all of it for a folder or a zip, and gives the results; `tlcourse grade` is the same with
tables and pages. The parts, in the order in which a submission meets them: ``found``, ``reading``,
``record``, ``guard``, ``slices``, ``judging`` with ``sandbox``, ``classroom``, ``store``, ``roster``,
``late``, ``journal``, ``tables``, ``pages``; for nbgrader ``nbgrader_course`` and ``nbgrader_seams``.

Examples
--------
In a program, after ``pip install 'tlcourse[grading]'``::

    from pathlib import Path
    from tlcourse.grading import grade

    graded = grade(Path("class02"), "02", Path("graded02"), root=Path("."))
    for result in graded.results:
        print(result.student, result.status, result.points, result.reason)
"""

from __future__ import annotations

import importlib
from typing import Any

_WHERE = {
    "Graded": "classroom",
    "Limits": "sandbox.limits",
    "Mark": "model",
    "Result": "model",
    "Sandbox": "sandbox.parent",
    "Settings": "classroom",
    "class_rows": "roster",
    "grade": "classroom",
    "make_class": "sample",
    "read_roster": "roster",
    "write_outputs": "outputs",
}
__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    # Late: the packages of the extra "grading" are needed only where somebody grades.
    if name in _WHERE:
        return getattr(importlib.import_module(f"{__name__}.{_WHERE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
