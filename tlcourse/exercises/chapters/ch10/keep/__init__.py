"""A new task learned by the late part of a network that keeps what it knew."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Learn the new, keep the old",
    points=3,
    answer="learn",
    returns=False,
    trains=9,
)
