"""The grader: notebooks of a class in, marks, feedback and a class report out.

The mark comes from the judge, which never runs where a student's code does: the notebook is rebuilt from the
course's own record with only the student's answers in it, the answers are observed in a sandbox on inputs
drawn from a secret seed, and plain data comes back.

``grade`` does all of it for a folder or a zip, and returns the results; `tlcourse grade` does the same and
writes tables and pages. The modules, in the order in which a submission meets them:

========================================================  ====================================================
``class_files``, ``zips``, ``layouts``, ``submissions``   what was handed in, and by whom
``candidates``, ``choosing``                              which of a student's notebooks counts
``reader`` with ``reading``                               a notebook taken apart, in a process of its own
``record``, ``course_solutions``, ``guard``, ``slices``   the course's notebook with the answers in it
``judging`` with ``sandbox``                              the answers observed, and judged
``classroom`` with ``workers`` and ``cluster``            all of this for a class, spread over workers
``store``, ``keeping``, ``journal``                       what is kept, so that a run can go on
``roster``, ``late``                                      the class, and what lateness costs
``outputs`` with ``tables`` and ``pages``                 what comes out
``command``, ``sample``                                   the command line's side; a made-up class
``gradebook``, ``nbgrader_course``, ``nbgrader_seams``    the same within nbgrader
``model``, ``words``                                      what the parts hand to one another; text made safe
``challenge``                                             tables of predictions in place of notebooks
========================================================  ====================================================

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
    "Sandbox": "sandbox.sandbox",
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
