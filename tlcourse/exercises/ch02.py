"""The exercises of chapter 2, "Choose a pretrained model".

Six exercises: a budget of time and size becomes a choice, parameters are counted block by block, nearest
neighbours score features without training, a rank correlation says what such a score is worth, weights are
loaded without the file's code, and a card's licence and preprocessing are obeyed. The solutions are in
``book/chapters/02-choose-a-pretrained-model.md``, not here.
"""

from __future__ import annotations

from tlcourse.exercises.ch02_card import CARD
from tlcourse.exercises.ch02_choosing import CHOOSE
from tlcourse.exercises.ch02_counting import COUNT
from tlcourse.exercises.ch02_loading import SAFE
from tlcourse.exercises.ch02_scores import KNN, RANK
from tlcourse.exercises.engine.model import Exercise

__all__ = ["EXERCISES"]

EXERCISES: tuple[Exercise, ...] = (CARD, SAFE, CHOOSE, COUNT, KNN, RANK)
