"""A block that is opened in mid-training, and an optimizer that has to know of it."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Open a block in mid-training",
    points=3,
    answer="open_block",
    returns=False,
)
