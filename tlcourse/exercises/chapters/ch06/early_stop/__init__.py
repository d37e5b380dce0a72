"""Early stopping as a callback (Keras) or as an object that a loop asks (PyTorch)."""

from tlcourse.exercises.engine import About

ABOUT = About(title="Stop early, restore the best", points=2, answer="stopper")
