"""Probabilities of a network that learned where half were ill, for a place where few are."""

from tlcourse.exercises.engine import About

ABOUT = About(title="Where few are ill", points=3, answer="probabilities_here")
