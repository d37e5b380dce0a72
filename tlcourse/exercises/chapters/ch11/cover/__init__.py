"""What a network says after a place was covered: the test of a heat map."""

from tlcourse.exercises.engine import About

ABOUT = About(title="Cover the place", points=3, answer="fall")
