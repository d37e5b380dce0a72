"""The exercises of chapter 7, "Evaluate and iterate".

Six exercises: metrics from a confusion matrix, AUC by ranks, a threshold under a cost, a paired bootstrap, a
leak between training and test, and the log entry that a result supports. The solutions are in
``book/chapters/07-evaluate-and-iterate.md``, not here.
"""

from __future__ import annotations

from tlcourse.exercises.ch07_honesty import BOOTSTRAP, LEAK, LOG
from tlcourse.exercises.ch07_measures import AUC, METRICS, THRESHOLD
from tlcourse.exercises.engine.model import Exercise

__all__ = ["EXERCISES"]

EXERCISES: tuple[Exercise, ...] = (METRICS, AUC, THRESHOLD, BOOTSTRAP, LEAK, LOG)
