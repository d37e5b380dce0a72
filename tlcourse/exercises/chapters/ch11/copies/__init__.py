"""Which scans are near copies of each other, also mirrored and through a third one."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Which scans belong together?",
    points=3,
    answer="groups_of",
    solved_by=("tlcourse.data.copies.near_copies",),
)
