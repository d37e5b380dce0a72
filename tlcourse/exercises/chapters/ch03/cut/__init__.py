"""One network cut in three places: before its head, before its pooling, and with a new head put on."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Cut the head three ways",
    points=3,
    answer="cut",
    solved_by=(
        "tlcourse.models.adapting.cut_head",
        "tlcourse.models.adapting.cut_at",
        "tlcourse.models.adapting._torch.cut_head",
        "tlcourse.models.adapting._torch.cut_at",
        "tlcourse.models.adapting._torch.CutNetwork.__init__",
        "tlcourse.models.adapting._keras.cut_head",
        "tlcourse.models.adapting._keras.cut_at",
    ),
    returns=False,  # a model may be cut in place
)
