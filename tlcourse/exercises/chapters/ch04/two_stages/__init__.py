"""A head on a frozen network, then the late part too: trained on digits in any colour, scored on others."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Two stages that beat the frozen head",
    points=3,
    answer="two_stages",
    returns=False,
    trains=8,
)
