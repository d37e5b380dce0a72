"""Steps of training that move the last layer, and neither a weight nor a statistic of the others."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Train the head, and nothing else",
    points=3,
    answer="train_head",
    solved_by=(
        "tlcourse.freezing.api.freeze",
        "tlcourse.freezing.api.freeze_to",
        "tlcourse.freezing.api.unfreeze",
        "tlcourse.freezing._torch.set_frozen",
        "tlcourse.freezing._torch.hold_statistics",
        "tlcourse.freezing._keras.set_frozen",
        "tlcourse.training.fit",
        "tlcourse.training.loop._torch.fit",
        "tlcourse.training.loop._keras.fit",
    ),
    returns=False,
)
