"""A small encoder tuned to a task for which its frozen vectors are not enough."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Tune an encoder",
    points=3,
    answer="tune",
    solved_by=(
        "tlcourse.training.fit",
        "tlcourse.training.loop._torch.fit",
        "tlcourse.training.loop._keras.fit",
    ),
    trains=10,
)
