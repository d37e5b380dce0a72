"""Frozen candidates in the order of what a linear probe on their features makes of validation images."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Rank the candidates by a probe",
    points=3,
    answer="rank",
    solved_by=(
        "tlcourse.training.fit_head",
        "tlcourse.transferability.knn_accuracy",
        "tlcourse.transferability.logme",
    ),
)
