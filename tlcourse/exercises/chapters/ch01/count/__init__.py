"""How many numbers of a network train, and how many there are."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="What will train?",
    points=2,
    answer="count",
    solved_by=(
        "tlcourse.freezing.report.trainable_report",
        "tlcourse.models.costs.parameters",
        "tlcourse.models.costs.parameters_by_block",
        "tlcourse.language.lora.lora_report",
        "tlcourse.language.lora._torch.sizes",
        "tlcourse.language.lora._keras.sizes",
    ),
)
