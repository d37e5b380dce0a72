"""The control of every comparison: a small network of one's own, for images of any size."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="The control: a small CNN of your own",
    points=3,
    answer="small_cnn",
    solved_by=(
        "tlcourse.models.networks._torch.SmallCNN.__init__",
        "tlcourse.models.networks._torch.SqueezeNet.__init__",
        "tlcourse.models.networks._keras._small_cnn",
    ),
)
