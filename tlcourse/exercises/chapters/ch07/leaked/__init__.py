"""Solar modules of which cells are on both sides of a split, found in the names of the files."""

from tlcourse.exercises.engine import About

ABOUT = About(title="On both sides of the split", points=2, answer="leaked")
