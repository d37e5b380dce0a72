"""Chapter 9: attention that leaves padding out, search by meaning, and a summary made of sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tlcourse.exercises.ch09_generating import softmax
from tlcourse.exercises.engine.judging import close, plain_array, read_array, score, show, verdict
from tlcourse.exercises.engine.model import (
    Exercise,
    Finding,
    Misconception,
    Verdict,
    WrongAnswerError,
    swapped,
)

__all__ = ["ATTENTION", "SEARCH", "SUMMARY"]


# ----------------------------------------------------------------------------------------- attention


def _attend(case: dict[str, Any], how: str = "right") -> np.ndarray:
    query, key, value = (np.asarray(case[name], "float64") for name in ("query", "key", "value"))
    allowed = (np.asarray(case["tokens"]) != 0)[:, None, :]
    scores = query @ key.transpose(0, 2, 1)
    if how != "not scaled":
        scores = scores / (query.shape[2] if how == "divided by D" else query.shape[2] ** 0.5)
    if how == "nought in place of nothing":
        scores = np.where(allowed, scores, 0)
    elif how not in ("padding attended", "masked afterwards"):
        scores = np.where(allowed, scores, -1e9)
    weights = softmax(scores, 1 if how == "over the queries" else -1)
    if how == "masked afterwards":
        weights = weights * allowed
    return weights @ (key if how == "reads the keys" else value)


_ATTEND_WHY = {
    "padding attended": (
        "words attend to padding. The mask belongs to the keys, the last axis of the scores, and has to act"
        " before the softmax."
    ),
    "nought in place of nothing": (
        "you set the scores of padding to 0, and exp(0) is 1: padding still counts. Set them to something"
        " very negative."
    ),
    "masked afterwards": (
        "you mask after the softmax. Then the weights of the words no longer add up to 1. Mask the scores."
    ),
    "not scaled": "the scores are not divided by the root of D. With many dimensions one word takes it all.",
    "divided by D": "the scores are divided by D. It is the root of D that keeps their spread at 1.",
    "over the queries": (
        "your softmax runs over the queries. For each query the weights of the keys add up to 1: the last"
        " axis."
    ),
    "reads the keys": "you take the mean of the keys. The keys say where to look; what is read is `value`.",
}


def _attention_inputs(rng: np.random.Generator) -> dict[str, Any]:
    def case(padded: bool) -> dict[str, Any]:
        count, length, width = 3, int(rng.integers(4, 7)), int(rng.integers(3, 6))
        tokens = rng.integers(5, 90, (count, length))
        if padded:
            lengths = np.array([length, 2, 1])
            tokens[np.arange(length) >= lengths[:, None]] = 0
        arrays = {
            name: rng.normal(0, 1.3, (count, length, width)).astype("float32") for name in ("query", "key")
        }
        arrays["value"] = rng.normal(0.5, 1, (count, length, width)).astype("float32")
        return {**arrays, "tokens": tokens}

    return {"cases": [case(False), case(True)]}


def _attention_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    def ask(case: dict[str, Any]) -> Any:
        arrays = [np.array(case[name], "float32") for name in ("query", "key", "value")]
        return plain_array(answer(*arrays, np.array(case["tokens"], "int64")))

    return {"read": [ask(case) for case in inputs["cases"]]}


def _attention_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    findings = []
    titles = ("Texts without padding", "Texts with padding")
    for title, case, value in zip(titles, inputs["cases"], observed["read"], strict=True):
        right = _attend(case)
        got = read_array(value, "`attention`")
        if got.shape != right.shape:
            why = f"{title}: for vectors {right.shape} your array has the shape {got.shape}; it is the same."
            findings.append(Finding(False, why, "another shape"))
            continue
        # What a padded place reads is nobody's business: it is in no mean.
        real = np.asarray(case["tokens"]) != 0
        if not np.isfinite(got[real]).all():
            why = f"{title}: some numbers are not finite. Does a softmax divide by nought, or overflow?"
            findings.append(Finding(False, why, "not finite"))
            continue
        if close(got[real], right[real], 1e-4):
            findings.append(Finding(True, f"{title}: right."))
            continue
        found = next((how for how in _ATTEND_WHY if close(got[real], _attend(case, how)[real], 1e-4)), None)
        why = _ATTEND_WHY[found] if found else "scores, scale, mask, softmax, then the mean of the values."
        findings.append(Finding(False, f"{title}: {why}", *([found] if found else [])))
    return score((1, findings[0]), (2, findings[1]))


_ATTENTION = """
import numpy as np

def attention(query, key, value, tokens):
    scores = query @ key.transpose(0, 2, 1) / np.sqrt(query.shape[2])
    scores = np.where((tokens != 0)[:, None, :], scores, -1e9)
    weights = np.exp(scores - scores.max(axis=2, keepdims=True))
    weights = weights / weights.sum(axis=2, keepdims=True)
    return weights @ value
"""

ATTENTION = Exercise(
    id="ch09-attention",
    title="Attention that leaves padding out",
    points=3,
    answer="attention",
    inputs=_attention_inputs,
    probe=_attention_probe,
    judge=_attention_judge,
    solved_by=("tlcourse.language.attention._keras.attend",),
    hints=(
        "`query @ key.transpose(0, 2, 1)` gives a score for each pair of places, (N, L, L): row the query,"
        " column the key.",
        "Divide by the root of D. `(tokens != 0)[:, None, :]` is True where a key is a word: put -1e9 into"
        " the other columns with `np.where`.",
        "Softmax over the last axis: exp, then divide by the sum over axis 2, with keepdims=True. Then"
        " `weights @ value`.",
    ),
    misconceptions=(
        Misconception(
            "padding attended",
            swapped(_ATTENTION, "    scores = np.where((tokens != 0)[:, None, :], scores, -1e9)\n", ""),
            expect="words attend to padding",
        ),
        Misconception(
            "nought in place of nothing",
            swapped(_ATTENTION, "scores, -1e9", "scores, 0"),
            expect="exp(0) is 1",
        ),
        Misconception(
            "masked afterwards",
            swapped(
                swapped(_ATTENTION, "    scores = np.where((tokens != 0)[:, None, :], scores, -1e9)\n", ""),
                "    return weights @ value",
                "    return (weights * (tokens != 0)[:, None, :]) @ value",
            ),
            expect="you mask after the softmax",
        ),
        Misconception(
            "not scaled", swapped(_ATTENTION, " / np.sqrt(query.shape[2])", ""), expect="the root of D"
        ),
        Misconception(
            "divided by D",
            swapped(_ATTENTION, "np.sqrt(query.shape[2])", "query.shape[2]"),
            expect="are divided by D",
        ),
        Misconception(
            "over the queries",
            swapped(_ATTENTION, "axis=2", "axis=1"),
            expect="your softmax runs over the queries",
        ),
        Misconception(
            "reads the keys",
            swapped(_ATTENTION, "weights @ value", "weights @ key"),
            expect="the mean of the keys",
        ),
    ),
)


# -------------------------------------------------------------------------------------------- search


def _ranked(case: dict[str, Any], how: str = "right") -> list[int]:
    query, texts = (np.asarray(case[name], "float64") for name in ("query", "texts"))
    if how == "the distance":
        scores = -np.linalg.norm(texts - query, axis=1)
    else:
        scores = texts @ query
        if how != "dot product":
            scores = scores / np.linalg.norm(texts, axis=1)
    order = np.argsort(scores)
    if how == "worst of all":
        return [int(row) for row in order[: case["k"]]]
    best = order[-case["k"] :]
    return [int(row) for row in (best if how == "worst first" else best[::-1])]


_SEARCH_WHY = {
    "worst first": "These are the right texts, the worst of them first. Begin with the nearest.",
    "worst of all": "These are the texts that are farthest away. The nearest have the largest cosine.",
    "dot product": (
        "That is the order of the plain products, which long vectors win. The cosine divides by the length"
        " of each text's vector."
    ),
    "the distance": (
        "That is the order of the distances between the points. The cosine looks at the direction alone:"
        " divide the vectors by their lengths."
    ),
}


def _search_inputs(rng: np.random.Generator) -> dict[str, Any]:
    def case() -> dict[str, Any]:
        while True:
            count, width, k = int(rng.integers(12, 20)), int(rng.integers(4, 7)), int(rng.integers(3, 7))
            query = rng.normal(0, 1, width)
            texts = rng.normal(0, 1, (count, width)) + 0.4 * query
            texts *= rng.uniform(0.3, 3, (count, 1))
            drawn = {"query": query.astype("float32"), "texts": texts.astype("float32"), "k": k}
            cosines = np.sort(texts @ query / np.linalg.norm(texts, axis=1))
            ways = [_ranked(drawn, how) for how in ("right", *_SEARCH_WHY)]
            # Each way must give another list, and no two texts may be equally near.
            if len({tuple(way) for way in ways}) == len(ways) and np.diff(cosines).min() > 3e-4:
                return drawn

    return {"cases": [case(), case()]}


def _search_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    def ask(case: dict[str, Any]) -> Any:
        arrays = [np.array(case[name], "float32") for name in ("query", "texts")]
        return plain_array(answer(*arrays, case["k"]))

    return {"rows": [ask(case) for case in inputs["cases"]]}


def _rows(value: Any, who: str, count: int, wanted: int) -> list[int]:
    """Numbers of rows that a learner gave, for a judge."""
    got = read_array(value, who)
    if got.ndim != 1 or not np.isfinite(got).all() or (got != np.round(got)).any():
        raise WrongAnswerError(
            f"Numbers of rows were asked for, and {who} gives {show(got, 2)}. Scores become rows by"
            " `np.argsort`.",
            "scores in place of rows",
        )
    if len(got) != wanted:
        raise WrongAnswerError(f"{wanted} rows were asked for, and {who} gives {len(got)}.", "not so many")
    if (got < -count).any() or (got >= count).any():
        raise WrongAnswerError(
            f"{who} gives {show(got, 2)}, and there are rows 0 to {count - 1}.", "no such row"
        )
    return [int(row) % count for row in got]


def _judge_rows(
    observed: dict[str, Any],
    cases: list[dict[str, Any]],
    chosen: Callable[..., list[int]],
    whys: dict[str, str],
    words: dict[str, str],
) -> Verdict:
    """Rows that were chosen by vectors, against ``chosen(case)`` and the known wrong ways to choose.

    ``words``: "who" gives the rows, of which array ("of"), the "title" of a case, what is "right", and what
    to say of rows that no known way gives ("else").
    """
    findings = []
    for number, (case, value) in enumerate(zip(cases, observed["rows"], strict=True), 1):
        title = f"{words['title']} {number}:"
        got = _rows(value, words["who"], len(case[words["of"]]), case["k"])
        if got == chosen(case):
            findings.append(Finding(True, f"{title} {words['right']}"))
            continue
        found = next((how for how in whys if got == chosen(case, how)), None)
        why = whys[found] if found else words["else"]
        findings.append(Finding(False, f"{title} {show(got)}. {why}", *([found] if found else [])))
    return verdict(*findings)


def _search_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    words = {
        "who": "`search`",
        "of": "texts",
        "title": "Query",
        "right": "the nearest texts, best first.",
        "else": "They are not the texts with the largest cosines.",
    }
    return _judge_rows(observed, inputs["cases"], _ranked, _SEARCH_WHY, words)


_SEARCH = """
import numpy as np

def search(query, texts, k):
    cosines = texts @ query / (np.linalg.norm(texts, axis=1) * np.linalg.norm(query))
    return np.argsort(-cosines)[:k]
"""

SEARCH = Exercise(
    id="ch09-search",
    title="Search by meaning",
    points=2,
    answer="search",
    inputs=_search_inputs,
    probe=_search_probe,
    judge=_search_judge,
    solved_by=("tlcourse.language.search.search", "tlcourse.embeddings.vectors.WordVectors.nearest"),
    hints=(
        "`texts @ query` is a product with each text. A cosine divides it by the lengths of both vectors.",
        "`np.linalg.norm(texts, axis=1)` has the length of each text's vector. The query's is the same for"
        " all, so it changes no order.",
        "`np.argsort` begins with the smallest: sort the negative, and take the first `k`.",
    ),
    misconceptions=(
        Misconception(
            "worst first",
            swapped(_SEARCH, "np.argsort(-cosines)[:k]", "np.argsort(cosines)[-k:]"),
            expect="Begin with the nearest",
        ),
        Misconception(
            "worst of all", swapped(_SEARCH, "argsort(-cosines)", "argsort(cosines)"), expect="farthest away"
        ),
        Misconception(
            "dot product",
            swapped(_SEARCH, " / (np.linalg.norm(texts, axis=1) * np.linalg.norm(query))", ""),
            expect="which long vectors win",
        ),
        Misconception(
            "the distance",
            """
import numpy as np

def search(query, texts, k):
    return np.argsort(np.linalg.norm(texts - query, axis=1))[:k]
""",
            expect="the distances between the points",
        ),
        Misconception(
            "scores in place of rows",
            swapped(_SEARCH, "np.argsort(-cosines)[:k]", "np.sort(cosines)[::-1][:k]"),
            expect="Numbers of rows were asked for",
        ),
        Misconception(
            "not so many", swapped(_SEARCH, "[:k]", ""), expect="rows were asked for, and `search` gives"
        ),
    ),
)


# ------------------------------------------------------------------------------------------- summary


def _summary(case: dict[str, Any], how: str = "right") -> list[int]:
    vectors, k = np.asarray(case["vectors"], "float64"), case["k"]
    if how == "the first ones":
        return list(range(k))
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    read = vectors if how == "long vectors decide" else units
    scores = read @ read.mean(axis=0)
    if how == "the odd ones out":
        scores = -scores
    order = np.argsort(-scores)[:k]
    return [int(row) for row in (order if how == "by score" else np.sort(order))]


_SUMMARY_WHY = {
    "by score": (
        "These are the right sentences, in the order of their scores. A summary is read: keep the order of"
        " the text."
    ),
    "the first ones": (
        "These are the first sentences. That is the baseline that a summary has to beat; choose by the"
        " vectors."
    ),
    "long vectors decide": (
        "That is what the vectors give as they are. A sentence with a long vector pulls the mean, and wins"
        " the product: bring each to length 1 first."
    ),
    "the odd ones out": "These are the sentences least like the whole. Take those with the largest cosine.",
}


def _summary_inputs(rng: np.random.Generator) -> dict[str, Any]:
    def case() -> dict[str, Any]:
        while True:
            # So many that nobody names the right sentences by chance.
            count, width, k = int(rng.integers(13, 20)), int(rng.integers(4, 7)), int(rng.integers(4, 8))
            vectors = rng.normal(0, 1, (count, width)) + 0.6 * rng.normal(0, 1, width)
            vectors *= rng.uniform(0.3, 3, (count, 1))
            drawn = {"vectors": vectors.astype("float32"), "k": k}
            units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
            scores = np.sort(units @ units.mean(axis=0))
            ways = [_summary(drawn, how) for how in ("right", *_SUMMARY_WHY)]
            if len({tuple(way) for way in ways}) == len(ways) and np.diff(scores).min() > 3e-4:
                return drawn

    return {"cases": [case(), case()]}


def _summary_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    def ask(case: dict[str, Any]) -> Any:
        return plain_array(answer(np.array(case["vectors"], "float32"), case["k"]))

    return {"rows": [ask(case) for case in inputs["cases"]]}


def _summary_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    words = {
        "who": "`summary`",
        "of": "vectors",
        "title": "Text",
        "right": "right.",
        "else": "They are not the sentences nearest to the mean of all.",
    }
    return _judge_rows(observed, inputs["cases"], _summary, _SUMMARY_WHY, words)


_SUMMARY = """
import numpy as np

def summary(vectors, k):
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = units @ units.mean(axis=0)
    return np.sort(np.argsort(-scores)[:k])
"""

SUMMARY = Exercise(
    id="ch09-summary",
    title="A summary made of sentences",
    points=2,
    answer="summary",
    inputs=_summary_inputs,
    probe=_summary_probe,
    judge=_summary_judge,
    solved_by=("tlcourse.language.summary.summarise",),
    hints=(
        "Bring each sentence's vector to length 1. The mean of them stands for the whole text.",
        "`units @ units.mean(axis=0)` is larger, the nearer a sentence is to the whole.",
        "`np.argsort(-scores)[:k]` are the best; `np.sort` brings them back into the order of the text.",
    ),
    misconceptions=(
        Misconception(
            "by score",
            swapped(_SUMMARY, "np.sort(np.argsort(-scores)[:k])", "np.argsort(-scores)[:k]"),
            expect="keep the order of the text",
        ),
        Misconception(
            "the first ones",
            "def summary(vectors, k):\n    return list(range(k))\n",
            expect="the baseline that a summary has to beat",
        ),
        Misconception(
            "long vectors decide",
            swapped(_SUMMARY, "vectors / np.linalg.norm(vectors, axis=1, keepdims=True)", "vectors"),
            expect="bring each to length 1 first",
        ),
        Misconception(
            "the odd ones out",
            swapped(_SUMMARY, "argsort(-scores)", "argsort(scores)"),
            expect="least like the whole",
        ),
        Misconception(
            "scores in place of rows",
            swapped(_SUMMARY, "np.sort(np.argsort(-scores)[:k])", "np.sort(scores)[-k:]"),
            expect="Numbers of rows were asked for",
        ),
    ),
)
