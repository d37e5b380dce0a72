"""Chapter 7: numbers read off a confusion matrix, off ranks, and off costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tlcourse.exercises.engine.judging import close, describe, good, plain_number, show, verdict
from tlcourse.exercises.engine.model import Exercise, Finding, Misconception, Verdict

__all__ = ["AUC", "METRICS", "THRESHOLD"]


def _say(value: float | str) -> str:
    return value if isinstance(value, str) else show(value)


# ----------------------------------------------------------------------------------- the confusion matrix

_NAMES = ("accuracy", "precision", "recall", "macro_f1", "micro_f1")


def _metrics_inputs(rng: np.random.Generator) -> dict[str, Any]:
    first, second = _matrix(rng, 3), _matrix(rng, 4)
    while second["of"] == first["of"]:  # who always takes the same class is found out
        second = _matrix(rng, 4)
    cases = [first, second]
    return {"cases": [cases[int(i)] for i in rng.permutation(2)]}


def _matrix(rng: np.random.Generator, k: int) -> dict[str, Any]:
    while True:
        matrix = rng.integers(1, 9, (k, k))
        matrix[np.diag_indices(k)] += rng.integers(5, 30, k)
        matrix[int(rng.integers(k))] *= 4  # one class is much more frequent
        of = int(rng.integers(0, k))
        p, r = _precision(matrix), _recall(matrix)
        f = 2 * p * r / (p + r)
        weighted = float((f * matrix.sum(1)).sum() / matrix.sum())
        apart = [abs(p[of] - r[of]), abs(f.mean() - weighted), abs(f.mean() - _accuracy(matrix))]
        mean_pr = 2 * p.mean() * r.mean() / (p.mean() + r.mean())
        apart += [
            abs(f.mean() - mean_pr),
            abs(r.mean() - _accuracy(matrix)),
            abs(f.mean() - (p + r).mean() / 2),
        ]
        apart += [2 * abs(mean_pr - (p + r).mean() / 2), 2 * abs(mean_pr - weighted)]
        apart.append(2 * abs((p + r).mean() / 2 - weighted))
        apart += [abs(p[c] - p[of]) + abs(r[c] - r[of]) for c in range(k) if c != of]
        if min(apart) > 0.004:
            return {"matrix": matrix, "of": of}


def _accuracy(m: np.ndarray) -> float:
    return float(np.trace(m) / m.sum())


def _precision(m: np.ndarray) -> np.ndarray:
    return np.diag(m) / m.sum(0)


def _recall(m: np.ndarray) -> np.ndarray:
    return np.diag(m) / m.sum(1)


def _metrics_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    out = []
    for case in inputs["cases"]:
        found = answer(np.asarray(case["matrix"]).copy(), case["of"])
        if hasattr(found, "to_dict"):  # a Series of pandas
            found = found.to_dict()
        if not isinstance(found, Mapping):
            return {"wrong": describe(found)}
        missing = [name for name in _NAMES if name not in found]
        if missing:
            return {"wrong": f"a dictionary without {', '.join(missing)}"}
        out.append({name: plain_number(found[name]) for name in _NAMES})
    return {"found": out}


def _metrics_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    if "wrong" in observed:
        why = f"`metrics` should give a dictionary with {', '.join(_NAMES)}; yours gave {observed['wrong']}."
        return Verdict(0.0, (Finding(False, why),))
    cases = [
        _judge_metrics(found, case) for found, case in zip(observed["found"], inputs["cases"], strict=True)
    ]
    for one in cases:
        if len(one) == 1:  # nothing of it can be judged
            return Verdict(0.0, one)
    # A part is right if it is so for both matrices.
    return verdict(*(min(parts, key=lambda part: part.passed) for parts in zip(*cases, strict=True)))


def _judge_metrics(observed: dict[str, Any], case: dict[str, Any]) -> tuple[Finding, ...]:
    m, of = np.asarray(case["matrix"], float), case["of"]
    p, r = _precision(m), _recall(m)
    f = 2 * p * r / (p + r)
    accuracy = _accuracy(m)

    def is_near(name: str, value: float) -> bool:
        return close(observed[name], float(value), 1e-4)

    for name in _NAMES:
        if isinstance(observed[name], str) or not np.isfinite(observed[name]):
            why = f"`metrics` should give one number as {name}; yours gave {_say(observed[name])}."
            return (Finding(False, why, "not a number"),)
    if max(observed[name] for name in _NAMES) > 1:
        high = max(_NAMES, key=lambda name: observed[name])
        why = f"Your {high} is {show(observed[high])}. All five are shares, from 0 to 1."
        return (Finding(False, why, "no share"),)
    said = {name: f"your {name} is {show(observed[name])}" for name in _NAMES}
    if is_near("accuracy", accuracy):
        first = good("The accuracy is the share on the diagonal.")
    else:
        recalls = is_near("accuracy", r.mean())
        why = "It should be what lies on the diagonal, out of everything."
        if recalls:
            why = "That is the mean of the recalls, in which a rare class counts as much as a frequent one."
        first = Finding(
            False,
            f"In `{m.astype(int).tolist()}` {said['accuracy']}. {why}",
            "mean of the recalls" if recalls else None,
        )
    if is_near("precision", p[of]) and is_near("recall", r[of]):
        second = good("Precision and recall of the class are right.")
    elif is_near("precision", r[of]) and is_near("recall", p[of]):
        second = Finding(
            False,
            f"For class {of} {said['precision']} and {said['recall']}: they have changed places."
            " Rows are the true classes."
            " Precision asks, of those called so, how many are; they stand in a column.",
            "rows and columns swapped",
        )
    else:
        why = (
            "Both have the number on the diagonal above the line. Below it stands, for precision, how many"
            " were called so; for recall, how many are so."
        )
        others = [
            c for c in range(len(p)) if c != of and is_near("precision", p[c]) and is_near("recall", r[c])
        ]
        if others:
            why = f"Those are the ones of class {others[0]}; classes are counted from 0."
        second = Finding(False, f"For class {of} {said['precision']} and {said['recall']}. {why}", None)
    wrong = {
        "weighted mean": (f * m.sum(1)).sum() / m.sum(),
        "F1 of the means": 2 * p.mean() * r.mean() / (p.mean() + r.mean()),
        "mean of precision and recall": ((p + r) / 2).mean(),
        "micro for macro": accuracy,
    }
    if is_near("macro_f1", f.mean()) and is_near("micro_f1", accuracy):
        third = good("Macro F1 is the plain mean over the classes, and micro F1 counts every picture once.")
    elif not is_near("macro_f1", f.mean()):
        names = [name for name, value in wrong.items() if is_near("macro_f1", float(value))]
        reasons = {
            "weighted mean": (
                "Each class is weighted by its pictures. Macro means: every class counts the same."
            ),
            "F1 of the means": "First the F1 of each class, then the mean; you did it the other way round.",
            "mean of precision and recall": "F1 is the harmonic mean of the two; yours is the plain one.",
            "micro for macro": (
                "That is the micro F1: it counts every picture once, so frequent classes rule."
            ),
        }
        why = reasons[names[0]] if names else "Macro F1 is the mean of the classes' F1."
        third = Finding(False, f"Then {said['macro_f1']}. {why}", *names[:1])
    else:
        why = (
            f"Then {said['micro_f1']}. Over all classes together, each wrong picture is one false"
            " alarm and one miss."
        )
        third = Finding(False, why, "micro is not pooled")
    return first, second, third


_METRICS = """
import numpy as np

def metrics(matrix, of):
    right = np.diag(matrix)
    precision, recall = right / matrix.sum(0), right / matrix.sum(1)
    {body}
    f1 = 2 * precision * recall / (precision + recall)
    micro = right.sum() / matrix.sum()
    return {
        "accuracy": {accuracy}, "precision": precision[of], "recall": recall[of],
        "macro_f1": {macro}, "micro_f1": {micro},
    }
"""


def _metrics(body: str = "", accuracy: str = "micro", macro: str = "f1.mean()", micro: str = "micro") -> str:
    out = _METRICS.replace("{body}", body).replace("{accuracy}", accuracy)
    return out.replace("{macro}", macro).replace("{micro}", micro)


METRICS = Exercise(
    id="ch07-metrics",
    title="Five numbers from one matrix",
    points=3,
    answer="metrics",
    inputs=_metrics_inputs,
    probe=_metrics_probe,
    judge=_metrics_judge,
    solved_by=("tlcourse.evaluation.scores.report",),
    hints=(
        "Rows are the true classes, columns the predicted ones. In which direction do you"
        " add up for precision?",
        "`np.diag(matrix)` are the right ones; `matrix.sum(0)` adds up columns, `matrix.sum(1)` rows.",
        "F1 of a class is 2pr / (p + r). Macro: their mean. Micro: of all pictures together,"
        " which is the accuracy.",
    ),
    misconceptions=(
        Misconception(
            "rows and columns swapped",
            _metrics("precision, recall = recall, precision"),
            expect="they have changed places",
        ),
        Misconception(
            "weighted mean",
            _metrics(macro="(f1 * matrix.sum(1)).sum() / matrix.sum()"),
            expect="every class counts the same",
        ),
        Misconception(
            "mean of precision and recall",
            _metrics(macro="((precision + recall) / 2).mean()"),
            expect="yours is the plain one",
        ),
        Misconception(
            "mean of the recalls", _metrics(accuracy="recall.mean()"), expect=("the mean of the recalls")
        ),
        Misconception(
            "F1 of the means",
            _metrics(macro="2 * precision.mean() * recall.mean() / (precision.mean() + recall.mean())"),
            expect="the other way round",
        ),
        Misconception(
            "micro is not pooled", _metrics(micro="f1.mean()"), expect=("one false alarm and one miss")
        ),
    ),
)

# ---------------------------------------------------------------------------------------------- ranks


def _auc_inputs(rng: np.random.Generator) -> dict[str, Any]:
    cases = []
    for ties in rng.permutation([False, False, True, True]).tolist():
        while True:
            n = int(rng.integers(20, 40))
            labels = (rng.random(n) < 0.4).astype(int)
            scores = rng.normal(0, 1, n) + labels
            scores = np.round(scores) if ties else np.round(scores, 3)
            if not 3 <= labels.sum() <= n - 3 or (not ties and len(set(scores)) < n):
                continue
            right, loose, strict = _auc(labels, scores), _auc(labels, scores, 1.0), _auc(labels, scores, 0.0)
            at_half = ((scores > 0.5) == labels).mean()
            # Who sorts and lets the sorting decide about ties must not be right by luck.
            sorted_ways = [np.argsort(scores, kind=kind) for kind in ("quicksort", "stable")]
            sorted_ways.append(np.argsort(-scores, kind="stable")[::-1])
            by_place = [_auc(labels, np.argsort(order)) for order in sorted_ways]
            if ties and min(abs(value - right) for value in by_place) < 0.01:
                continue
            if 0.6 < right < 0.93 and abs(right - at_half) > 0.02 and (not ties or loose - strict > 0.08):
                cases.append({"labels": labels, "scores": scores, "ties": ties})
                break
    return {"cases": cases}


def _auc(labels: np.ndarray, scores: np.ndarray, tie: float = 0.5) -> float:
    yes, no = scores[labels == 1][:, None], scores[labels == 0][None]
    return float(((yes > no) + tie * (yes == no)).mean())


def _auc_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    return {
        "found": [
            plain_number(answer(np.asarray(c["labels"]).copy(), np.asarray(c["scores"], "float64").copy()))
            for c in inputs["cases"]
        ]
    }


def _auc_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    parts: dict[bool, Finding] = {}
    for case, got in zip(inputs["cases"], observed["found"], strict=True):
        ties = bool(case["ties"])
        if parts.get(ties, good("")).passed:  # right for both, or the first that is not
            parts[ties] = _judge_auc(got, case, ties)
    return verdict(parts[False], parts[True])


def _judge_auc(got: Any, case: dict[str, Any], ties: bool) -> Finding:
    labels, scores = np.asarray(case["labels"]), np.asarray(case["scores"])
    said = f"For scores {'with' if ties else 'without'} ties you give {_say(got)}."
    right, at_half = _auc(labels, scores), (scores > 0.5) == labels
    name: str | None = None
    if close(got, right, 1e-6):
        return good("With ties: right." if ties else "Without ties: right.")
    if close(got, 1 - right, 1e-6):
        why, name = "You count the pairs in which the no is ahead.", "upside down"
    elif ties and close(got, _auc(labels, scores, 0.0), 1e-6):
        why = "Pairs with equal scores count as lost. Nobody can tell them apart: they are worth one half."
        name = "ties lost"
    elif ties and close(got, _auc(labels, scores, 1.0), 1e-6):
        why = "Pairs with equal scores count as won. Then a model that says the same of all would be perfect."
        name = "ties won"
    elif close(got, float(at_half.mean()), 1e-6):
        why = "That is the accuracy at a threshold of one half. The AUC has no threshold."
        name = "accuracy at a threshold"
    elif close(got, float((at_half[labels == 1].mean() + at_half[labels == 0].mean()) / 2), 1e-6):
        why = "That is the area under one point of the curve, at a threshold of one half. The AUC has no"
        why, name = f"{why} threshold.", "one threshold"
    elif close(got, 2 * right - 1, 1e-6):
        why = "That is how far the pairs won exceed the pairs lost. Count the share that is won."
        name = "won less lost"
    else:
        why = "It should be the share of pairs, a yes and a no, in which the yes has the higher score."
        if ties:
            why += " A pair with equal scores is worth one half, wherever it stands in your sorting."
        if isinstance(got, float) and got > 1:
            why += " Yours is a count, not a share."
    return Finding(False, f"{said} {why}", name)


_AUC = """
import numpy as np

def auc(labels, scores):
    yes, no = scores[labels == 1][:, None], scores[labels == 0]
    return {body}
"""

AUC = Exercise(
    id="ch07-auc",
    title="AUC by ranks",
    points=2,
    answer="auc",
    inputs=_auc_inputs,
    probe=_auc_probe,
    judge=_auc_judge,
    solved_by=("tlcourse.evaluation.scores.report",),
    hints=(
        "Take every pair of a yes and a no. In how many has the yes the higher score?",
        "`yes[:, None] > no` compares all with all. What about equal scores?",
        "`((yes[:, None] > no) + 0.5 * (yes[:, None] == no)).mean()`.",
    ),
    misconceptions=(
        Misconception("ties lost", _AUC.replace("{body}", "(yes > no).mean()"), expect="count as lost"),
        Misconception("ties won", _AUC.replace("{body}", "(yes >= no).mean()"), expect="count as won"),
        Misconception(
            "upside down",
            _AUC.replace("{body}", "((yes < no) + 0.5 * (yes == no)).mean()"),
            expect="in which the no is ahead",
        ),
        Misconception(
            "accuracy at a threshold",
            _AUC.replace("{body}", "((scores > 0.5) == labels).mean()"),
            expect="The AUC has no threshold",
        ),
    ),
)

# ------------------------------------------------------------------------------------------ thresholds


def _cost(y: np.ndarray, s: np.ndarray, t: float, missed: float, alarm: float) -> float:
    yes = s >= t
    return float((missed * ((y == 1) & ~yes) + alarm * ((y == 0) & yes)).sum())


def _tried(s: np.ndarray) -> np.ndarray:
    return np.append(np.unique(s), s.max() + 1)


def _threshold_inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Three classifiers: a miss costs more, and a false alarm costs more, in an order from the seed."""
    dear = rng.permutation(["miss", "alarm", str(rng.choice(["miss", "alarm"]))])
    return {"cases": [_screening(rng, str(kind)) for kind in dear]}


def _screening(rng: np.random.Generator, dear: str) -> dict[str, Any]:
    while True:
        n = int(rng.integers(40, 60))
        labels = (rng.random(n) < (0.3 if dear == "miss" else 0.6)).astype(int)
        # Scores are no probabilities: where the costs have their best threshold is to be found out.
        scores = np.clip(rng.normal(rng.uniform(0.25, 0.5) + 0.25 * labels, 0.18), 0.01, 0.99).round(4)
        costs = float(rng.choice([6, 8, 10, 12])), float(rng.choice([1, 2]))
        missed, alarm = costs if dear == "miss" else costs[::-1]
        if len(set(scores)) < n or not 6 <= labels.sum() <= n - 6:
            continue
        best = min(_cost(labels, scores, t, missed, alarm) for t in _tried(scores))
        others = [
            0.5,
            min(_tried(scores), key=lambda t: _cost(labels, scores, t, 1.0, 1.0)),
            min(_tried(scores), key=lambda t: _cost(labels, scores, t, alarm, missed)),
            scores.min(),
            scores.max(),
            scores.max() + 1,
            alarm / (alarm + missed),
            missed / (alarm + missed),
        ]
        even = min(_cost(labels, scores, t, 1.0, 1.0) for t in _tried(scores))
        turned = min(_cost(labels, scores, t, alarm, missed) for t in _tried(scores))
        # What makes the fewest mistakes may not be the cheapest with the costs swapped.
        told = all(
            _cost(labels, scores, t, alarm, missed) > turned
            for t in _tried(scores)
            if _cost(labels, scores, t, 1.0, 1.0) == even
        )
        if told and all(_cost(labels, scores, t, missed, alarm) > best + 0.9 for t in others):
            return {"labels": labels, "scores": scores, "missed": missed, "alarm": alarm}


def _threshold_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    def ask(case: dict[str, Any]) -> Any:
        labels, scores = np.asarray(case["labels"]), np.asarray(case["scores"], "float64")
        return plain_number(answer(labels.copy(), scores.copy(), case["missed"], case["alarm"]))

    return {"found": [ask(case) for case in inputs["cases"]]}


def _threshold_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    findings = [
        _judge_threshold(got, case) for got, case in zip(observed["found"], inputs["cases"], strict=True)
    ]
    wrong = [found for found in findings if not found.passed]
    if not wrong:
        return Verdict(2.0, (findings[0],))
    # The way that was taken shows itself best where it is the same wherever it failed.
    names = [found.misconception for found in wrong]
    told_best = max(
        wrong, key=lambda found: (found.misconception is not None, names.count(found.misconception))
    )
    return Verdict(0.0, (told_best,))


def _judge_threshold(got: Any, case: dict[str, Any]) -> Finding:
    y, s = np.asarray(case["labels"]), np.asarray(case["scores"])
    missed, alarm = case["missed"], case["alarm"]
    if isinstance(got, str):
        return Finding(False, f"`threshold` should give one number; yours gave {got}.")
    if np.isnan(got):
        return Finding(False, "Your threshold is nan: no score is at least that.", "not finite")
    # In single precision a threshold may miss its own score by a hair; the scores are 1e-4 apart.
    got = min((got, got - 1e-6, got + 1e-6), key=lambda t: _cost(y, s, t, missed, alarm))
    cost = _cost(y, s, got, missed, alarm)
    best = min(_cost(y, s, t, missed, alarm) for t in _tried(s))
    said = (
        f"Your threshold {show(got)} costs {show(cost)} on these pictures, where a miss costs {show(missed)}"
    )
    said += f" and a false alarm {show(alarm)}."
    if cost <= best + 1e-9:
        return good("No threshold is cheaper on these pictures.")
    even = min(_cost(y, s, t, 1.0, 1.0) for t in _tried(s))
    turned = min(_cost(y, s, t, alarm, missed) for t in _tried(s))
    name: str | None = None
    if close(got, 0.5, 2e-6):
        why, name = (
            ("One half is right when both mistakes cost the same and the scores are probabilities."),
            "one half",
        )
    elif any(close(got, cost / (alarm + missed), 3e-6) for cost in (alarm, missed)):
        why = "The share of the costs is right for probabilities. These scores are none: try them."
        name = "scores taken for probabilities"
    elif _cost(y, s, got, alarm, missed) <= turned + 1e-9:
        why, name = "It would be the cheapest if the two costs changed places.", "costs swapped"
    elif _cost(y, s, got, 1.0, 1.0) <= even + 1e-9:
        why, name = "It makes the fewest mistakes, and treats them all alike.", "fewest mistakes"
    elif got > s.max():
        why = "It is above all scores, so that everything that is there is missed."
    elif _cost(y, s, got, 1.0, 0.0) == 0:
        why, name = "Nothing is missed, whatever the false alarms cost.", "nothing missed"
    elif _cost(y, s, got, 0.0, 1.0) == 0:
        why, name = "There is no false alarm, whatever the misses cost.", "no false alarm"
    else:
        why = "There is a cheaper one: try every score as a threshold, and one above them all."
    return Finding(False, f"{said} {why}", name)


_THRESHOLD = """
import numpy as np

def threshold(labels, scores, missed, alarm):
    def cost(t):
        yes = scores >= t
        return {cost}
    return min(np.append(scores, scores.max() + 1), key=cost)
"""

THRESHOLD = Exercise(
    id="ch07-threshold",
    title="A threshold under a cost",
    points=2,
    answer="threshold",
    inputs=_threshold_inputs,
    probe=_threshold_probe,
    judge=_threshold_judge,
    solved_by=("tlcourse.evaluation.thresholds.threshold_for_cost", "tlcourse.evaluation.thresholds.cost_at"),
    hints=(
        "Write down the cost of one threshold first. Which of the two mistakes happens when you say no?",
        "Only the scores themselves need to be tried as thresholds, and one above them all.",
        "`missed * ((labels == 1) & (scores < t)).sum() + alarm * ((labels == 0) & (scores >= t)).sum()`.",
    ),
    misconceptions=(
        Misconception(
            "one half",
            """
def threshold(labels, scores, missed, alarm):
    return 0.5
""",
            expect="when both mistakes cost the same",
        ),
        Misconception(
            "fewest mistakes",
            _THRESHOLD.replace("{cost}", "((labels == 1) != yes).sum()"),
            expect="makes the fewest mistakes",
        ),
        Misconception(
            "costs swapped",
            _THRESHOLD.replace(
                "{cost}", "alarm * ((labels == 1) & ~yes).sum() + missed * ((labels == 0) & yes).sum()"
            ),
            expect="if the two costs changed places",
        ),
        Misconception(
            "nothing missed",
            """
def threshold(labels, scores, missed, alarm):
    return scores.min()
""",
            expect="Nothing is missed",
        ),
        Misconception(
            "scores taken for probabilities",
            """
def threshold(labels, scores, missed, alarm):
    return alarm / (alarm + missed)
""",
            expect="These scores are none",
        ),
    ),
)
