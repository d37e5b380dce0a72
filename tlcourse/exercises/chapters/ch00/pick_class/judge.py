"""A name, its probability, and the same probability where exp() overflows: a point each."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import (
    Finding,
    Verdict,
    WrongAnswerError,
    always,
    close,
    number,
    read,
    right,
    show,
    stopped,
    total,
    wrong,
)


def _one(value: Any) -> Any:
    """What is in an array of one item; anything else as it is."""
    return value.reshape(-1)[0].item() if isinstance(value, np.ndarray) and value.size == 1 else value


class Row:
    """What the answer gave for one row of logits."""

    def __init__(self, value: Any, logits: np.ndarray, names: tuple[str, ...]) -> None:
        self.value, self.logits, self.names = value, logits, names
        self.returned = show(value)
        self.is_pair = isinstance(value, tuple | list) and len(value) == 2

    # --- the first value

    @cached_property
    def name(self) -> Any:
        return _one(self.value[0])

    @cached_property
    def first(self) -> str:
        return f"The first value you return is {show(self.name)}"

    @cached_property
    def picked(self) -> str:
        return (
            f"You picked {self.name!r}: its logit is {show(float(self.logits[self.names.index(self.name)]))}"
        )

    def picks(self, place: np.intp) -> bool:
        return bool(self.name == self.names[int(place)])

    # --- the second value

    @cached_property
    def probability(self) -> float:
        return number(self.value[1], "the probability")

    @cached_property
    def yours(self) -> str:
        return f"Your probability is {show(self.probability)}"

    @cached_property
    def softmax(self) -> np.ndarray:
        weights = np.exp(self.logits - self.logits.max())
        return weights / weights.sum()

    @cached_property
    def top(self) -> float:
        return float(self.logits.max())

    def is_near(self, *values: float, tol: float = 1e-5) -> bool:
        return any(close(self.probability, value, tol) for value in values)

    # --- the second value of the row whose logits are large

    @cached_property
    def large(self) -> Any:
        return _one(self.value[1])

    @cached_property
    def large_shown(self) -> str:
        return show(self.large)

    @cached_property
    def about(self) -> str:
        return show(float(np.round(self.logits.max(), -2)), 5)


NOT_A_PAIR = (
    wrong(
        lambda row: row.value is None,
        "`pick_class` should return two things, a name and a probability. It returned nothing (None); is"
        " there a `return` at the end?",
        "not a pair",
    ),
    wrong(
        lambda row: not row.is_pair,
        "`pick_class` should return two things, a name and a probability. It returned {returned}.",
        "not a pair",
    ),
)
NAME = (
    wrong(
        lambda row: isinstance(row.name, int),
        "{first}: a position in the row. Look it up in `names`.",
        "index",
    ),
    wrong(
        lambda row: not isinstance(row.name, str),
        "{first}: not a name. The name comes first, then its probability.",
        "index",
    ),
    wrong(lambda row: row.name not in row.names, "{first}, which is not one of `names`.", "index"),
    right(lambda row: row.picks(row.logits.argmax()), "The class is the one with the largest logit."),
    wrong(
        lambda row: row.picks(row.logits.argmin()),
        "{picked}, the smallest of the row. The larger a logit, the likelier its class.",
        "picks the smallest",
    ),
    wrong(always, "{picked}, and another class of the row has a larger one.", "picks another class"),
)
PROBABILITY = (
    right(
        lambda row: row.is_near(row.softmax.max()),
        "The probability is the softmax of the row at that class.",
    ),
    wrong(
        lambda row: row.is_near(row.top),
        "{yours}: that is the logit itself. Logits are scores without a unit; `softmax` turns a row into"
        " shares.",
        "logit as probability",
    ),
    wrong(
        lambda row: row.is_near(1 / (1 + np.exp(-row.top))),
        "{yours}: that is the sigmoid of one logit. It ignores the other classes, and a row of them need not"
        " add up to 1. Exactly one class is right here, so they must share the 1.",
        "sigmoid instead of softmax",
    ),
    wrong(
        lambda row: row.is_near(row.top / row.logits.sum(), row.top / np.abs(row.logits).sum()),
        "{yours}: the logits were divided by their sum. Logits can be negative, so these are no shares."
        " Something must make them all positive first.",
        "divides logits by their sum",
    ),
    wrong(
        lambda row: row.is_near(100 * row.softmax.max(), tol=1e-3),
        "{yours}: a percentage. A probability lies between 0 and 1.",
        "percentage",
    ),
    wrong(
        lambda row: row.is_near(row.softmax.min(), tol=1e-7),
        "{yours}: that is the probability of the least likely class.",
        "probability of another class",
    ),
    wrong(
        lambda row: not 0 <= row.probability <= 1,
        "{yours}, and a probability lies between 0 and 1.",
        "not a probability",
    ),
    wrong(
        always,
        "{yours}. With the probabilities of all the other classes of that row, computed in the same way, it"
        " must add up to 1. Does it?",
        "other probability",
    ),
)
LARGE = (
    wrong(
        lambda row: isinstance(row.large, float) and not np.isfinite(row.large),
        "For logits near {about} your probability is {large_shown}: `exp` of such a number overflows. Adding"
        " one number to a whole row does not change its softmax, so choose one that keeps every exponent at 0"
        " or below.",
        "softmax overflows",
    ),
    right(
        # Between 1000 and 2000, neighbouring float32 numbers are 1e-4 apart: allow a right answer that much.
        lambda row: isinstance(row.large, int | float) and close(row.large, row.softmax.max(), 1e-3),
        "Large logits do not overflow.",
    ),
    wrong(
        always,
        "The same row with one number added to every logit must give the same probability. Yours is"
        " {large_shown} there.",
        "not shift invariant",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point for each; whether a softmax overflows is asked only where it is right otherwise."""
    names = inputs["names"]
    rows = [
        Row(value, logits, names) for value, logits in zip(observed["rows"], inputs["logits"], strict=True)
    ]
    if (verdict := stopped(NOT_A_PAIR, rows)) is not None:
        return verdict
    name, probability = read(NAME, rows), _probability(rows)
    if not probability[1].passed:
        return total(name, probability)
    large = Row(observed["large"], inputs["large"], names)
    return stopped(NOT_A_PAIR, large) or total(name, probability, read(LARGE, large))


def _probability(rows: list[Row]) -> tuple[float, Finding]:
    try:
        return read(PROBABILITY, rows)
    except WrongAnswerError as error:  # no number, where one was asked for
        return 0.0, error.finding
