"""A loss in which a fraud counts more often than another payment; its value and its gradient."""

from tlcourse.exercises.engine import About

ABOUT = About(title="A fraud counts more", points=3, answer="weighted_loss")
