"""A split in which no speaker is on both sides."""

from tlcourse.exercises.engine import About

ABOUT = About(title="Split by speaker", points=3, answer="split_by_speaker")
