"""The mistakes about which a network is most confident: where to look first."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="The most confident mistakes",
    points=2,
    answer="worst",
    solved_by=("tlcourse.evaluation.gallery.error_gallery",),
)
