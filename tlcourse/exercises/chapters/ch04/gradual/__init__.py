"""Gradual unfreezing on paper: which groups train in each stage, and at which rates."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Open one group after the other",
    points=2,
    answer="stages",
    solved_by=("tlcourse.freezing.api.unfreezing_stages", "tlcourse.freezing.api.discriminative_lrs"),
)
