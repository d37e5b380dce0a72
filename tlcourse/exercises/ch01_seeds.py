"""Chapter 1: repeats. Mean and spread over seeds, and paired differences."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tlcourse.exercises.ch01_reading import CLOSE, STARTS, pairs_by_start
from tlcourse.exercises.engine.judging import close, plain_items, plain_number, show_number
from tlcourse.exercises.engine.model import Exercise, Misconception, Verdict
from tlcourse.exercises.engine.table import earned, missed, total

__all__ = ["PAIRED", "SPREAD"]


def _spread_inputs(rng: np.random.Generator) -> dict[str, Any]:
    while True:
        drawn = {
            start: np.clip(rng.normal(centre, 0.05, int(rng.integers(4, 7))), 0.02, 0.98).round(4)
            for start, centre in zip(STARTS, rng.uniform(0.3, 0.85, 3), strict=True)
        }
        pooled = np.concatenate(list(drawn.values()))
        # The wrong roads have to lead elsewhere, and to places of their own.
        if all(
            min(abs(v.mean() - pooled.mean()), abs(v.max() - pooled.mean()), v.max() - v.mean()) > 0.003
            and v.std() > 0.01
            and abs(v.std(ddof=1) - pooled.std(ddof=1)) > 0.003
            for v in drawn.values()
        ):
            break
    rows = [
        {"start": start, "seed": seed, "accuracy": float(value)}
        for start, values in drawn.items()
        for seed, value in enumerate(values)
    ]
    return {"rows": [rows[int(i)] for i in rng.permutation(len(rows))]}


def _spread_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    return pairs_by_start(answer([dict(row) for row in inputs["rows"]]), inputs["rows"])


def _spread_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    if "wrong" in observed:
        return total(
            missed(f"`summarise` should give {{start: (mean, spread)}}; yours gave {observed['wrong']}.")
        )
    mean = earned(1, "The means are right, one for each start.")
    spread = earned(1, "The spreads are sample standard deviations.")
    pooled = np.array([row["accuracy"] for row in inputs["rows"]])
    for start, (got, of) in observed["starts"].items():
        values = np.array([row["accuracy"] for row in inputs["rows"] if row["start"] == start])
        n = len(values)
        if not close(got, float(values.mean()), CLOSE):
            if close(got, float(pooled.mean()), CLOSE):
                mean = missed(
                    f"The mean for {start!r} is {show_number(got)}: the mean over all rows. Group by start"
                    " first.",
                    "pooled",
                )
            elif close(got, float(values.max()), CLOSE):
                mean = missed(
                    f"You report {show_number(got)} for {start!r}: its best seed. The best of {n} runs gets"
                    " better with every run you add.",
                    "best seed",
                )
            else:
                mean = missed(f"The mean for {start!r} is {show_number(got)}: not the mean of its {n} runs.")
        if not close(of, float(values.std(ddof=1)), 1e-4):
            if close(of, float(values.std()), 1e-4):
                spread = missed(
                    f"The spread for {start!r} is {show_number(of)}: you divided by n. NumPy does so unless"
                    " told otherwise, and with few seeds it makes the spread look smaller than it is.",
                    "divided by n",
                )
            elif close(of, float(values.std(ddof=1) / math.sqrt(n)), 1e-4):
                spread = missed(
                    f"The spread for {start!r} is {show_number(of)}: the standard error, which says how well"
                    " you know the mean. The question is how far one run lies from another.",
                    "standard error",
                )
            elif close(of, float(np.ptp(values)), 1e-4) or close(of, float(np.ptp(values)) / 2, 1e-4):
                spread = missed(
                    f"The spread for {start!r} is {show_number(of)}: from the lowest run to the highest. It"
                    " can only grow with the number of seeds.",
                    "range",
                )
            elif close(of, float(values.var(ddof=1)), 1e-4):
                spread = missed(
                    f"The spread for {start!r} is {show_number(of)}: the variance. Take its root.", "variance"
                )
            elif close(of, float(pooled.std(ddof=1)), 1e-4):
                spread = missed(
                    f"The spread for {start!r} is {show_number(of)}: that of all rows together. Group by"
                    " start first.",
                    "pooled",
                )
            else:
                spread = missed(
                    f"The spread for {start!r} is {show_number(of)}: not the deviation of its {n} runs."
                )
    return total(mean, spread)


SPREAD = Exercise(
    id="ch01-spread",
    title="Mean and spread over seeds",
    points=2,
    answer="summarise",
    inputs=_spread_inputs,
    probe=_spread_probe,
    judge=_spread_judge,
    solved_by=("tlcourse.sweeps.analysis.summary",),
    hints=(
        "First gather the accuracies of each start in a list of their own. Then two numbers for each list.",
        (
            "`np.std` divides by n. The sample standard deviation divides by n - 1: that is what `ddof` is"
            " for. `statistics.stdev` and pandas do it unasked."
        ),
        (
            "`{start: (np.mean(values), np.std(values, ddof=1)) for start, values in groups.items()}`, once"
            " `groups` maps each start to its accuracies."
        ),
    ),
    misconceptions=(
        Misconception(
            "divided by n",
            """
import numpy as np

def summarise(rows):
    starts = {row["start"] for row in rows}
    values = {s: [row["accuracy"] for row in rows if row["start"] == s] for s in starts}
    return {s: (np.mean(v), np.std(v)) for s, v in values.items()}
""",
            expect="you divided by n",
        ),
        Misconception(
            "standard error",
            """
import numpy as np

def summarise(rows):
    starts = {row["start"] for row in rows}
    values = {s: [row["accuracy"] for row in rows if row["start"] == s] for s in starts}
    return {s: (np.mean(v), np.std(v, ddof=1) / len(v) ** 0.5) for s, v in values.items()}
""",
            expect="the standard error",
        ),
        Misconception(
            "best seed",
            """
import numpy as np

def summarise(rows):
    starts = {row["start"] for row in rows}
    values = {s: [row["accuracy"] for row in rows if row["start"] == s] for s in starts}
    return {s: (max(v), np.std(v, ddof=1)) for s, v in values.items()}
""",
            expect="its best seed",
        ),
        Misconception(
            "pooled",
            """
import numpy as np

def summarise(rows):
    v = [row["accuracy"] for row in rows]
    return {row["start"]: (np.mean(v), np.std(v, ddof=1)) for row in rows}
""",
            expect="Group by start first",
        ),
        Misconception(
            "range",
            """
import numpy as np

def summarise(rows):
    starts = {row["start"] for row in rows}
    values = {s: [row["accuracy"] for row in rows if row["start"] == s] for s in starts}
    return {s: (np.mean(v), max(v) - min(v)) for s, v in values.items()}
""",
            expect="from the lowest run to the highest",
        ),
    ),
)


def _paired_inputs(rng: np.random.Generator) -> dict[str, Any]:
    cases = []
    # (mean difference, its noise): clearly better, clearly worse, and a gap that the noise swallows. The
    # noise that both starts share, from the draw of the images, is larger than the difference.
    for centre, noise in ((0.06, 0.008), (-0.05, 0.008), (0.02, 0.05), (0.035, 0.006)):
        while True:
            gap = centre * float(rng.uniform(0.85, 1.15))
            n = int(rng.integers(5, 8))
            shared = rng.normal(0.6, 0.09, n)
            own = rng.normal(0, 1, n)
            # Exactly the wanted mean and noise, so that verdicts are clear.
            own = (own - own.mean()) / own.std(ddof=1)
            b = shared
            a = shared + gap + noise * own
            seeds = rng.choice(100, size=n + 2, replace=False)
            rows_a = [[int(s), round(float(v), 4)] for s, v in zip(seeds[:n], a, strict=True)]
            rows_b = [[int(s), round(float(v), 4)] for s, v in zip(seeds[:n], b, strict=True)]
            # One run of each crashed: a seed that only the other one has.
            rows_a.append([int(seeds[n]), round(float(rng.uniform(0.3, 0.45)), 4)])
            rows_b.append([int(seeds[n + 1]), round(float(rng.uniform(0.75, 0.9)), 4)])
            rows_a = [rows_a[int(i)] for i in rng.permutation(n + 1)]
            rows_b = [rows_b[int(i)] for i in rng.permutation(n + 1)]
            t = round(float(_T975[n - 2]), 2)
            position = np.array([x[1] for x in rows_a]) - np.array([x[1] for x in rows_b])
            unpaired = math.hypot(a.std(ddof=1), b.std(ddof=1)) / math.sqrt(n)
            # The wrong roads have to lead elsewhere.
            apart = [
                abs(position.mean()) - abs(gap),
                unpaired - noise / math.sqrt(n),
                unpaired - noise,
            ]
            if all(abs(distance) > 0.004 for distance in apart):
                break
        cases.append({"a": rows_a, "b": rows_b, "t": t})
    return {"cases": [cases[int(i)] for i in rng.permutation(len(cases))]}


# 97.5 % points of Student's t with n - 1 degrees of freedom; index n - 2, for n = 2, 3, ...
_T975 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)


def _paired_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    out: list[Any] = []
    for case in inputs["cases"]:
        a = {int(seed): value for seed, value in case["a"]}
        b = {int(seed): value for seed, value in case["b"]}
        result = answer(a, b, case["t"])
        triple = plain_items(result, 3)
        if isinstance(triple, str):
            out.append(triple)
        else:
            out.append([plain_number(triple[0]), plain_number(triple[1]), str(triple[2])[:40]])
    return {"cases": out}


def _paired_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    difference = earned(1, "The mean differences are right: paired by seed.")
    error = earned(1, "The standard errors are those of the paired differences.")
    verdict = earned(1, "Every verdict follows from its difference and its standard error.")
    for case, seen in zip(inputs["cases"], observed["cases"], strict=True):
        if isinstance(seen, str):
            return total(
                missed(f"`compare` should give (difference, standard error, verdict); yours gave {seen}.")
            )
        got, of, word = seen
        a, b = dict(map(tuple, case["a"])), dict(map(tuple, case["b"]))
        both = sorted(set(a) & set(b))
        d = np.array([a[s] - b[s] for s in both])
        n = len(d)
        va, vb = np.array(list(a.values())), np.array(list(b.values()))
        right_d, right_e = float(d.mean()), float(d.std(ddof=1) / math.sqrt(n))
        if not close(got, right_d, 2e-4):
            if close(got, -right_d, 2e-4):
                difference = missed(
                    f"You give a difference of {show_number(got)}: that is b minus a. Positive should mean"
                    " that a is better.",
                    "sign",
                )
            elif close(got, float(va.mean() - vb.mean()), 2e-4):
                difference = missed(
                    f"You give a difference of {show_number(got)}: it takes in a run whose seed the other"
                    f" start does not have. Of the {len(a)} and {len(b)} runs, only those with a seed in"
                    " common make pairs.",
                    "not matched by seed",
                )
            else:
                difference = missed(
                    f"You give a difference of {show_number(got)}: not the mean of a[seed] - b[seed] over the"
                    " seeds in both."
                )
        ours_a, ours_b = np.array([a[s] for s in both]), np.array([b[s] for s in both])
        unpaired = [
            math.sqrt(x.var(ddof=k) / len(x) + y.var(ddof=k) / len(y))
            for x, y in ((va, vb), (ours_a, ours_b))
            for k in (0, 1)
        ]
        if not close(of, right_e, 1e-4):
            if close(of, float(d.std(ddof=1)), 1e-4):
                error = missed(
                    f"You give a standard error of {show_number(of)}: that is how far single differences"
                    " scatter. Their mean is known better than each of them, the more so the more there are.",
                    "standard deviation instead of standard error",
                )
            elif close(of, float(d.std() / math.sqrt(n)), 1e-4):
                error = missed(
                    f"You give a standard error of {show_number(of)}: computed by dividing by n instead of n"
                    " - 1.",
                    "divided by n",
                )
            elif any(close(of, value, 1e-4) for value in unpaired):
                error = missed(
                    f"You give a standard error of {show_number(of)}: from the spreads of a and b taken"
                    " apart. A lucky draw of images lifts both starts; take the differences first and that"
                    " luck cancels.",
                    "not paired",
                )
            elif close(got, float(va.mean() - vb.mean()), 2e-4):
                error = missed(
                    f"You give a standard error of {show_number(of)}: from pairs that do not share a seed."
                    " Their differences hold the luck of two draws.",
                    "not matched by seed",
                )
            else:
                error = missed(
                    f"You give a standard error of {show_number(of)}: not that of the mean of the paired"
                    " differences."
                )
        # The verdict is judged on the learner's own two numbers, so that one slip costs one point.
        if isinstance(got, float) and isinstance(of, float):
            half = case["t"] * of
            own = "helped" if got - half > 0 else "hurt" if got + half < 0 else "cannot tell"
            if word not in ("helped", "hurt", "cannot tell"):
                verdict = missed(f'The verdict {word!r} is none of "helped", "hurt", "cannot tell".')
            elif word != own:
                ignored = word == ("helped" if got > 0 else "hurt")
                interval = f"{show_number(got - half)} to {show_number(got + half)}"
                verdict = missed(
                    f"Your difference is {show_number(got)} and its standard error {show_number(of)}, and you"
                    f" say {word!r}. With t = {case['t']} the interval is {interval}: "
                    + (
                        "it holds zero. A positive mean alone is not yet evidence."
                        if ignored
                        else "look at which side of zero it lies, and whether all of it does."
                    ),
                    "verdict from the sign alone" if ignored else None,
                )
        else:
            verdict = missed("Without two numbers there is nothing to base a verdict on.")
    if not (difference[1].passed or error[1].passed):
        # Three things that fit one another say nothing, if none of them fits the runs.
        return total(*([difference, error] if verdict[1].passed else [difference, error, (0.0, verdict[1])]))
    if len({str(seen) for seen in observed["cases"]}) == 1:
        # A verdict that fits its own two numbers is no merit where all three are always the same.
        verdict = missed("You give the same three things whatever the runs were.")
    return total(difference, error, verdict)


_PAIRED_HEAD = """
import numpy as np

def compare(a, b, t):
"""

PAIRED = Exercise(
    id="ch01-paired",
    title="Did it help?",
    points=3,
    answer="compare",
    inputs=_paired_inputs,
    probe=_paired_probe,
    judge=_paired_judge,
    hints=(
        (
            "Both starts saw the same training images when they share a seed. So make one difference for each"
            " seed that both have, and forget the two columns after that."
        ),
        (
            "`d = [a[s] - b[s] for s in a if s in b]`. The standard error of its mean is `np.std(d, ddof=1)`"
            " divided by the square root of `len(d)`."
        ),
        (
            'The interval is the mean plus and minus `t` standard errors. All above zero: "helped". All'
            ' below: "hurt". Else: "cannot tell".'
        ),
    ),
    misconceptions=(
        Misconception(
            "not matched by seed",
            _PAIRED_HEAD
            + """
    d = np.array(list(a.values())) - np.array(list(b.values()))
    m, se = d.mean(), d.std(ddof=1) / np.sqrt(len(d))
    return m, se, "helped" if m - t * se > 0 else "hurt" if m + t * se < 0 else "cannot tell"
""",
            expect="only those with a seed in common make pairs",
        ),
        Misconception(
            "not paired",
            _PAIRED_HEAD
            + """
    both = [s for s in a if s in b]
    x, y = np.array([a[s] for s in both]), np.array([b[s] for s in both])
    m = x.mean() - y.mean()
    se = np.sqrt(x.var(ddof=1) / len(x) + y.var(ddof=1) / len(y))
    return m, se, "helped" if m - t * se > 0 else "hurt" if m + t * se < 0 else "cannot tell"
""",
            expect="take the differences first",
        ),
        Misconception(
            "standard deviation instead of standard error",
            _PAIRED_HEAD
            + """
    d = np.array([a[s] - b[s] for s in a if s in b])
    m, se = d.mean(), d.std(ddof=1)
    return m, se, "helped" if m - t * se > 0 else "hurt" if m + t * se < 0 else "cannot tell"
""",
            expect="how far single differences scatter",
        ),
        Misconception(
            "verdict from the sign alone",
            _PAIRED_HEAD
            + """
    d = np.array([a[s] - b[s] for s in a if s in b])
    m, se = d.mean(), d.std(ddof=1) / np.sqrt(len(d))
    return m, se, "helped" if m > 0 else "hurt"
""",
            expect="A positive mean alone is not yet evidence",
        ),
    ),
)
