"""A penalty on the distance from the old weights, through which gradients flow."""

from tlcourse.exercises.engine import About

ABOUT = About(title="An anchor", points=3, answer="anchor")
