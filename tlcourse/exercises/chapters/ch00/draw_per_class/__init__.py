"""A few rows of every class, drawn by chance, and the same ones again for the same seed."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="The same few pictures of every class, again",
    points=3,
    answer="draw_per_class",
    solved_by=("tlcourse.data.rows.Rows.per_class",),
)
