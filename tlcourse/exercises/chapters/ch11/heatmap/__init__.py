"""Grad-CAM written out: where a network's output for a class comes from."""

from tlcourse.exercises.engine import About

ABOUT = About(title="Where the network looks", points=3, answer="heatmaps")
