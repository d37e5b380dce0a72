"""Accuracy, precision, recall, F1 and AUC of a trained network, over batches in a new order on each pass."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Five numbers for one model",
    points=3,
    answer="measure",
    solved_by=("tlcourse.evaluation.scores.report",),
)
