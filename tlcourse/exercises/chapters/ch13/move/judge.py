"""Points for what the network gained on hidden payments over the one that was handed over."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, gauge, read, read_array, right, show, total, wrong

from .probe import asked, average_precision

GOOD, GAIN = 0.43, 0.04
"""The average precision that is enough, and what it has to be above that of the network as it came.

On 75 seeds in PyTorch the published solution gets 0.456 to 0.636, larger batches 0.449 to 0.642, heavier
frauds 0.460 to 0.641. What came has 0.307 to 0.450 (14 seeds). Begun anew, the network gets 0.25 at most, and
with too few steps 0.51, but then without the gain: no wrong answer reached both bars.
"""


class Moved:
    """The average precision on new payments, before and after."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        outputs = read_array(observed["outputs"], "the network").astype("float64").reshape(-1)
        labels = np.asarray(inputs["new_labels"])
        self.finite = outputs.shape == labels.shape and bool(np.isfinite(outputs).all())
        self.still = not gauge.Reading(observed["gauge"]).weights_moved
        before = average_precision(labels, asked(inputs["weights"], inputs["new_x"]))
        self.after = average_precision(labels, outputs) if self.finite else 0.0
        self.gain = self.after - before
        self.yours = f"On new payments your network has an average precision of {show(round(self.after, 3))}"


MOVED = (
    wrong(
        lambda moved: not moved.finite,
        "The network does not give a finite number for each new payment. The learning rate was too high.",
        "not finite",
    ),
    right(
        lambda moved: moved.after >= GOOD and moved.gain >= GAIN,
        "{yours}. The new market has taught it something.",
        3,
    ),
    wrong(
        lambda moved: moved.still,
        "{yours}, as before: it did not move. Train its weights, in place.",
        "nothing trained",
    ),
    wrong(
        always,
        "{yours}. That is too little. Go on from the weights that it has, with small steps, long enough, and"
        " with labels that belong to their rows.",
        "too little",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Three points at the bar, and none below it."""
    return total(read(MOVED, Moved(observed, inputs)))
