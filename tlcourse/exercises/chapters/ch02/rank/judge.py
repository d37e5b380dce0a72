"""A point where score and accuracy mostly agree, and one where they mostly disagree."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import (
    Finding,
    Verdict,
    close,
    number,
    score,
    show,
)

from .ways import rank_ways

_RANK_WHY = {
    "values for ranks": (
        "That is the correlation of the values themselves (Pearson's). A score on another scale, or one"
        " outlier, changes it; only the order should count."
    ),
    "argsort is not a rank": (
        "You have taken `argsort` for the rank. It says who stands in each place; the rank says in which"
        " place each one stands."
    ),
    "the sign is turned": (
        "Its sign is turned: one side is ranked from the top, the other from the bottom. A score that"
        " orders all as the accuracy does has to give 1."
    ),
    "one side ranked": "Only the scores are ranked. Rank both sides.",
    "the other side ranked": "Only the accuracies are ranked. Rank both sides.",
    "pairs in order": (
        "That counts pairs in the same order (Kendall's tau). Spearman's is the correlation of the ranks."
    ),
    "differences not squared": "The differences of the ranks are not squared.",
    "the factor is missing": "In the formula with the squared differences of ranks, a factor of 6 is"
    " missing.",
    "the same place": "That is the share with the same rank on both sides. Being nearly right counts as"
    " well.",
}


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point for each sign."""
    told: dict[int, list[Finding]] = {1: [], -1: []}
    words = {1: "Where score and accuracy mostly agree", -1: "Where they mostly disagree"}
    for case, found in zip(inputs["cases"], observed["found"], strict=True):
        where, parts = words[case["sign"]], told[case["sign"]]
        got = number(found, "the correlation")
        ways = rank_ways(np.asarray(case["scores"]), np.asarray(case["accuracies"]))
        match = [name for name, value in ways.items() if close(got, value, 1e-3)]
        if match[:1] == ["right"]:
            parts.append(Finding(True, f"{where}: right."))
            continue
        why = _RANK_WHY[match[0]] if match else "It should be the correlation of the ranks of the two sides."
        if abs(got) > 1:
            why = "A correlation lies between -1 and 1."
        # With its sign turned, the value shown to more digits would be the answer.
        value = f"about {got:.1f}" if match[:1] == ["the sign is turned"] else show(got)
        parts.append(Finding(False, f"{where} you give {value}. {why}", *match[:1]))
    firsts = [next((one for one in of_sign if not one.passed), of_sign[0]) for of_sign in told.values()]
    return score(*((1, first) for first in firsts))
