"""A network between two others: weights and statistics averaged, and both left as they were."""

from tlcourse.exercises.engine import About

ABOUT = About(title="Between two networks", points=3, answer="between")
