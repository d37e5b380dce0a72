"""A test for what only looks frozen: which blocks did one step of training change?"""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="It only looks frozen",
    points=3,
    answer="leaks",
    solved_by=("tlcourse.freezing.report.fingerprint", "tlcourse.freezing.report.changed"),
)
