"""A point for each case, and one for gradients that reach the words and leave padding alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import (
    Verdict,
    WrongAnswerError,
    always,
    close,
    read,
    read_array,
    right,
    total,
    wrong,
)

TITLES = ("Texts with padding", "More of them", "A text without words")


def means(vectors: np.ndarray, tokens: np.ndarray, how: str = "right") -> np.ndarray:
    """What a part of this kind gives, (N, D)."""
    mask = (tokens > 1 if how == "unknown left out" else tokens != 0)[..., None]
    summed = (vectors * mask).sum(1)
    if how == "a sum":
        return np.asarray(summed)
    if how == "padding counts":
        return np.asarray(vectors.mean(1))
    if how == "divided by the length":
        return np.asarray(summed / tokens.shape[1])
    return np.asarray(summed / np.maximum(mask.sum(1), 1))


class Case:
    """One batch, and what came of it."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any], place: int) -> None:
        case, self.title = inputs["cases"][place], TITLES[place]
        tokens, pull = np.asarray(case["tokens"]), np.asarray(case["pull"], "float64")
        vectors = np.asarray(inputs["table"], "float64")[tokens]
        got = read_array(observed["means"][place], "`mean_layer`")
        self.given, self.shape = vectors.shape, got.shape
        self.fits = got.shape == pull.shape
        self.finite = bool(np.isfinite(got).all())
        self.right, self.way, self.no_slope, self.slope_right = False, None, True, False
        if not self.fits:
            return
        self.right = close(got, means(vectors, tokens), 1e-4)
        ways = ("padding counts", "divided by the length", "a sum", "unknown left out")
        self.way = next((way for way in ways if close(got, means(vectors, tokens, way), 1e-4)), None)
        slope = observed["slopes"][place]
        self.no_slope = slope is None
        if not self.no_slope:
            mask = tokens != 0
            each = pull / np.maximum(mask.sum(1, keepdims=True), 1)
            self.slope_right = close(read_array(slope, "the gradient"), each[:, None] * mask[..., None], 1e-4)


CASE = (
    wrong(
        lambda case: not case.fits,
        "{title}: vectors {given} give one vector a text; yours has the shape {shape}.",
        "another shape",
    ),
    wrong(
        lambda case: not case.finite,
        "{title}: a row is not finite. A text without words has nothing to divide by: give it zeros.",
        "divides by nought",
    ),
    right(lambda case: case.right, "{title}: right."),
    wrong(
        lambda case: case.way == "padding counts",
        "{title}: the vectors at the padding are in your mean. They belong to no word; the mask says"
        " where they are.",
        "padding counts",
    ),
    wrong(
        lambda case: case.way == "divided by the length",
        "{title}: you add up the words' vectors, and divide by the length of the row. Divide by the"
        " number of words.",
        "divided by the length",
    ),
    wrong(
        lambda case: case.way == "a sum",
        "{title}: that is the sum. A long text would have a longer vector than a short one that says the"
        " same.",
        "a sum",
    ),
    wrong(
        lambda case: case.way == "unknown left out",
        "{title}: you leave out the unknown words too. Token 1 is a word; only 0 is padding.",
        "unknown left out",
    ),
    wrong(
        always,
        "{title}: add up the vectors of a text's words, and divide by how many there are.",
        "another mean",
    ),
)
SLOPE = (
    right(lambda case: case.right and case.slope_right, "Gradients reach the words, and no padding."),
    wrong(
        lambda case: case.right and case.no_slope,
        "No gradient reaches the vectors, so nothing below could learn. Stay in your framework's own"
        " operations.",
        "no gradient",
    ),
    wrong(
        always,
        "The gradients will be right when the mean is.",
        "another gradient",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Each case counts alike, and so do the gradients."""
    if "instead" in observed:
        raise WrongAnswerError(
            f"A part of a network was asked for, that gives a tensor; there is {observed['instead']}.",
            "not a part of a network",
        )
    cases = [Case(observed, inputs, place) for place in range(len(TITLES))]
    return total(*(read(CASE, case) for case in cases), read(SLOPE, cases))
