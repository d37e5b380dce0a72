"""BatchNorm's statistics taken anew from images of the target: AdaBN."""

from tlcourse.exercises.engine import About

ABOUT = About(title="Statistics of the target", points=3, answer="take_statistics", returns=False)
