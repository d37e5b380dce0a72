"""A cell of a notebook run as Jupyter runs it, without Jupyter, so that check and grader make the same of it.

`reading` makes Python of it; `running` runs its statements one by one, in a namespace with `stand_ins` for
what only a notebook has.
"""

from tlcourse.exercises.engine.cells.reading import binds, parsed, readable
from tlcourse.exercises.engine.cells.running import Ran, Stop, run_cell, run_setup
from tlcourse.exercises.engine.cells.stand_ins import as_main, namespace, stand_in_for_checks

__all__ = [
    "Ran",
    "Stop",
    "as_main",
    "binds",
    "namespace",
    "parsed",
    "readable",
    "run_cell",
    "run_setup",
    "stand_in_for_checks",
]
