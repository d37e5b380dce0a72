"""Three points for shares that only what was known can give."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, read, read_array, right, total, wrong

from .probe import OTHERS, risk, window


class Case:
    """What was given for one table."""

    def __init__(self, given: Any, case: dict[str, Any]) -> None:
        self.got = read_array(given, "the risk").astype("float64")
        self.case, self.n = case, len(case["frauds"])
        self.wanted = risk(case, window(case))
        self.shape = str(self.got.shape)
        self.when = f"With a window of {case['days']} days and a delay of {case['delay']}"

    @property
    def finite(self) -> bool:
        return bool(np.isfinite(self.got).all())

    def near(self, expected: np.ndarray) -> bool:
        return bool(np.allclose(self.got, expected, atol=1e-6))

    def is_other(self, *names: str) -> bool:
        return any(self.near(OTHERS[name](self.case)) for name in names)


RISK = (
    wrong(
        lambda case: case.got.shape != (case.n,),
        "There should be a number for each payment of the table, in its order; yours have the shape {shape}.",
        "another shape",
    ),
    wrong(
        lambda case: not case.finite,
        "Some of your risks are NaN or infinite. Where no payment is in the window, the risk is 0.",
        "not a number",
    ),
    right(lambda case: case.near(case.wanted), "Each risk comes from labels that were known.", 3),
    wrong(
        lambda case: case.is_other("no delay", "no delay, itself left out"),
        "{when}, your window ends at the payment itself. Labels of the last days are not known at"
        " that moment.",
        "no delay",
    ),
    wrong(
        lambda case: case.is_other("window too short"),
        "{when}, your window is shorter than asked: it begins where it would without a delay. Move"
        " both ends.",
        "window too short",
    ),
    wrong(
        lambda case: case.is_other("all of the past"),
        "{when}, your risk counts all of the past. A terminal that was cleaned stays suspect for ever.",
        "all of the past",
    ),
    wrong(
        lambda case: case.is_other("the whole table", "the future"),
        "{when}, your risk knows payments that come later. In use there are none.",
        "the future",
    ),
    wrong(
        lambda case: case.is_other("all terminals"),
        "{when}, your risk is the same at all terminals. Count the payment's own terminal only.",
        "all terminals",
    ),
    wrong(
        lambda case: case.is_other("a number of frauds"),
        "{when}, you give a number of frauds. A busy terminal has more of them: give the share.",
        "a number of frauds",
    ),
    wrong(always, "{when}, your shares come from other payments. Check where the window begins and ends."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """All tables, or nothing."""
    pairs = zip(observed["risks"], inputs["cases"], strict=True)
    return total(read(RISK, [Case(*pair) for pair in pairs]))
