"""Curves of losses, and what they say."""

from tlcourse.exercises.engine import About

ABOUT = About(title="What do the curves say?", points=3, answer="diagnose")
