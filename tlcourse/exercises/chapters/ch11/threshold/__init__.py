"""A threshold that leaves a share of the healthy alone, from a network's logits for validation scans."""

from tlcourse.exercises.engine import About

ABOUT = About(title="A threshold for a specificity", points=3, answer="threshold_for")
