"""A head with a threshold, trained on scans of some patients and judged on other patients."""

from tlcourse.exercises.engine import About

ABOUT = About(title="Alarms for new patients", points=3, answer="alarms", trains=6)
