"""The mean over the frames of a clip's own sound, without its padding."""

from tlcourse.exercises.engine import About

ABOUT = About(title="A mean without the padding", points=3, answer="mean_over_time")
