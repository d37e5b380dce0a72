"""Weights from a file, an image from a file, the card's scale, and names with their probabilities."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Load and predict",
    points=3,
    answer="load_and_predict",
)
