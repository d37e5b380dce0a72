"""Chapter 2: a budget of time and size becomes a choice."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from tlcourse.exercises.engine.cases import words
from tlcourse.exercises.engine.judging import show
from tlcourse.exercises.engine.model import Exercise, Finding, Misconception, Verdict
from tlcourse.exercises.engine.plain import plain

__all__ = ["CHOOSE"]

Candidate = dict[str, Any]
Case = dict[str, Any]


def _case(rng: np.random.Generator, rows: list[tuple[float, float, float]], shuffle: bool = True) -> Case:
    """A budget, and candidates given as (accuracy, share of the time, share of the size).

    A share of exactly 1 gives the budget itself, to the last bit.
    """
    ms, mb = float(rng.integers(10, 40)), float(rng.integers(20, 90))
    base = float(rng.integers(70, 76))  # top-1 accuracy in percent, so that ties are exact
    names = words(rng, len(rows))
    candidates = [
        {
            "name": str(name),
            "top1": round(base + top1, 1),
            "ms": ms * time if time == 1 else round(ms * time * rng.uniform(0.95, 1.04), 2),
            "mb": mb * size if size == 1 else round(mb * size * rng.uniform(0.95, 1.04), 2),
        }
        for name, (top1, time, size) in zip(names, rows, strict=True)
    ]
    if shuffle:
        candidates = [candidates[i] for i in rng.permutation(len(candidates))]
    return {"candidates": candidates, "ms": ms, "mb": mb}


# The best that fits is followed by what other rules would take: the fastest, the best for its time, the
# smallest, and one that keeps neither budget.
_OTHERS = [(-30.0, 0.15, 0.5), (-8.0, 0.2, 0.6), (-5.0, 0.6, 0.1), (9.0, 1.7, 1.8)]


def _choose_inputs(rng: np.random.Generator) -> dict[str, Any]:
    best = (0.0, 0.8, 0.8)
    slow, big = (1.6, 0.5), (0.5, 1.6)  # more accurate than the best, and over one of the budgets
    tied = [(0.0, 0.4, 0.9), (0.0, 0.6, 0.3), (0.0, 0.8, 0.5)]  # the fastest is the largest
    over = [(2.0, 0.3, 1.5), (3.0, 1.5, 0.3)]
    return {
        "within": [
            _case(rng, [best, (5.0, *slow), (3.0, *big), *_OTHERS]),
            _case(rng, [best, (3.0, *slow), (5.0, *big), *_OTHERS]),
        ],
        "brim": [
            _case(rng, [(0.0, 1, 0.8), (-1.5, 0.7, 0.7), *_OTHERS]),
            _case(rng, [(0.0, 0.8, 1), (-1.5, 0.7, 0.7), *_OTHERS]),
        ],
        "tied": [
            _case(rng, [over[0], *tied, (-2.0, 0.2, 0.2), over[1]], shuffle=False),
            _case(rng, [over[1], *tied[::-1], (-2.0, 0.2, 0.2), over[0]], shuffle=False),
        ],
        "none": [_case(rng, [(0.0, 0.5, 1.6), (4.0, 1.5, 0.5), (-6.0, 1.2, 0.2), (7.0, 1.6, 1.7)])],
    }


def _choose_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    def ask(case: Case, function: Callable[..., Any]) -> Any:
        return plain(function([dict(c) for c in case["candidates"]], case["ms"], case["mb"]))

    seen = {
        group: [{"name": ask(case, answer)} for case in inputs[group]] for group in ("within", "brim", "tied")
    }
    # An empty list makes max() raise. That costs this part only, so it is caught here.
    try:
        last: dict[str, Any] = {"name": ask(inputs["none"][0], inspect.unwrap(answer))}
    except Exception as error:
        last = {"raised": type(error).__name__}
    return {**seen, "none": [last]}


def _fitting(case: Case) -> list[Candidate]:
    return [c for c in case["candidates"] if c["ms"] <= case["ms"] and c["mb"] <= case["mb"]]


def _most_accurate(candidates: list[Candidate]) -> str | None:
    return max(candidates, key=lambda c: (c["top1"], -c["ms"]))["name"] if candidates else None


def _best(case: Case, keeps: Callable[[Candidate], bool]) -> str | None:
    return _most_accurate([c for c in case["candidates"] if keeps(c)])


_WITHIN: dict[str, tuple[Callable[[Case], str | None], str]] = {
    "no budget": (
        lambda case: _most_accurate(case["candidates"]),
        "It is the most accurate of all, and keeps neither budget.",
    ),
    "time only": (
        lambda case: _best(case, lambda c: c["ms"] <= case["ms"]),
        "It is fast enough and too large. The size has a budget as well.",
    ),
    "size only": (
        lambda case: _best(case, lambda c: c["mb"] <= case["mb"]),
        "It is small enough and too slow. The time has a budget as well.",
    ),
    "one budget is enough": (
        lambda case: _best(case, lambda c: c["ms"] <= case["ms"] or c["mb"] <= case["mb"]),
        "It keeps one of the budgets and breaks the other. Both have to be kept: `and`, not `or`.",
    ),
    "the fastest": (
        lambda case: min(_fitting(case), key=lambda c: c["ms"])["name"],
        "It is the fastest that fits. A budget is there to be used: within it, accuracy decides.",
    ),
    "the smallest": (
        lambda case: min(_fitting(case), key=lambda c: c["mb"])["name"],
        "It is the smallest that fits. A budget is there to be used: within it, accuracy decides.",
    ),
    "accuracy per millisecond": (
        lambda case: max(_fitting(case), key=lambda c: c["top1"] / c["ms"])["name"],
        "It has the most accuracy for each millisecond. Such a quotient favours the tiny ones: the budget"
        " says what time is worth.",
    ),
}
_TIED: dict[str, tuple[Callable[[Case], str | None], str]] = {
    "the first of the tied": (
        lambda case: _most_first(case, 0),
        "It is the first of the tied in the list. Of equally accurate ones the faster was asked for.",
    ),
    "the last of the tied": (
        lambda case: _most_first(case, -1),
        "It is the last of the tied in the list. Of equally accurate ones the faster was asked for.",
    ),
    "the slower of the tied": (
        lambda case: max(_fitting(case), key=lambda c: (c["top1"], c["ms"]))["name"],
        "It is the slowest of the tied. More is better for accuracy, and less is better for time.",
    ),
    "the smaller of the tied": (
        lambda case: max(_fitting(case), key=lambda c: (c["top1"], -c["mb"]))["name"],
        "It is the smallest of the tied. Of equally accurate ones the faster was asked for.",
    ),
}


def _most_first(case: Case, place: int) -> str:
    fitting = _fitting(case)
    top = max(c["top1"] for c in fitting)
    return str([c["name"] for c in fitting if c["top1"] == top][place])


def _part(
    group: str,
    observed: dict[str, Any],
    inputs: dict[str, Any],
    right: str,
    rules: dict[str, tuple[Callable[[Case], str | None], str]],
    otherwise: str,
) -> Finding:
    """Right in all cases of a group; else the first wrong pick, and the rule that explains all picks."""
    cases, got = inputs[group], [seen["name"] for seen in observed[group]]
    wrong = [(c, g) for c, g in zip(cases, got, strict=True) if g != _most_accurate(_fitting(c))]
    if not wrong:
        return Finding(True, right)
    match = [name for name, (rule, _) in rules.items() if [rule(c) for c in cases] == got]
    case, name = wrong[0]
    said = f"With at most {show(case['ms'])} ms and {show(case['mb'])} MB you give {show(name)}."
    row = next((c for c in case["candidates"] if c["name"] == name), None)
    if name is None:
        why = "There are candidates that keep both budgets."
    elif row is None:
        why = "That is no name in the list."
    else:
        said = f"{said[:-1]}, which has {show(row['top1'])} %, {show(row['ms'])} ms and {show(row['mb'])} MB."
        why = rules[match[0]][1] if match else otherwise
    return Finding(False, f"{said} {why}", *match[:1])


def _choose_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    first = observed["within"][0]["name"]
    if not (first is None or isinstance(first, str)):
        why = f"`choose` should give a name, as text, or `None`. Yours gave {show(first)}."
        return Verdict(0.0, (Finding(False, why, "not a name"),))
    keeps = "Of those that keep both budgets, the most accurate was asked for."
    within = _part("within", observed, inputs, "It keeps both budgets, and uses them.", _WITHIN, keeps)
    strict = {
        "strictly below": (
            lambda case: _best(case, lambda c: c["ms"] < case["ms"] and c["mb"] < case["mb"]),
            "There is a better one that uses a budget up exactly. At most means it may.",
        )
    }
    brim = _part("brim", observed, inputs, "A budget may be used up exactly.", strict, keeps)
    tied = _part("tied", observed, inputs, "Of equally accurate ones it takes the faster.", _TIED, keeps)
    parts = [within, brim, tied, _none(observed["none"][0], within.passed)]
    return Verdict(float(sum(part.passed for part in parts)), tuple(parts))


def _none(seen: dict[str, Any], counts: bool) -> Finding:
    if "raised" in seen:
        why = (
            f"Where no candidate keeps both budgets your function raises {seen['raised']}. Give `None` there."
        )
        return Finding(False, why, "breaks where none fits")
    if seen["name"] is not None:
        why = (
            f"Where no candidate keeps both budgets you give {show(seen['name'])}. A budget that is broken"
            " without a word is none. Give `None`."
        )
        return Finding(False, why, "gives one where none fits")
    if not counts:
        # None for everything would earn this part for nothing.
        return Finding(False, "What it gives where none fits counts when the budgets are kept.")
    return Finding(True, "Where none fits it says so.")


_CHOOSE = """
def choose(candidates, ms, mb):
    fitting = [c for c in candidates if {keeps}]
    if not fitting:
        return None
    return {pick}["name"]
"""
_BOTH = 'c["ms"] <= ms and c["mb"] <= mb'
_RIGHT = 'max(fitting, key=lambda c: (c["top1"], -c["ms"]))'


def _wrong(keeps: str = _BOTH, pick: str = _RIGHT) -> str:
    return _CHOOSE.replace("{keeps}", keeps).replace("{pick}", pick)


CHOOSE = Exercise(
    id="ch02-choose",
    title="A budget becomes a choice",
    points=4,
    answer="choose",
    inputs=_choose_inputs,
    probe=_choose_probe,
    judge=_choose_judge,
    hints=(
        "Two steps: first throw out what breaks a budget, then pick from what is left. What if nothing"
        " is left?",
        "`max(fitting, key=...)` picks; a key that is a pair compares its second part where the first is"
        " equal.",
        'The key: `lambda c: (c["top1"], -c["ms"])`. Before it: `if not fitting: return None`.',
    ),
    misconceptions=(
        Misconception("no budget", _wrong("True"), expect="keeps neither budget"),
        Misconception("time only", _wrong('c["ms"] <= ms'), expect="too large. The size has a budget"),
        Misconception("size only", _wrong('c["mb"] <= mb'), expect="too slow. The time has a budget"),
        Misconception(
            "one budget is enough", _wrong('c["ms"] <= ms or c["mb"] <= mb'), expect="`and`, not `or`"
        ),
        Misconception(
            "the fastest", _wrong(pick='min(fitting, key=lambda c: c["ms"])'), expect="the fastest that fits"
        ),
        Misconception(
            "accuracy per millisecond",
            _wrong(pick='max(fitting, key=lambda c: c["top1"] / c["ms"])'),
            expect="for each millisecond",
        ),
        Misconception(
            "strictly below", _wrong('c["ms"] < ms and c["mb"] < mb'), expect="uses a budget up exactly"
        ),
        Misconception(
            "the first of the tied",
            _wrong(pick='max(fitting, key=lambda c: c["top1"])'),
            expect="the first of the tied",
        ),
        Misconception(
            "the slower of the tied",
            _wrong(pick='max(fitting, key=lambda c: (c["top1"], c["ms"]))'),
            expect="the slowest of the tied",
        ),
        Misconception(
            "breaks where none fits",
            """
def choose(candidates, ms, mb):
    fitting = [c for c in candidates if c["ms"] <= ms and c["mb"] <= mb]
    return max(fitting, key=lambda c: (c["top1"], -c["ms"]))["name"]
""",
            expect="raises ValueError",
        ),
        Misconception(
            "gives one where none fits",
            """
def choose(candidates, ms, mb):
    fitting = [c for c in candidates if c["ms"] <= ms and c["mb"] <= mb]
    return max(fitting or candidates, key=lambda c: (c["top1"], -c["ms"]))["name"]
""",
            expect="broken without a word",
        ),
    ),
)
