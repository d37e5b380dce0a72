"""A head on a frozen backbone: trained on a few photographs, scored on photographs of other things."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Beat the pixels",
    points=3,
    answer="beat_the_pixels",
    solved_by=(
        "tlcourse.training.cache_features",
        "tlcourse.training.fit_head",
        "tlcourse.training.loop._torch.forward",
        "tlcourse.training.loop._keras.forward",
    ),
    trains=6,
)
