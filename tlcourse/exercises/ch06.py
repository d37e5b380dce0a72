"""The exercises of chapter 6, "Train the adapted model".

Six exercises: one step with two rates, warm-up and cosine, a range test read, early stopping that restores
the best, an augmentation that keeps the label true, and curves diagnosed. The solutions are in
``book/chapters/06-train-the-adapted-model.md``, not here.
"""

from __future__ import annotations

from .ch06_pictures import CURVES, SHIFT
from .ch06_training import RANGE, SCHEDULE, STOP, TWO_RATES
from .model import Exercise

__all__ = ["EXERCISES"]

EXERCISES: tuple[Exercise, ...] = (TWO_RATES, SCHEDULE, RANGE, STOP, SHIFT, CURVES)
