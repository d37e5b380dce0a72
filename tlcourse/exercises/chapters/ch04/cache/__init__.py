"""A cache of features that gives what the live backbone gives."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="A cache that says what the backbone says",
    points=3,
    answer="cache",
    solved_by=(
        "tlcourse.training.cache_features",
        "tlcourse.training.loop._torch.forward",
        "tlcourse.training.loop._keras.forward",
        "tlcourse.models.loaded.predict_logits",
    ),
)
