"""Weights from the published file, without running what lies in it."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Load the weights, and nothing else",
    points=3,
    answer="load_safely",
    solved_by=(
        "tlcourse.models.weights.reading.read",
        "tlcourse.models.weights.pth.read_pth",
    ),
)
