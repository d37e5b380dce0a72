"""Training that goes on where it was stopped, and ends as if nothing had happened."""

from tlcourse.exercises.engine import About

ABOUT = About(title="Killed, and started again", points=3, answer="train", returns=False)
