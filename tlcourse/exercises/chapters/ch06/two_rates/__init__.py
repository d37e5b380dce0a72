"""One step of SGD in which the head and the rest have rates of their own."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="One step, two rates",
    points=2,
    answer="step",
    solved_by=(
        "tlcourse.training.optimizers._torch.rate_groups",
        "tlcourse.training.optimizers.layerwise_keras._Layerwise.__init__",
    ),
    returns=False,
)
