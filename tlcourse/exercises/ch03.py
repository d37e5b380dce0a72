"""The exercises of chapter 3, "Build the base model".

Six exercises: the head taken off, the size of the maps, the layout of the axes, preprocessing by the card, a
square that keeps a picture's shape, and a first layer for grey pictures. The solutions are in
``book/chapters/03-build-the-base-model.md``, not here.
"""

from __future__ import annotations

from tlcourse.exercises.ch03_inputs import FEED, LAYOUT, LETTERBOX
from tlcourse.exercises.ch03_networks import CUT, GREY, SHAPES
from tlcourse.exercises.engine.model import Exercise

__all__ = ["EXERCISES"]

EXERCISES: tuple[Exercise, ...] = (CUT, SHAPES, LAYOUT, FEED, LETTERBOX, GREY)
