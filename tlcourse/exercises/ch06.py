"""The exercises of chapter 6, "Train the adapted model".

Seven exercises: a range test read, one step with two rates, warm-up and cosine, early stopping that restores
the best, curves diagnosed, a shift, and a whole augmentation that passes a label-safety test. The solutions
are in ``book/chapters/06-train-the-adapted-model.md``, not here.
"""

from __future__ import annotations

from tlcourse.exercises.ch06_pictures import CURVES, SHIFT
from tlcourse.exercises.ch06_safety import SAFE
from tlcourse.exercises.ch06_training import RANGE, SCHEDULE, STOP, TWO_RATES
from tlcourse.exercises.engine.model import Exercise

__all__ = ["EXERCISES"]

EXERCISES: tuple[Exercise, ...] = (RANGE, TWO_RATES, SCHEDULE, STOP, CURVES, SHIFT, SAFE)
