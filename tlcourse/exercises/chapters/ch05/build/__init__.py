"""Dense, batch normalisation, ReLU, dropout, dense: a head of the learner's own."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Build a head",
    points=3,
    answer="head",
    solved_by=(
        "tlcourse.heads.build",
        "tlcourse.heads._torch.build",
        "tlcourse.heads._keras.build",
    ),
)
