"""Points where both tasks are known; what was learned and what was lost chooses the words."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import (
    Predicted,
    Verdict,
    always,
    read,
    read_array,
    right,
    stopped,
    total,
    wrong,
)

NEW, OLD = 200, 115
"""So many of 400 new digits and of 300 pieces of clothing are enough.

On 100 seeds the published solution learns 227 to 300 digits and keeps 134 to 198 pieces (of 180 to 216
before); plain fine-tuning keeps 22 to 100, and a head on the frozen late part learns 124 to 174 (PyTorch).
"""
LOW_NEW, LOW_OLD = 185, 108
"""Enough for one point."""


class Taught:
    """How many of both tasks are right, and were before."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        outputs = {name: read_array(observed[name], "the model") for name in ("old", "new", "old_before")}
        self.finite = all(bool(np.isfinite(array).all()) for array in outputs.values())
        labels = {"old": "new_old_labels", "old_before": "new_old_labels", "new": "new_labels"}
        self.of = {
            name: Predicted(np.nan_to_num(array).argmax(axis=1), np.asarray(inputs[labels[name]]))
            for name, array in outputs.items()
        }
        self.late = float(observed["late"])
        self.both = (
            f"Your model is right for {self.of['new'].shown} digits and {self.of['old'].shown} pieces of"
            f" clothing (before: {self.of['old_before'].hits})"
        )

    @property
    def learned(self) -> bool:
        return self.of["new"].hits >= NEW

    @property
    def kept(self) -> bool:
        return self.of["old"].hits >= OLD


USELESS = (
    wrong(
        lambda model: not model.finite,
        "The model gives NaN or infinity for new images. The learning rate was too high.",
        "not finite",
    ),
)
BOTH = (
    right(lambda model: model.learned and model.kept, "{both}. It learned the new and kept the old.", 3),
    wrong(
        lambda model: model.learned,
        "{both}. The digits are learned, and the clothes forgotten. Let something hold the old: clothes in"
        " each batch, the old weights, or the old answers.",
        "forgotten",
    ),
    wrong(
        lambda model: model.kept and model.late < 1e-6,
        "{both}. The late part did not move: a head on frozen features keeps everything and learns too"
        " little.",
        "frozen",
    ),
    wrong(
        lambda model: model.kept,
        "{both}. The clothes are kept, and too few digits learned. Hold the old less tightly, or train"
        " longer.",
        "held too tightly",
    ),
    wrong(
        always,
        "{both}. Neither is known well. Is the rate low enough for old layers, and does each task use its own"
        " outputs?",
        "neither",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Three points for both bars; one for a model that is not far from both."""
    model = Taught(observed, inputs)
    if (verdict := stopped(USELESS, model)) is not None:
        return verdict
    points, finding = read(BOTH, model)
    near = model.of["new"].hits >= LOW_NEW and model.of["old"].hits >= LOW_OLD
    return total((points or float(near), finding))
