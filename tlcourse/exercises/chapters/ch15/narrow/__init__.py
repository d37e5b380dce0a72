"""Channels taken out for good: a narrower network that computes what is left of the wide one."""

from tlcourse.exercises.engine import About

ABOUT = About(title="Channels taken out", points=3, answer="narrowed")
