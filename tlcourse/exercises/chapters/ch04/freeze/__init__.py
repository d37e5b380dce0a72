"""Freezing that holds: weights, BatchNorm's own included, and statistics; and opening it again."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Freeze, and mean it",
    points=3,
    answer="freeze",
    solved_by=(
        "tlcourse.freezing.api.freeze",
        "tlcourse.freezing.api.freeze_to",
        "tlcourse.freezing._torch.hold_statistics",
    ),
    returns=False,
)
