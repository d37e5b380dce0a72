"""A batch of images as a model card wants it, in the framework's tensors, if the licence permits the use."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Do what the card says",
    points=3,
    answer="prepare",
)
