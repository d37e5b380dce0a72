"""What came of an answer that trained a late part and a head: a judge's reading, rows of its table, points.

The score alone earns points; what moved, and how far, only chooses the words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tlcourse.exercises.engine.judging import read_array
from tlcourse.exercises.engine.model import Verdict
from tlcourse.exercises.engine.predictions import Predicted
from tlcourse.exercises.engine.table import Row, Table, always, read, stopped, total, wrong

__all__ = ["FALLS_SHORT", "HARDLY_TRAINED", "ONE_CLASS", "Trained", "judged", "no_better_than_guessing"]

_ORDINALS = {5: "fifth", 10: "tenth"}


class Trained:
    """What the trained model says of the new images, and how far its weights went.

    Parameters
    ----------
    observed : mapping
        What `tlcourse.exercises.engine.late.trained` gave.
    inputs : mapping
        With ``new_labels`` and ``n_classes``.
    full, low : int
        So many right answers earn all points, and one.
    """

    def __init__(self, observed: Mapping[str, Any], inputs: Mapping[str, Any], full: int, low: int) -> None:
        outputs = read_array(observed["predicted"], "the trained model")
        self.finite = bool(np.isfinite(outputs).all())
        self.predicted = Predicted(np.nan_to_num(outputs).argmax(axis=1), np.asarray(inputs["new_labels"]))
        self.late, self.head = float(observed["late"]), float(observed["head"])
        self.statistics = bool(observed["statistics"])
        self.chance = f"a {_ORDINALS[int(inputs['n_classes'])]}"
        self.full, self.low = full, low

    @property
    def passes(self) -> bool:
        return self.predicted.hits >= self.full

    @property
    def score(self) -> str:
        return f"Your model is right for {self.predicted.shown} new images"

    @property
    def only(self) -> int | None:
        return self.predicted.constant

    @property
    def far(self) -> str:
        return f"{self.late:.0%}"


_USELESS = (
    wrong(
        lambda model: not model.finite,
        "The model gives NaN or infinity for new images. The learning rate was too high.",
        "not finite",
    ),
)
HARDLY_TRAINED = wrong(
    lambda model: model.head < 1e-3,
    "{score}, and guessing gets about {chance}. The head hardly moved. Does the optimizer hold its"
    " parameters, is each step taken, and is the rate high enough?",
    "hardly trained",
)
ONE_CLASS = wrong(
    lambda model: model.only is not None,
    "{score}: it gives class {only} every time. Is the learning rate too high?",
    "one class for all",
)


FALLS_SHORT = wrong(
    always,
    "{score}. {full} are enough, and such a model can do better: is its loss small when training ends?",
    "falls short",
)


def no_better_than_guessing(when: Callable[[Trained], bool]) -> Row:
    """A row for a score that looks like guessing."""
    return wrong(
        when,
        "{score}, and guessing gets about {chance}. Does each label still belong to its image? Is the loss"
        " small when training ends?",
        "no better than guessing",
    )


def judged(table: Table, model: Trained) -> Verdict:
    """The verdict by a table whose first row passes with all points: short of it ``low`` are worth one."""
    if (verdict := stopped(_USELESS, model)) is not None:
        return verdict
    points, finding = read(table, model)
    return total((points or float(model.predicted.hits >= model.low), finding))
