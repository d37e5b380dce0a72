"""A threshold for so many false alarms an hour, chosen on validation clips, and what it misses."""

from tlcourse.exercises.engine import About

ABOUT = About(title="False alarms an hour", points=3, answer="threshold_for")
