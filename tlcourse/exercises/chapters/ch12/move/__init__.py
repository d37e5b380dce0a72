"""A network of English digits learns another language's from five voices, and is asked by nine others."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="The digits of another language",
    points=3,
    answer="move",
    returns=False,
    trains=6,
    solved_by=("tlcourse.audio._torch.fit", "tlcourse.audio._keras.fit"),
)
