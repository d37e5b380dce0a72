"""An augmentation by the framework's own transforms, on arrows whose direction is the label."""

from tlcourse.exercises.engine import About

ABOUT = About(title="An augmentation that keeps labels", points=3, answer="make_augment")
