"""The exercises of chapter 1, "Why transfer learning".

Seven exercises. Each one is about a way in which a comparison of "pretrained" with "from scratch" goes
wrong: unequal training, a wrong count of what trains, a frozen network that moved, a spread that is not a
spread, a ratio read off the wrong axis, a rate chosen on the test set, differences that are not paired.
The solutions are in ``book/chapters/01-why-transfer-learning.md``, not here.
"""

from __future__ import annotations

from tlcourse.exercises.ch01_reading import CHOOSE, LABEL_RATIO
from tlcourse.exercises.ch01_seeds import PAIRED, SPREAD
from tlcourse.exercises.ch01_training import COUNT, SAME_STEPS, TRAIN_HEAD
from tlcourse.exercises.engine.model import Exercise

__all__ = ["EXERCISES"]

EXERCISES: tuple[Exercise, ...] = (COUNT, SAME_STEPS, TRAIN_HEAD, SPREAD, PAIRED, LABEL_RATIO, CHOOSE)
