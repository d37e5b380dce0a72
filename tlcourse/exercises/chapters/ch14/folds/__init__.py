"""A test set that shares no person with the training images; the names of the files say who is who."""

from tlcourse.exercises.engine import About

ABOUT = About(title="New people in the test", points=2, answer="split")
