"""Cut-outs on a random ground: an augmentation against a shortcut."""

from tlcourse.exercises.engine import About

ABOUT = About(title="Any ground", points=3, answer="on_any_ground")
