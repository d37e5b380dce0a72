"""From grey photographs to predictions: three channels, the card's scaling, features, a classifier."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Train from features",
    points=3,
    answer="classify",
    trains=8,
    solved_by=("tlcourse.training.fit_head", "tlcourse.training.cache_features"),
)
