"""Defect probabilities that beat the pixels' area under the curve, on cells whose labels the judge keeps."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Beat the bar",
    points=3,
    answer="beat_the_bar",
    solved_by=(
        "tlcourse.heads.fit",
        "tlcourse.heads._torch.fit",
        "tlcourse.heads._keras.fit",
        "tlcourse.training.fit_head",
    ),
    trains=7,
)
