"""Curves that rise, that dip, and that never get there, each with points of its own."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Finding, Verdict, close, earned, missed, show_number, total


def _needed(sizes: Sequence[float], curve: Sequence[float], target: float) -> float | None:
    """Where the line through the points first reaches the target; None if it never does."""
    for (x0, y0), (x1, y1) in itertools.pairwise(zip(sizes, curve, strict=True)):
        if y0 < target <= y1:
            return x0 + (x1 - x0) * (target - y0) / (y1 - y0)
    return None


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Two points for curves that rise, and one each for those that dip and those that never get there."""
    rises = earned(2, "The ratio is right where the random start's curve reaches the target once.")
    dips = earned(1, "A curve that dips is read at its first crossing.")
    never = earned(1, "Where the random start never gets there, you give a bound and say so.")
    for case, seen in zip(inputs["cases"], observed["cases"], strict=True):
        if isinstance(seen, str):
            return total(missed(f"`label_ratio` should give (ratio, at_least); yours gave {seen}."))
        got, flag = seen
        sizes, scratch, n = case["sizes"], case["random"], case["n"]
        at = sizes.index(n)
        target = case["pretrained"][at]
        need = _needed(sizes, scratch, target)
        setting = f"With sizes {sizes}, random start {scratch} and a target of {target} at n = {n}"
        if not isinstance(got, float):
            return total(missed(f"{setting} your ratio is {got}: not a number."))
        # Curves are rounded to four places, so a ratio of rounded targets is right to about a hundredth.
        if not np.isfinite(got) and flag is not True:
            return total(missed(f"{setting} you give {got} as the ratio."))
        if need is None:
            if np.isnan(got):
                never = missed(
                    f"{setting} your ratio is nan. That it was never reached is worth something: the largest"
                    " size was not enough, so the ratio is larger than some number. Give that.",
                )
            elif flag is not True:
                never = missed(
                    f"{setting} you give {show_number(got)} as if the random start had reached it. It never"
                    " did: all you can say is how many more labels were not enough.",
                    "reached what was never reached",
                )
            elif not close(got, sizes[-1] / n, 0.01):
                beyond = got > sizes[-1] / n
                never = missed(
                    f'{setting} you say "at least {show_number(got)}". '
                    + (
                        "No training set that large was measured: do not continue the line beyond its last"
                        " point."
                        if beyond
                        else "The last point of the curve supports a larger bound."
                    ),
                    "extrapolated" if beyond else None,
                )
            continue
        problem = _problem(case, got, flag, need, target, at, setting)
        if problem is not None and case["kind"] == "rises":
            rises = min(problem, rises, key=lambda part: part[0])  # a number right by chance is worth nothing
        elif problem is not None:
            dips = problem
    return total(rises, dips, never)


def _problem(
    case: dict[str, Any], got: float, flag: Any, need: float, target: float, at: int, setting: str
) -> tuple[float, Finding] | None:
    sizes, scratch, n = case["sizes"], case["random"], case["n"]
    value = f"{setting} you give {show_number(got)}."
    if close(got, need / n, 0.01):
        if flag is False:
            return None
        return missed(
            f"{value} The number is read off a measured curve, yet at_least is {flag}.",
            points=1.0 if case["kind"] == "rises" else 0.0,
        )
    grid = next(s for s, y in zip(sizes, scratch, strict=True) if y >= target)
    later = [
        x0 + (x1 - x0) * (target - y0) / (y1 - y0)
        for (x0, y0), (x1, y1) in itertools.pairwise(zip(sizes, scratch, strict=True))
        if y0 < target <= y1
    ]
    if close(got, target / scratch[at], 0.01):
        return missed(
            f"{value} That compares two accuracies at the same n: up and down in the plot. The question is"
            " how many more labels: go sideways, from one curve to the other at the same height.",
            "ratio of accuracies",
        )
    if close(got, n / need, 0.01):
        return missed(
            f"{value} Upside down: below 1 would mean that the random start needs fewer labels.", "inverted"
        )
    if close(got, need, 0.05):
        return missed(
            f"{value} That is a number of labels. Divide by the n that the other start had.", "not a ratio"
        )
    if close(got, grid / n, 0.01):
        return missed(
            f"{value} That is the first size measured that is enough. The line reaches the target before it: "
            "interpolate.",
            "rounded up to a measured size",
        )
    if case["kind"] == "dips":
        last = len(later) > 1 and close(got, later[-1] / n, 0.01)
        return missed(
            f"{value} This curve dips on its way. "
            + ("You read its last crossing; the first one needs fewer labels." if last else "")
            + (
                ""
                if last
                else (
                    "`np.interp` wants rising x values and says nothing when it does not get them; walk along"
                    " the segments instead."
                )
            ),
            "a curve that dips",
        )
    return missed(f"{value} Find where the line through the random start's points reaches the target.")
