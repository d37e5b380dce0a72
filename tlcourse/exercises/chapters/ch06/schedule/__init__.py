"""Warm-up and cosine, by the framework's own schedulers."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Warm-up and cosine",
    points=2,
    answer="schedule",
    solved_by=("tlcourse.training.schedules.warmup_cosine",),
)
