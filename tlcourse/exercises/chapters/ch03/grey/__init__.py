"""A network for colour images becomes one for grey images that gives the same."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="One channel, and nothing lost",
    points=2,
    answer="grey",
    solved_by=(
        "tlcourse.models.adapting.one_channel",
        "tlcourse.models.adapting._torch.one_channel",
        "tlcourse.models.adapting._keras.one_channel",
    ),
    returns=False,  # a model may be changed in place
)
