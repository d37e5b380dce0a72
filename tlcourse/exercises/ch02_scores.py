"""Chapter 2: a score that costs no training, and whether its order can be trusted."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from tlcourse.exercises.engine.cases import shuffled
from tlcourse.exercises.engine.judging import close, number, show, verdict
from tlcourse.exercises.engine.model import Exercise, Finding, Misconception, Verdict
from tlcourse.exercises.engine.plain import plain

__all__ = ["KNN", "RANK"]


# ----------------------------------------------------------------------------- k nearest neighbours


def _unit(x: np.ndarray) -> np.ndarray:
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def _nearness(x: np.ndarray, how: str = "cosine") -> np.ndarray:
    if how == "columns":
        x, how = x / np.linalg.norm(x, axis=0, keepdims=True), "dot"
    if how == "euclidean":
        return -((x[:, None] - x[None]) ** 2).sum(-1)
    x = _unit(x) if how == "cosine" else x
    return x @ x.T


def _knn(
    x: np.ndarray,
    y: np.ndarray,
    k: int,
    how: str = "cosine",
    *,
    start: int = 0,
    more: int = 0,
    itself: bool = False,
    farthest: bool = False,
    ties: str = "smallest",
) -> float:
    """The share of rows whose class is the one that most of their k nearest others have.

    ``start`` and ``more`` move the ends of the part of the sorted neighbours that votes.
    """
    near = _nearness(x, how)
    if not itself:
        np.fill_diagonal(near, -np.inf)
    order = np.argsort(-near, axis=1)
    if farthest:  # the row itself, at minus infinity, left out
        order = order[:, ::-1][:, 1:]
    votes = y[order[:, start : k + more]]
    counts = (votes[:, :, None] == np.arange(y.max() + 1)).sum(1)
    if ties == "largest":
        said = y.max() - counts[:, ::-1].argmax(1)
    elif ties == "nearest":
        first = np.take_along_axis(counts, votes, 1).argmax(1)  # the first vote for a class that leads
        said = votes[np.arange(len(y)), first]
    else:
        said = counts.argmax(1)
    return float((said == y).mean())


_KNN_WRONG: dict[str, dict[str, Any]] = {
    "its own neighbour": {"itself": True},
    "one too few": {"more": -1},
    "one too many": {"more": 1},
    "skips the nearest": {"start": 1, "more": 1},
    "the farthest": {"farthest": True},
    "dot product": {"how": "dot"},
    "Euclidean": {"how": "euclidean"},
    "columns for rows": {"how": "columns"},
}
_KNN_WHY = {
    "its own neighbour": "Each picture is its own nearest neighbour and votes for itself. Leave it out.",
    "one too few": "One neighbour is missing: k others vote, and the picture itself is not one of them.",
    "one too many": "One neighbour too many votes.",
    "skips the nearest": (
        "The nearest other one does not vote. You leave out the picture itself and then another."
    ),
    "the farthest": (
        "The farthest vote, not the nearest. A large similarity is near, and a sort begins with the smallest."
    ),
    "dot product": "A plain dot product favours long vectors. The cosine divides each row by its length.",
    "Euclidean": "That is the nearest by Euclidean distance. The cosine compares directions, not lengths.",
    "columns for rows": "You have divided the columns by their lengths. The rows are the pictures.",
    "per cent": "It is a number of per cent; a share from 0 to 1 was asked for.",
    "tie to the nearest": (
        "Where classes tie, you take the one that comes first among the neighbours. The task asks for the"
        " smallest number."
    ),
    "tie to the largest": "Where classes tie, you take the largest number. The task asks for the smallest.",
}


def _knn_case(rng: np.random.Generator, classes: int, k: int) -> dict[str, Any]:
    # Classes of several sizes: a share of so many rows is none of another number.
    per, width = rng.integers(12, 21, classes), int(rng.integers(6, 9))
    y = rng.permutation(np.repeat(np.arange(classes), per))
    # Rows of different lengths, so that cosine, dot product and Euclidean distance have different neighbours.
    centre = rng.normal(0, 1.0, (classes, width))
    x = (centre[y] + rng.normal(0, 1.0, (len(y), width))) * np.exp(rng.normal(0, 0.7, (len(y), 1)))
    x *= np.exp(rng.normal(0, 0.6, width))  # and columns of different scale
    return {"features": x.astype("float32"), "labels": y, "k": k}


def _told_apart(cases: list[dict[str, Any]]) -> bool:
    rights: list[float] = []
    wrongs: list[list[float]] = []
    for case in cases:
        x, y, k = np.asarray(case["features"], "float64"), case["labels"], case["k"]
        near = _nearness(x)
        np.fill_diagonal(near, -np.inf)
        ordered = np.sort(near, axis=1)
        # The last that votes and the first that does not, apart by more than float32 can blur.
        if np.min(ordered[:, -k] - ordered[:, -k - 1]) < 1e-5:
            return False
        rights.append(_knn(x, y, k))
        wrongs.append([])
        for settings in _KNN_WRONG.values():
            wrongs[-1].append(_knn(x, y, k, **settings))
            if abs(wrongs[-1][-1] - rights[-1]) < 0.01:
                return False
    table = np.array(wrongs)  # a row for each case; equal columns could not be told apart
    return len({tuple(column) for column in table.T}) == table.shape[1] and min(rights) > 0.4


def _knn_inputs(rng: np.random.Generator) -> dict[str, Any]:
    plain_ones: list[dict[str, Any]] = []
    for k in shuffled(rng, [3, 3, 5, 5]):  # two classes and an odd k: no ties
        while True:
            case = _knn_case(rng, 2, k)
            if _told_apart([case]):
                break
        plain_ones.append(case)
    while True:
        tied = _knn_case(rng, 4, 4)
        x, y, k = np.asarray(tied["features"], "float64"), tied["labels"], tied["k"]
        others = [_knn(x, y, k, ties=ties) for ties in ("nearest", "largest")]
        right = _knn(x, y, k)
        apart = min(abs(others[0] - right), abs(others[1] - right), abs(others[0] - others[1]))
        if _told_apart([tied]) and apart > 0.01:
            return {"plain": plain_ones, "tied": tied}


def _knn_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    def ask(case: dict[str, Any]) -> Any:
        x, y = np.asarray(case["features"], "float32"), np.asarray(case["labels"], "int64")
        return plain(answer(x.copy(), y.copy(), case["k"]))

    return {"plain": [ask(case) for case in inputs["plain"]], "tied": ask(inputs["tied"])}


def _knn_of(case: dict[str, Any], **settings: Any) -> float:
    x = np.asarray(case["features"], "float64")
    return _knn(x, np.asarray(case["labels"]), case["k"], **settings)


def _knn_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    cases = inputs["plain"]
    got = [number(value, "the accuracy") for value in observed["plain"]]
    rights = [_knn_of(case) for case in cases]
    tol = 1e-5
    found: dict[int, list[Finding]] = {3: [], 5: []}
    for case, value, right in zip(cases, got, rights, strict=True):
        parts = found[case["k"]]
        if close(value, right, tol):
            parts.append(Finding(True, f"With k = {case['k']} and two classes: right."))
            continue
        said = f"With k = {case['k']} and two classes you give {show(value)}."
        why = (
            "It should be the share of pictures whose class is the one that most of their k nearest others"
            " have."
        )
        if close(value, 100 * right, 100 * tol):
            parts.append(Finding(False, f"{said} {_KNN_WHY['per cent']}", "per cent"))
            continue
        match = [
            name
            for name, settings in _KNN_WRONG.items()
            if close(got, [_knn_of(each, **settings) for each in cases], tol)
        ]
        parts.append(Finding(False, f"{said} {_KNN_WHY[match[0]] if match else why}", *match[:1]))
    parts = [next((one for one in of_k if not one.passed), of_k[0]) for of_k in found.values()]
    case, value = inputs["tied"], number(observed["tied"], "the accuracy")
    said = f"With k = {case['k']} and four classes you give {show(value)}."
    if not all(part.passed for part in parts):
        last = Finding(False, f"{said} Get the cases without ties right first.")
    elif close(value, _knn_of(case), tol):
        last = Finding(True, "Where classes tie, the smallest number wins.")
    elif close(value, _knn_of(case, ties="nearest"), tol):
        last = Finding(False, f"{said} {_KNN_WHY['tie to the nearest']}", "tie to the nearest")
    elif close(value, _knn_of(case, ties="largest"), tol):
        last = Finding(False, f"{said} {_KNN_WHY['tie to the largest']}", "tie to the largest")
    else:
        why = "There, classes may have the same number of votes. Then the smallest number wins."
        last = Finding(False, f"{said} {why}")
    return verdict(*parts, last)


_KNN = """
import numpy as np

def knn_accuracy(features, labels, k):
    x = features / np.linalg.norm(features, axis=1, keepdims=True)
    near = x @ x.T
    np.fill_diagonal(near, -np.inf)
    order = np.argsort(-near, axis=1)[:, :k]
    said = [np.bincount(labels[row]).argmax() for row in order]
    return (np.array(said) == labels).mean()
"""


def _knn_source(old: str, new: str) -> str:
    assert old in _KNN
    return _KNN.replace(old, new)


KNN = Exercise(
    id="ch02-knn",
    title="The nearest neighbours vote",
    points=3,
    answer="knn_accuracy",
    inputs=_knn_inputs,
    probe=_knn_probe,
    judge=_knn_judge,
    solved_by=("tlcourse.transferability.knn_accuracy",),
    hints=(
        "Divide each row by its length. Then one matrix product gives all cosines. What stands on its"
        " diagonal?",
        "Put `-np.inf` on the diagonal (`np.fill_diagonal`), and sort each row by falling similarity:"
        " `np.argsort(-near, axis=1)`. The first k columns are the neighbours.",
        "`np.bincount(labels[row]).argmax()` is the class with the most votes in a row of neighbours, and of"
        " several the smallest.",
    ),
    misconceptions=(
        Misconception(
            "its own neighbour",
            _knn_source("    np.fill_diagonal(near, -np.inf)\n", ""),
            expect="votes for itself",
        ),
        Misconception(
            "one too few",
            _knn_source("    np.fill_diagonal(near, -np.inf)\n", "").replace("[:, :k]", "[:, 1:k]"),
            expect="One neighbour is missing",
        ),
        Misconception(
            "skips the nearest",
            _knn_source("[:, :k]", "[:, 1 : k + 1]"),
            expect="The nearest other one does not vote",
        ),
        Misconception("one too many", _knn_source("[:, :k]", "[:, :k + 1]"), expect="too many votes"),
        Misconception(
            "the farthest",
            _knn_source("-np.inf", "np.inf").replace("argsort(-near", "argsort(near"),
            expect="The farthest vote",
        ),
        Misconception(
            "dot product",
            _knn_source("features / np.linalg.norm(features, axis=1, keepdims=True)", "features"),
            expect="favours long vectors",
        ),
        Misconception(
            "Euclidean",
            _knn_source(
                "near = x @ x.T", "near = -np.linalg.norm(features[:, None] - features[None], axis=-1)"
            ),
            expect="by Euclidean distance",
        ),
        Misconception(
            "columns for rows", _knn_source("axis=1, keep", "axis=0, keep"), expect="divided the columns"
        ),
        Misconception(
            "tie to the nearest",
            """
import numpy as np
from collections import Counter

def knn_accuracy(features, labels, k):
    x = features / np.linalg.norm(features, axis=1, keepdims=True)
    near = x @ x.T
    np.fill_diagonal(near, -np.inf)
    order = np.argsort(-near, axis=1)[:, :k]
    said = [Counter(labels[row].tolist()).most_common(1)[0][0] for row in order]
    return (np.array(said) == labels).mean()
""",
            expect="comes first among the neighbours",
        ),
        Misconception(
            "per cent", _knn_source("labels).mean()", "labels).mean() * 100"), expect="a number of per cent"
        ),
    ),
)

# ---------------------------------------------------------------------------------- rank correlation


def _ranks(x: np.ndarray) -> np.ndarray:
    return np.argsort(np.argsort(x)).astype(float)


def _pearson(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a, b)[0, 1])


def _kendall(a: np.ndarray, b: np.ndarray) -> float:
    upper = np.triu_indices(len(a), 1)
    return float(np.mean(np.sign((a[:, None] - a)[upper] * (b[:, None] - b)[upper])))


def _rank_ways(scores: np.ndarray, accuracies: np.ndarray) -> dict[str, float]:
    """The right way, under its name in the judge, and the known wrong ones."""
    a, b, n = _ranks(scores), _ranks(accuracies), len(scores)
    d = a - b
    return {
        "right": _pearson(a, b),
        "values for ranks": _pearson(scores, accuracies),
        "argsort is not a rank": _pearson(
            np.argsort(scores).astype(float), np.argsort(accuracies).astype(float)
        ),
        "the sign is turned": -_pearson(a, b),
        "one side ranked": _pearson(a, accuracies),
        "the other side ranked": _pearson(scores, b),
        "pairs in order": _kendall(scores, accuracies),
        "differences not squared": 1 - 6 * float(np.abs(d).sum()) / (n * (n**2 - 1)),
        "the factor is missing": 1 - float((d**2).sum()) / (n * (n**2 - 1)),
        "the same place": float(np.mean(a == b)),
    }


_RANK_WHY = {
    "values for ranks": (
        "That is the correlation of the values themselves (Pearson's). A score on another scale, or one"
        " outlier,"
        " changes it; only the order should count."
    ),
    "argsort is not a rank": (
        "You have taken `argsort` for the rank. It says who stands in each place; the rank says in which"
        " place"
        " each one stands."
    ),
    "the sign is turned": (
        "Its sign is turned: one side is ranked from the top, the other from the bottom. A score that"
        " orders all"
        " as the accuracy does has to give 1."
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


def _rank_case(rng: np.random.Generator, sign: int) -> dict[str, Any]:
    while True:
        n = int(rng.integers(7, 16))
        quality = rng.normal(0, 1, n)
        # Scores on another scale, bent, with noise, and one far out: what a correlation of values stumbles
        # over.
        scores = np.exp(sign * quality + rng.normal(0, 0.7, n))
        scores[int(rng.integers(n))] *= 6
        scores, accuracies = scores.round(3), (0.7 + 0.06 * quality + rng.normal(0, 0.01, n)).round(4)
        if min(np.diff(np.sort(scores)).min(), np.diff(np.sort(accuracies)).min()) <= 0:
            continue
        values = np.array(list(_rank_ways(scores, accuracies).values()))
        gaps = np.abs(values[:, None] - values)[np.triu_indices(len(values), 1)]
        if gaps.min() > 0.004 and 0.3 < sign * values[0] < 0.9:
            return {"sign": sign, "scores": scores, "accuracies": accuracies}


def _rank_inputs(rng: np.random.Generator) -> dict[str, Any]:
    while True:
        # Two of each: a single correlation of so few ranks comes up again under another seed.
        cases = [_rank_case(rng, sign) for sign in shuffled(rng, [1, 1, -1, -1])]
        ways = [_rank_ways(np.asarray(case["scores"]), np.asarray(case["accuracies"])) for case in cases]
        # A wrong value that is shown for one case must not be, but for its sign, the right one of the other.
        apart = [
            abs(abs(value) - abs(other["right"])) > 0.002
            for one, other in itertools.permutations(ways, 2)
            for value in one.values()
        ]
        if all(apart):
            return {"cases": cases}


def _rank_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    return {
        "found": [
            plain(answer(np.array(case["scores"], "float64"), np.array(case["accuracies"], "float64")))
            for case in inputs["cases"]
        ]
    }


def _rank_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    told: dict[int, list[Finding]] = {1: [], -1: []}
    words = {1: "Where score and accuracy mostly agree", -1: "Where they mostly disagree"}
    for case, found in zip(inputs["cases"], observed["found"], strict=True):
        where, parts = words[case["sign"]], told[case["sign"]]
        got = number(found, "the correlation")
        ways = _rank_ways(np.asarray(case["scores"]), np.asarray(case["accuracies"]))
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
    return verdict(
        *(next((one for one in of_sign if not one.passed), of_sign[0]) for of_sign in told.values())
    )


_RANK = """
import numpy as np

def rank_correlation(scores, accuracies):
    def ranks(x):
        return np.argsort(np.argsort(x))

    return {value}
"""


def _rank_source(value: str) -> str:
    return _RANK.replace("{value}", value)


RANK = Exercise(
    id="ch02-rank",
    title="Is the order right?",
    points=2,
    answer="rank_correlation",
    inputs=_rank_inputs,
    probe=_rank_probe,
    judge=_rank_judge,
    solved_by=("tlcourse.transferability.rank_correlation",),
    hints=(
        "The rank of a value is how many are smaller. Take the ranks of both sides before you compare"
        " anything.",
        "`np.argsort(x)` says who stands in each place. To turn that round, sort once more.",
        "`ranks = np.argsort(np.argsort(x))` for both, then `np.corrcoef(a, b)[0, 1]`.",
    ),
    misconceptions=(
        Misconception(
            "values for ranks",
            _rank_source("np.corrcoef(scores, accuracies)[0, 1]"),
            expect="the correlation of the values themselves",
        ),
        Misconception(
            "argsort is not a rank",
            _rank_source("np.corrcoef(np.argsort(scores), np.argsort(accuracies))[0, 1]"),
            expect="taken `argsort` for the rank",
        ),
        Misconception(
            "the sign is turned",
            _rank_source("np.corrcoef(ranks(-scores), ranks(accuracies))[0, 1]"),
            expect="Its sign is turned",
        ),
        Misconception(
            "one side ranked",
            _rank_source("np.corrcoef(ranks(scores), accuracies)[0, 1]"),
            expect="Only the scores are ranked",
        ),
        Misconception(
            "pairs in order",
            """
import numpy as np

def rank_correlation(scores, accuracies):
    n = len(scores)
    pairs = [(i, j) for i in range(n) for j in range(i)]
    signs = [np.sign((scores[i] - scores[j]) * (accuracies[i] - accuracies[j])) for i, j in pairs]
    return np.mean(signs)
""",
            expect="pairs in the same order",
        ),
        Misconception(
            "differences not squared",
            _rank_source(
                "1 - 6 * np.abs(ranks(scores) - ranks(accuracies)).sum() / (len(scores) *"
                " (len(scores)**2 - 1))"
            ),
            expect="are not squared",
        ),
        Misconception(
            "the same place",
            _rank_source("np.mean(ranks(scores) == ranks(accuracies))"),
            expect="the same rank on both sides",
        ),
    ),
)
