"""A small network that learns from a teacher: few images have labels, many have only the teacher's logits."""

from tlcourse.exercises.engine import About

ABOUT = About(title="A student of a large network", points=3, answer="teach", returns=False, trains=4)
