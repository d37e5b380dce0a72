"""The share of frauds at a terminal, of payments whose labels are known."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="A risk that knows no future",
    points=3,
    answer="terminal_risk",
    solved_by=("tlcourse.tabular.windows.in_window", "tlcourse.tabular.windows.payment_features"),
)
