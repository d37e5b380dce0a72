"""A model that may also say nothing: a limit for its confidence, from validation images."""

from tlcourse.exercises.engine import About

ABOUT = About(title="No answer is an answer", points=2, answer="classes_or_nothing")
