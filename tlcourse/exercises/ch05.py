"""The exercises of chapter 5, "Add a task head".

Six exercises: a head built, the head chosen for a task, the loss that fits it, targets and answers for
several labels, a bias from the frequencies, and dropout by hand. The solutions are in
``book/chapters/05-add-a-task-head.md``, not here.
"""

from __future__ import annotations

from tlcourse.exercises.ch05_heads import BUILD, DROPOUT
from tlcourse.exercises.ch05_losses import BIAS, CHOOSE, LABELS, PAIR
from tlcourse.exercises.engine.model import Exercise

__all__ = ["EXERCISES"]

EXERCISES: tuple[Exercise, ...] = (BUILD, CHOOSE, PAIR, LABELS, BIAS, DROPOUT)
