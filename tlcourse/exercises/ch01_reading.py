"""Chapter 1: reading the result. The label-efficiency ratio, and a rate chosen where it may be."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tlcourse.exercises.engine.cases import shuffled
from tlcourse.exercises.engine.judging import (
    close,
    describe,
    one_line,
    plain_items,
    plain_number,
    show_number,
)
from tlcourse.exercises.engine.model import Exercise, Finding, Misconception, Verdict
from tlcourse.exercises.engine.plain import plain
from tlcourse.exercises.engine.table import earned, missed, total

__all__ = ["CHOOSE", "CLOSE", "LABEL_RATIO", "STARTS", "pairs_by_start"]

STARTS = ("random", "frozen", "fine-tuned")

# Learners may round to three decimals; every wrong answer we know of is further off than this.
CLOSE = 6e-4


def pairs_by_start(result: Any, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What `{start: (number, number)}` holds, as plain data; `{"wrong": why}` if it is something else."""
    if not isinstance(result, Mapping):
        return {"wrong": describe(result)}
    out: dict[str, Any] = {}
    for start in sorted({row["start"] for row in rows}):
        if start not in result:
            return {"wrong": f"a dictionary without the key {start!r}; its keys are {one_line(list(result))}"}
        pair = plain_items(result[start], 2)
        if isinstance(pair, str):
            return {"wrong": f"{pair} for {start!r}"}
        out[start] = [plain_number(pair[0]), plain_number(pair[1])]
    return {"starts": out}


def _ratio_inputs(rng: np.random.Generator) -> dict[str, Any]:
    def sizes() -> list[int]:
        found = [int(rng.integers(3, 9))]
        while len(found) < 4:
            found.append(round(found[-1] * float(rng.uniform(1.6, 2.7))))
        return found

    def rising(low: float, high: float) -> list[float]:
        steps = rng.uniform(0.6, 1.0, 3)
        return [
            round(float(v), 4)
            for v in low + (high - low) * np.concatenate([[0], np.cumsum(steps) / steps.sum()])
        ]

    cases = []
    at = [int(i) for i in rng.permutation(2)]  # where n is: at the smallest size and at another, always both
    # Two of each, and no size twice as large as another: a ratio that was right once fits no other seed.
    for kind in ("rises", "rises", "dips", "dips", "never", "never"):
        x = sizes()
        scratch = rising(float(rng.uniform(0.2, 0.3)), float(rng.uniform(0.6, 0.7)))
        if kind == "dips":
            # The curve reaches the target, falls back below it, and reaches it again later.
            scratch[2] = round((scratch[0] + scratch[1]) / 2 - 0.01, 4)
            scratch[3] = round(scratch[1] + 0.1, 4)
            k, low, high = 0, 0.7, 0.9
            target = scratch[0] + (scratch[1] - scratch[0]) * float(rng.uniform(low, high))
            n = 0
        elif kind == "never":
            n = int(rng.integers(0, 2))
            target = scratch[3] + float(rng.uniform(0.04, 0.1))
        else:
            n = at.pop()
            k = int(rng.integers(n + 1, 3))
            target = scratch[k] + (scratch[k + 1] - scratch[k]) * float(rng.uniform(0.25, 0.7))
        pretrained = [0.0] * 4
        for i in range(4):
            pretrained[i] = round(target + 0.03 * (i - n), 4)
        cases.append({"kind": kind, "sizes": x, "random": scratch, "pretrained": pretrained, "n": x[n]})
    return {"cases": shuffled(rng, cases)}


def _ratio_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    out: list[Any] = []
    for case in inputs["cases"]:
        result = answer(list(case["sizes"]), list(case["random"]), list(case["pretrained"]), case["n"])
        pair = plain_items(result, 2)
        if isinstance(pair, str):
            out.append(pair)
        else:
            flag = plain(pair[1])
            # 0 and 1 are False and True in Python; a tensor of one is one as well.
            yes_or_no = isinstance(flag, bool | int | float) and flag in (0, 1)
            out.append([plain_number(pair[0]), bool(flag) if yes_or_no else one_line(flag)])
    return {"cases": out}


def _needed(sizes: Sequence[float], curve: Sequence[float], target: float) -> float | None:
    """Where the line through the points first reaches the target; None if it never does."""
    for (x0, y0), (x1, y1) in itertools.pairwise(zip(sizes, curve, strict=True)):
        if y0 < target <= y1:
            return x0 + (x1 - x0) * (target - y0) / (y1 - y0)
    return None


def _ratio_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
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
        problem = _ratio_problem(case, got, flag, need, target, at, setting)
        if problem is not None and case["kind"] == "rises":
            rises = min(problem, rises, key=lambda part: part[0])  # a number right by chance is worth nothing
        elif problem is not None:
            dips = problem
    return total(rises, dips, never)


def _ratio_problem(
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


_RATIO_HEAD = """
import numpy as np

def label_ratio(sizes, random, pretrained, n):
    target = pretrained[sizes.index(n)]
"""

LABEL_RATIO = Exercise(
    id="ch01-label-ratio",
    title="The label-efficiency ratio",
    points=4,
    answer="label_ratio",
    inputs=_ratio_inputs,
    probe=_ratio_probe,
    judge=_ratio_judge,
    solved_by=("tlcourse.sweeps.analysis.crossing", "tlcourse.sweeps.analysis.label_efficiency_ratio"),
    hints=(
        (
            "The target is the pretrained start's accuracy at `n`. Walk along the random start's curve, from"
            " few labels to many, and stop at the first segment that begins below the target and ends at it"
            " or above."
        ),
        (
            "On the segment from (x0, y0) to (x1, y1) the line reaches the target at "
            "`x0 + (x1 - x0) * (target - y0) / (y1 - y0)`. Divide that by `n`."
        ),
        (
            "If you come to the end of the curve without finding such a segment, the honest answer is a"
            " bound: `return sizes[-1] / n, True`. In the other case the second value is `False`."
        ),
    ),
    misconceptions=(
        Misconception(
            "ratio of accuracies",
            _RATIO_HEAD + "    return target / random[sizes.index(n)], False\n",
            expect="compares two accuracies",
        ),
        Misconception(
            "rounded up to a measured size",
            _RATIO_HEAD
            + """
    for size, accuracy in zip(sizes, random):
        if accuracy >= target:
            return size / n, False
    return sizes[-1] / n, True
""",
            expect="the first size measured that is enough",
        ),
        Misconception(
            "reached what was never reached",
            _RATIO_HEAD + "    return np.interp(target, random, sizes) / n, False\n",
            expect="It never did",
        ),
        Misconception(
            "a curve that dips",
            _RATIO_HEAD
            + """
    if target > max(random):
        return sizes[-1] / n, True
    pairs = list(zip(sizes, sizes[1:], random, random[1:]))[::-1]
    for x0, x1, y0, y1 in pairs:
        if y0 < target <= y1:
            return (x0 + (x1 - x0) * (target - y0) / (y1 - y0)) / n, False
""",
            expect="This curve dips",
        ),
        Misconception(
            "extrapolated",
            _RATIO_HEAD
            + """
    for x0, x1, y0, y1 in zip(sizes, sizes[1:], random, random[1:]):
        if y0 < target <= y1:
            return (x0 + (x1 - x0) * (target - y0) / (y1 - y0)) / n, False
    slope, base = np.polyfit(sizes, random, 1)
    return max((target - base) / slope, sizes[-1] * 1.3) / n, True
""",
            expect="do not continue the line beyond its last point",
        ),
    ),
)


def _rate_inputs(rng: np.random.Generator) -> dict[str, Any]:
    rates = [float(f"{one * rng.uniform(0.7, 1.4):.3g}") for one in (0.0001, 0.0003, 0.001, 0.003, 0.01)]
    seeds = [int(s) for s in rng.choice(50, size=4, replace=False)]
    # For each start: the rate best on validation, on test, and of the single best run, all different.
    best_val = rng.permutation(5)[:3]
    while True:
        # Neither wrong choice may happen to be one rate for all starts.
        others = [[int(k) for k in rng.permutation(5) if k != v][:2] for v in best_val]
        if all(len({pair[which] for pair in others}) > 1 for which in (0, 1)):
            break
    rows = []
    for start, v, (on_test, lucky) in zip(STARTS, best_val, others, strict=True):
        base = float(rng.uniform(0.45, 0.6))
        for k, lr in enumerate(rates):
            wobble = rng.uniform(-0.01, 0.01, (2, len(seeds)))
            val = base + wobble[0] + (0.10 if k == v else 0.04 if k == on_test else 0.0)
            test = base - 0.03 + wobble[1] + (0.08 if k == v else 0.13 if k == on_test else 0.0)
            if k == lucky:
                val[int(rng.integers(len(seeds)))] += 0.16
            rows += [
                {
                    "start": start,
                    "lr": lr,
                    "seed": seed,
                    "val_accuracy": round(float(a), 4),
                    "test_accuracy": round(float(b), 4),
                }
                for seed, a, b in zip(seeds, val, test, strict=True)
            ]
    return {"rows": [rows[int(i)] for i in rng.permutation(len(rows))]}


def _rate_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    return pairs_by_start(answer([dict(row) for row in inputs["rows"]]), inputs["rows"])


def _rate_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    if "wrong" in observed:
        return total(
            missed(f"`choose` should give {{start: (rate, accuracy)}}; yours gave {observed['wrong']}.")
        )
    rows = inputs["rows"]
    table: dict[tuple[str, float], dict[str, float]] = {}
    for start, lr in {(row["start"], row["lr"]) for row in rows}:
        these = [row for row in rows if row["start"] == start and row["lr"] == lr]
        table[start, lr] = {
            "val": float(np.mean([row["val_accuracy"] for row in these])),
            "test": float(np.mean([row["test_accuracy"] for row in these])),
            "best_val": max(row["val_accuracy"] for row in these),
            "best_test": max(row["test_accuracy"] for row in these),
        }
    starts = sorted({row["start"] for row in rows})
    rates = sorted({row["lr"] for row in rows})
    chosen = {start: observed["starts"][start][0] for start in starts}

    def top(start: str, key: str) -> float:
        return max(rates, key=lambda lr: table[start, lr][key])

    def same(a: Any, b: float) -> bool:
        return isinstance(a, float) and abs(a - b) < 1e-9

    right = [start for start in starts if same(chosen[start], top(start, "val"))]
    wrong = [start for start in starts if start not in right]
    found: list[tuple[float, Finding]] = []
    if not wrong:
        found.append(earned(2, "Each start has the rate that is best on validation, on average over seeds."))
    else:
        start = wrong[0]
        value = f"For {start!r} you choose the rate {show_number(chosen[start])}."
        part = 1.0 if len(right) == 2 else 0.0
        if all(same(chosen[s], top(s, "test")) for s in starts):
            found.append(
                missed(
                    f"{value} It is the best on the test set. Whoever chooses on the test set has no test set"
                    " left: the number that comes out is too good.",
                    "chosen on the test set",
                )
            )
        elif len(set(map(str, chosen.values()))) == 1:
            found.append(
                missed(
                    f"You choose {show_number(chosen[start])} for every start. One rate for all favours the"
                    " start that it happens to suit; each gets its own search, of the same size.",
                    "one rate for all",
                )
            )
        elif all(same(chosen[s], top(s, "best_val")) for s in starts):
            found.append(
                missed(
                    f"{value} It has the single best run, with one lucky seed. Average over the seeds before"
                    " you compare rates.",
                    "best single run",
                )
            )
        else:
            found.append(
                missed(
                    f"{value} Its mean validation accuracy over the seeds is not the highest.", points=part
                )
            )
    accuracy = earned(1, "You report the mean test accuracy at the chosen rate.")
    for start in starts:
        lr, got = observed["starts"][start]
        if not isinstance(lr, float) or not any(same(lr, rate) for rate in rates):
            accuracy = missed(
                f"For {start!r} the rate {show_number(lr)} is none of those tried, so it has no accuracy."
            )
            break
        here = table[start, min(rates, key=lambda r: abs(r - lr))]
        if not close(got, here["test"], CLOSE):
            value = f"For {start!r} you report {show_number(got)}."
            if close(got, here["val"], CLOSE):
                accuracy = missed(
                    f"{value} That is the validation accuracy at your rate: the very number that was made as"
                    " high as possible. Report the test set, which had no say.",
                    "reports validation accuracy",
                )
            elif close(got, here["best_test"], CLOSE):
                accuracy = missed(f"{value} That is the best seed. Report the mean over seeds.", "best seed")
            else:
                accuracy = missed(f"{value} It is not the mean test accuracy at the rate you chose.")
            break
    found.append(accuracy)
    return total(*found)


_RATE_HEAD = """
import numpy as np

def mean_of(rows, start, lr, key):
    return np.mean([r[key] for r in rows if r["start"] == start and r["lr"] == lr])

"""

CHOOSE = Exercise(
    id="ch01-choose-rate",
    title="Choose the rate where you may",
    points=3,
    answer="choose",
    inputs=_rate_inputs,
    probe=_rate_probe,
    judge=_rate_judge,
    hints=(
        (
            "Two questions, two sets. Which rate? Ask the validation set. How good is it? Ask the test set,"
            " once."
        ),
        (
            "For each start, and each rate, average `val_accuracy` over the seeds. The rate with the highest"
            " average is that start's rate."
        ),
        (
            "Then average `test_accuracy` over the seeds, for that start and that rate alone, and store "
            "`(rate, test_mean)` under the start's name."
        ),
    ),
    misconceptions=(
        Misconception(
            "chosen on the test set",
            _RATE_HEAD
            + """
def choose(rows):
    out = {}
    rates = {r["lr"] for r in rows}
    for start in {r["start"] for r in rows}:
        lr = max(rates, key=lambda k: mean_of(rows, start, k, "test_accuracy"))
        out[start] = (lr, mean_of(rows, start, lr, "test_accuracy"))
    return out
""",
            expect="has no test set left",
        ),
        Misconception(
            "one rate for all",
            _RATE_HEAD
            + """
def choose(rows):
    rates = {r["lr"] for r in rows}
    lr = max(rates, key=lambda k: np.mean([r["val_accuracy"] for r in rows if r["lr"] == k]))
    return {s: (lr, mean_of(rows, s, lr, "test_accuracy")) for s in {r["start"] for r in rows}}
""",
            expect="One rate for all",
        ),
        Misconception(
            "best single run",
            _RATE_HEAD
            + """
def choose(rows):
    out = {}
    for start in {r["start"] for r in rows}:
        best = max((r for r in rows if r["start"] == start), key=lambda r: r["val_accuracy"])
        out[start] = (best["lr"], mean_of(rows, start, best["lr"], "test_accuracy"))
    return out
""",
            expect="one lucky seed",
        ),
        Misconception(
            "reports validation accuracy",
            _RATE_HEAD
            + """
def choose(rows):
    out = {}
    rates = {r["lr"] for r in rows}
    for start in {r["start"] for r in rows}:
        lr = max(rates, key=lambda k: mean_of(rows, start, k, "val_accuracy"))
        out[start] = (lr, mean_of(rows, start, lr, "val_accuracy"))
    return out
""",
            expect="Report the test set",
        ),
    ),
)
