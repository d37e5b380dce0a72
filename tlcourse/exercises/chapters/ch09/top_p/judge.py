"""One point for the temperature, two for top-p."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, close, read, read_array, right, stopped, total, wrong

from .probe import WAYS, probabilities


class Case:
    """One set of logits, and the probabilities that were made of it."""

    def __init__(self, case: dict[str, Any], value: Any) -> None:
        got = read_array(value, "`next_probabilities`")
        self.asked, self.shape = np.shape(case["logits"]), got.shape
        self.one_left = bool((got != 0).sum() == 1)
        self.finite = bool(np.isfinite(got).all())
        self.right = close(got, probabilities(case), 1e-4)
        self.way = next((way for way in WAYS if close(got, probabilities(case, way), 1e-4)), None)


class All:
    """All cases together."""

    def __init__(self, cases: list[Case]) -> None:
        self.one_left = all(case.one_left for case in cases)


ONE = (
    wrong(
        lambda cases: cases.one_left,
        "You always keep one token, the most probable. Then nothing is left to draw, whatever `top_p` is.",
        "only the most probable",
    ),
)
TEMPERATURE = (
    wrong(
        lambda case: case.shape != case.asked,
        "Logits of shape {asked} give as many probabilities. Your array has the shape {shape}.",
        "another shape",
    ),
    right(lambda case: case.right, "The temperature is right."),
    wrong(
        lambda case: case.way == "times the temperature",
        "With `top_p` = 1: you multiply by the temperature. Divide by it, so that a high temperature"
        " brings the probabilities closer together.",
        "times the temperature",
    ),
    wrong(
        lambda case: case.way == "no temperature",
        "With `top_p` = 1: the temperature changes nothing. Divide the logits by it, before the softmax."
        " If you divide the probabilities, scaling their sum to 1 undoes it.",
        "no temperature",
    ),
    wrong(
        always,
        "With `top_p` = 1 every token stays possible: divide the logits by the temperature and take the"
        " softmax.",
        "other probabilities",
    ),
)
TOP_P = (
    wrong(
        lambda case: case.shape != case.asked,
        "Logits of shape {asked} give as many probabilities, with 0 for a token that is left out. Your"
        " array has the shape {shape}.",
        "another shape",
    ),
    wrong(
        lambda case: not case.finite,
        "Some of your probabilities are not finite. Where one token has more than `top_p`, that token has"
        " to stay.",
        "none left",
    ),
    right(lambda case: case.right, "Top-p is right.", 2),
    wrong(
        lambda case: case.way == "everything kept",
        "With a `top_p` below 1 you still keep every token. Set the improbable ones to 0.",
        "everything kept",
    ),
    wrong(
        lambda case: case.way == "each above top_p",
        "You compare each probability with `top_p`. Compare their running sum instead, from the most probable"
        " token down.",
        "each above top_p",
    ),
    wrong(
        lambda case: case.way == "one too few",
        "You keep one token too few. The token with which the sum reaches `top_p` stays.",
        "one too few",
    ),
    wrong(
        lambda case: case.way == "one too many",
        "You keep one token too many. Stop with the token with which the sum reaches `top_p`.",
        "one too many",
    ),
    wrong(
        lambda case: case.way == "does not add up",
        "The right tokens are kept, but their probabilities do not add up to 1. Divide by their sum.",
        "does not add up",
    ),
    wrong(
        always,
        "With a `top_p` below 1: sort the probabilities after the temperature, add them up from the"
        " largest, and stop when the sum reaches `top_p`.",
        "other tokens",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Top-p has to be right in each of its cases."""
    cases = [Case(case, value) for case, value in zip(inputs["cases"], observed["given"], strict=True)]
    if (verdict := stopped(ONE, All(cases))) is not None:
        return verdict
    return total(read(TEMPERATURE, cases[0]), read(TOP_P, cases[1:]))
