"""How many times as many labels the random start needs for the same accuracy."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="The label-efficiency ratio",
    points=4,
    answer="label_ratio",
    solved_by=(
        "tlcourse.sweeps.analysis.crossing",
        "tlcourse.sweeps.analysis.label_efficiency_ratio",
    ),
)
