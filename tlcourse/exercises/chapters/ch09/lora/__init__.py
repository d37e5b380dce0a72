"""A low-rank addition to a frozen layer."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="A low-rank addition",
    points=4,
    answer="lora",
    solved_by=(
        "tlcourse.language.lora.add_lora",
        "tlcourse.language.lora._torch.add",
        "tlcourse.language.lora._keras.add",
    ),
)
