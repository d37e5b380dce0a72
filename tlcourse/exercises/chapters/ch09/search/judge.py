"""A point for each question."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import (
    Verdict,
    WrongAnswerError,
    always,
    read,
    read_array,
    right,
    show,
    total,
    wrong,
)

from .probe import WAYS, ranked


def rows_of(value: Any, count: int, wanted: int) -> list[int]:
    """Numbers of rows that a learner gave."""
    got = read_array(value, "`search`")
    if got.ndim != 1 or not np.isfinite(got).all() or (got != np.round(got)).any():
        raise WrongAnswerError(
            f"Row numbers were asked for, and `search` gives {show(got, 2)}. `np.argsort` turns scores into"
            " row numbers.",
            "scores in place of rows",
        )
    if len(got) != wanted:
        raise WrongAnswerError(
            f"With `k` = {wanted}, `search` gives {len(got)} rows. Return `k` of them.", "not so many"
        )
    if (got < -count).any() or (got >= count).any():
        raise WrongAnswerError(
            f"`search` gives {show(got, 2)}, and there are rows 0 to {count - 1}.", "no such row"
        )
    return [int(row) % count for row in got]


class Question:
    """One question, and what was found."""

    def __init__(self, case: dict[str, Any], value: Any, number: int) -> None:
        got = rows_of(value, len(case["texts"]), case["k"])
        self.yours = f"Question {number}: your rows are {show(got)}"
        self.number, self.right = number, got == ranked(case)
        self.way = next((way for way in WAYS if got == ranked(case, way)), None)


ROWS = (
    right(lambda case: case.right, "Question {number}: the nearest texts, best first."),
    wrong(
        lambda case: case.way == "worst first",
        "{yours}. These are the right texts, with the worst of them first. Start with the nearest.",
        "worst first",
    ),
    wrong(
        lambda case: case.way == "worst of all",
        "{yours}. These texts are the farthest away. The nearest ones have the largest cosine.",
        "worst of all",
    ),
    wrong(
        lambda case: case.way == "dot product",
        "{yours}. This is the order of the plain dot products, which favour long vectors. For a cosine,"
        " divide by the length of each text's vector.",
        "dot product",
    ),
    wrong(
        lambda case: case.way == "the distance",
        "{yours}. This is the order of the distances between the points. A cosine compares directions only:"
        " divide the vectors by their lengths.",
        "the distance",
    ),
    wrong(always, "{yours}. They are not the texts with the largest cosines.", "other texts"),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Each question counts alike."""
    return total(
        *(
            read(ROWS, Question(case, value, number))
            for number, (case, value) in enumerate(zip(inputs["cases"], observed["rows"], strict=True), 1)
        )
    )
