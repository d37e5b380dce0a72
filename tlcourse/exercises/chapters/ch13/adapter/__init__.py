"""Adapters behind frozen layers: they change nothing at first, and then they learn."""

from tlcourse.exercises.engine import About

ABOUT = About(title="Adapters for a new market", points=3, answer="with_adapters")
