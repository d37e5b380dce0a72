"""The last n blocks train, with the head, and BatchNorm stays as it is."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Open the last n blocks",
    points=3,
    answer="unfreeze_last",
    solved_by=("tlcourse.freezing.api.freeze", "tlcourse.freezing.api.freeze_to"),
    returns=False,
)
