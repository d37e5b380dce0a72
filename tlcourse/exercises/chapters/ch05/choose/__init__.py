"""One class, several labels or a number: outputs, activation and loss."""

from tlcourse.exercises.engine import About

ABOUT = About(title="Choose the head for the task", points=3, answer="choose")
