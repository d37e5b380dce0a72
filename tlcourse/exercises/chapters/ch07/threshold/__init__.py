"""A threshold for what two mistakes cost, chosen on validation images."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="A threshold for what mistakes cost",
    points=2,
    answer="threshold",
    solved_by=(
        "tlcourse.evaluation.thresholds.threshold_for_cost",
        "tlcourse.evaluation.thresholds.cost_at",
    ),
)
