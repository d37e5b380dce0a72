"""From a trained head's outputs to answers, in evaluation mode."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="From outputs to answers",
    points=3,
    answer="answers",
    solved_by=(
        "tlcourse.heads.predict",
        "tlcourse.heads.outputs",
        "tlcourse.heads._torch.outputs",
        "tlcourse.heads._keras.outputs",
        "tlcourse.heads.tasks.activate",
    ),
)
