"""Points for the score on the new images; what moved, and how far, only chooses the words."""

from __future__ import annotations

from typing import Any

from tlcourse.exercises.engine import Verdict, late, right, wrong

# The draw and the heads are those of chapter 1's "Beat the pixels", whose bars these are. On 100 seeds in
# PyTorch three kinds of right answers get 42 to 58 of 60; in Keras, on 12, 46 to 55. On 15 seeds in PyTorch
# the old block at 0.05 gets 12, shuffled labels 9 to 17, a rate too low to learn anything 6 to 16.
FULL, LOW = 37, 32
"""So many of 60 new images earn three points, and one."""

SCORE = (
    right(lambda model: model.passes, "{score}.", 3),
    late.HARDLY_TRAINED,
    wrong(
        lambda model: model.late > 0.4,
        "{score}. The old block went far: by {far} of the length of its weights, so what it had learned is"
        " gone. Give it a much lower rate than the head.",
        "old layers too fast",
    ),
    late.ONE_CLASS,
    wrong(
        lambda model: model.predicted.hits < LOW and model.statistics,
        "{score}. BatchNorm's statistics moved: in training it used those of each small batch, and in use it"
        " has others. Keep them as they came.",
        "training mode",
    ),
    late.no_better_than_guessing(lambda model: model.predicted.hits < LOW),
    late.FALLS_SHORT,
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """The score alone earns points: three for the bar, one for a part of the way."""
    return late.judged(SCORE, late.Trained(observed, inputs, FULL, LOW))
