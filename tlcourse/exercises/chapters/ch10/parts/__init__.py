"""The gradient of a large batch, added up over its parts."""

from tlcourse.exercises.engine import About

ABOUT = About(title="A large batch in small parts", points=3, answer="step", returns=False)
