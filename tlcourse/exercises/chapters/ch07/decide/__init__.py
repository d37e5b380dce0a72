"""The log's decision: a paired bootstrap over modules, and what follows from its interval."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="The log's decision",
    points=3,
    answer="decide",
    solved_by=(
        "tlcourse.evaluation.comparing.paired_bootstrap",
        "tlcourse.evaluation.intervals.bootstrap_interval",
    ),
)
