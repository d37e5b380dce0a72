"""The control of every comparison: a small network of one's own, for images of any size."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="The control: a small CNN of your own",
    points=3,
    answer="small_cnn",
)
