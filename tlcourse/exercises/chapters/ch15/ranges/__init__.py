"""The range of the maps after each block, over all calibration images."""

from tlcourse.exercises.engine import About

ABOUT = About(title="The ranges of the maps", points=3, answer="ranges")
