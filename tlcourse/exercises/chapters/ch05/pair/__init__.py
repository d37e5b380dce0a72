"""The losses that read raw outputs: of one class, of several labels, of a number."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="The loss that fits the head",
    points=3,
    answer="loss_for",
    solved_by=("tlcourse.heads._torch.loss_of", "tlcourse.heads._keras.loss_of"),
)
