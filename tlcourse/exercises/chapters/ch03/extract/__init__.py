"""A folder of image files becomes a table of features, each row with its label."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="A folder becomes a table",
    points=3,
    answer="extract",
    solved_by=("tlcourse.data.folder.image_folder", "tlcourse.training.cache_features"),
)
