"""The share of stolen cards among those that are investigated in a day."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="What investigators find in a day",
    points=3,
    answer="card_precision",
    solved_by=("tlcourse.tabular.watching.precision_at",),
)
