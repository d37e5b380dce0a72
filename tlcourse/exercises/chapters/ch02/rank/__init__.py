"""Spearman's correlation of scores with what came out after training."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Is the order right?",
    points=2,
    answer="rank_correlation",
    solved_by=("tlcourse.transferability.rank_correlation",),
)
