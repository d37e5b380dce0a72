"""Three points for adapters that change nothing at first, and learn while the layers below them stay."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, read, read_array, right, stopped, total, wrong

from .probe import ROWS, arrays


class Case:
    """What the answer's network says, and what the one says that it was made from."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.other = observed.get("other")
        if self.other is not None:
            return
        self.start, self.after = (
            read_array(observed[name], "the network's output").astype("float64").reshape(-1)
            for name in ("start", "after")
        )
        self.learned = int(observed["learned"])
        self.sides = sorted((int(one[0]), int(one[1])) for one in observed["matrices"])
        self.largest = [float(one[2]) for one in observed["matrices"]]
        self.weights, self.x = arrays(inputs), inputs["x"].astype("float64")
        wide, narrow = inputs["wide"], inputs["narrow"]
        self.adapters, self.last = [(narrow, wide)] * 4, (1, wide)
        self.old = [(inputs["features"], wide), (wide, wide)]

    @cached_property
    def hidden(self) -> np.ndarray:
        x = self.x
        for layer in range(2):
            x = np.maximum(x @ self.weights[2 * layer] + self.weights[2 * layer + 1], 0)
        return x

    @cached_property
    def base(self) -> np.ndarray:
        return np.asarray((self.hidden @ self.weights[4] + self.weights[5])[:, 0])

    def same_at_first(self) -> bool:
        return self.start.shape == (ROWS,) and bool(np.allclose(self.start, self.base, atol=1e-3, rtol=1e-3))

    @cached_property
    def bent(self) -> float:
        """How far the outputs after training are from all that a new last layer alone could say."""
        columns = np.column_stack([self.hidden, np.ones(ROWS)])
        found = np.linalg.lstsq(columns, self.after, rcond=None)[0]
        return float(np.abs(self.after - columns @ found).max())


UNUSABLE = (
    wrong(
        lambda case: case.other is not None,
        "`with_adapters` should give a network; yours gave {other}.",
        "no network",
    ),
    wrong(
        lambda case: case.start.shape != (ROWS,),
        "Your network does not give one logit for each payment. Keep the last layer as it is.",
        "another shape",
    ),
)
ADAPTERS = (
    wrong(
        lambda case: np.ptp(case.start) < 1e-6,
        "At the start your network says the same of every payment. An adapter *adds* to what passes:"
        " `x + ...`.",
        "nothing passes",
    ),
    wrong(
        lambda case: not case.same_at_first(),
        "At the start your network says something else than the one that was handed over. The"
        " adapter's second layer"
        " should begin with zeros.",
        "random at the start",
    ),
    wrong(
        lambda case: set(case.sides) <= {case.last, *case.old},
        "There are no adapters that could learn: {learned} numbers are trained, all of them of the"
        " old layers.",
        "no adapters",
    ),
    wrong(
        lambda case: bool(set(case.old) & set(case.sides)),
        "{learned} numbers are trained, those of the old hidden layers among them. Freeze these: few"
        " frauds cannot"
        " teach so many.",
        "nothing frozen",
    ),
    wrong(
        lambda case: case.sides == case.adapters,
        "The adapters are trained and the last layer is not. Train both.",
        "last layer frozen",
    ),
    wrong(
        lambda case: case.sides != sorted([*case.adapters, case.last]),
        "{learned} numbers are trained. Two adapters as narrow as asked, and the last layer, have others.",
        "another number of them",
    ),
    wrong(
        lambda case: case.bent < 1e-4 or not min(case.largest) > 0,
        "Your adapters did not learn: if both of their layers begin with zeros, no gradient reaches"
        " either. Let only the"
        " second one begin so.",
        "adapters stuck",
    ),
    right(always, "They change nothing at first, and then they learn.", 3),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """All or nothing."""
    case = Case(observed, inputs)
    if (verdict := stopped(UNUSABLE, case)) is not None:
        return verdict
    return total(read(ADAPTERS, case))
