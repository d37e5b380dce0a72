"""Texts of different lengths become one batch: padded token ids and the mask that says where they are."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Texts of different lengths in one batch",
    points=4,
    answer="collate",
)
