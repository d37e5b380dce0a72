"""A classifier that tells source from target: a sign of a shift that needs no labels."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Can the two be told apart?",
    points=2,
    answer="told_apart",
    solved_by=(
        "tlcourse.evaluation.domains.domain_accuracy",
        "tlcourse.evaluation.domains.own_neighbours",
    ),
)
