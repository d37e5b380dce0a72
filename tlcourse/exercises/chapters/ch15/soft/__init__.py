"""A loss of labels and of a teacher's softened probabilities."""

from tlcourse.exercises.engine import About

ABOUT = About(title="A loss with a teacher", points=3, answer="soft_loss")
