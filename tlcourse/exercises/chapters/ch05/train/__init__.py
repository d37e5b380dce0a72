"""A head for a number, trained on features of solar cells and judged on other cells."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Train a head for a number",
    points=3,
    answer="train_head",
    solved_by=(
        "tlcourse.heads.fit",
        "tlcourse.heads._torch.fit",
        "tlcourse.heads._keras.fit",
        "tlcourse.training.fit_head",
    ),
    trains=6,
)
