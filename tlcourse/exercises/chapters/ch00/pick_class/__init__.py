"""The class of the largest logit and its share in the softmax, without an overflow."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="From logits to a class and its probability",
    points=3,
    answer="pick_class",
    solved_by=(
        "tlcourse.probabilities.softmax",
        "tlcourse.models.labels.top_k",
        "tlcourse.evaluation.calibration.with_temperature",
        "tlcourse.heads.tasks.activate",
        "tlcourse.language.sampling.next_probabilities",
    ),
)
