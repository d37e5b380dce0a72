"""A network with its preprocessing and its softmax inside, for batches of any size."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="The preprocessing inside",
    points=3,
    answer="deployable",
    solved_by=("tlcourse.deployment._torch._Whole.__init__", "tlcourse.deployment._keras.whole"),
)
