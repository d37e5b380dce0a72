"""The accuracy of a network over batches, of which the last is short, with the network left as it was."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="A score over batches",
    points=2,
    answer="score",
)
