"""Class weights with which both classes count as much, however many there are of each."""

from tlcourse.exercises.engine import About

ABOUT = About(title="Weights for a rare class", points=2, answer="weighted")
