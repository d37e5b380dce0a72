"""A pipeline from an image to what a network wants, written from its card with the framework's transforms."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="From an image to the network's input",
    points=3,
    answer="make_transform",
)
