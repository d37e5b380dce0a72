"""The exercises of the course, and the engine that checks them.

An `Exercise` is a value: ``inputs`` drawn from a seed, a ``probe`` that runs beside the learner's code and
returns plain data, a ``judge`` that is pure, ``hints`` in stages and ``misconceptions``, the known wrong
answers. `check` runs it all in a notebook; `observe_in_subprocess` runs the probe in a process of its own,
so that no verdict is ever computed where a student's code runs.

What an author of an exercise imports is in `tlcourse.exercises.engine`.
"""

from tlcourse.exercises.engine.blank import MISSING
from tlcourse.exercises.engine.jobs import Job, observe_in_subprocess
from tlcourse.exercises.engine.loading import imports_of, load_answer
from tlcourse.exercises.engine.model import PUBLIC_SEED, Exercise, Finding, Observation, State, Verdict
from tlcourse.exercises.engine.notebook import check, forget, hint, progress
from tlcourse.exercises.engine.observe import observe_in_process
from tlcourse.exercises.engine.registry import add_module, all_exercises, get
from tlcourse.exercises.engine.report import HintPanel, ProgressView, Report, judge_observation

__all__ = [
    "MISSING",
    "PUBLIC_SEED",
    "Exercise",
    "Finding",
    "HintPanel",
    "Job",
    "Observation",
    "ProgressView",
    "Report",
    "State",
    "Verdict",
    "add_module",
    "all_exercises",
    "check",
    "forget",
    "get",
    "hint",
    "imports_of",
    "judge_observation",
    "load_answer",
    "observe_in_process",
    "observe_in_subprocess",
    "progress",
]
