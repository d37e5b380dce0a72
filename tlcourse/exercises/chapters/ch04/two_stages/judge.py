"""Points for the score on the new images; what moved, and how far, only chooses the words."""

from __future__ import annotations

from typing import Any

from tlcourse.exercises.engine import Verdict, late, right, wrong

# 100 seeds in PyTorch: three kinds of right answers get 223 to 322, a frozen head 101 to 178, trained for 60
# steps or for 400. In Keras, 12 seeds: 219 to 298, and 143 to 172.
FULL, LOW = 210, 190
"""So many of 400 new images earn three points, and one."""

SCORE = (
    right(lambda model: model.passes, "{score}. A frozen network stays far below that.", 3),
    late.HARDLY_TRAINED,
    wrong(
        lambda model: model.late < 1e-6,
        "{score}, and the old layers did not move: this is a head on a frozen network. Are they open in the"
        " second stage, and does its optimizer know? In Keras that takes another `compile`.",
        "frozen head",
    ),
    wrong(
        lambda model: model.late > 0.4,
        "{score}. The old layers went far: by {far} of the length of their weights, so what they had learned"
        " is gone. Give the second stage a much lower rate.",
        "old layers too fast",
    ),
    late.ONE_CLASS,
    late.no_better_than_guessing(lambda model: model.predicted.hits < LOW / 2),
    late.FALLS_SHORT,
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """The score alone earns points: three for the bar, one for a part of the way."""
    return late.judged(SCORE, late.Trained(observed, inputs, FULL, LOW))
