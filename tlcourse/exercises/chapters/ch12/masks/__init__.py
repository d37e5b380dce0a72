"""SpecAugment as a layer: a band of pitches and one of time set to zero, in training alone."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="SpecAugment as a layer",
    points=3,
    answer="masks",
    solved_by=("tlcourse.audio.augmentation.masked",),
)
