"""A table of made-up words, and three questions, whose answers tell the ways to get them wrong."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, words

WAYS: dict[str, dict[str, Any]] = {
    "a word of the question": {"keep": True},
    "the wrong sign": {"signs": (1, -1, 1)},
    "c taken off": {"signs": (-1, 1, -1)},
    "not of length 1": {"unit": False},
    "the farthest": {"farthest": True},
}


def answer_of(
    known: list[str],
    matrix: np.ndarray,
    question: tuple[int, ...],
    signs: tuple[int, int, int] = (-1, 1, 1),
    unit: bool = True,
    farthest: bool = False,
    keep: bool = False,
) -> tuple[str, float]:
    """The answer, and how far it is ahead of the second."""
    units = matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
    parts = (units if unit else matrix)[list(question)]
    target = signs[0] * parts[0] + signs[1] * parts[1] + signs[2] * parts[2]
    scores = units @ target
    scores = -scores if farthest else scores
    if not keep:
        scores[list(question)] = -np.inf
    order = np.argsort(-scores)
    return known[order[0]], float(scores[order[0]] - scores[order[1]]) / float(np.linalg.norm(target))


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``words``, ``matrix`` float32 (V, 5), ``questions``: three times the rows of a, b and c."""
    while True:
        known = words(rng, int(rng.integers(14, 18)), 2)
        matrix = rng.normal(0, 1, (len(known), 5)) * np.exp(rng.normal(0, 0.6, (len(known), 1)))
        matrix = matrix.astype("float32").astype("float64")
        questions: dict[str, tuple[int, int, int]] = {}  # by their answers: no word answers two of them
        for _ in range(400):
            a, b, c = (int(i) for i in rng.choice(len(known), 3, replace=False))
            right, ahead = answer_of(known, matrix, (a, b, c))
            wrong = [answer_of(known, matrix, (a, b, c), **settings)[0] for settings in WAYS.values()]
            if ahead > 0.03 and right not in wrong and len(set(wrong)) >= len(wrong) - 1:
                questions.setdefault(right, (a, b, c))
            if len(questions) == 3:
                break
        asked = [
            [answer_of(known, matrix, question, **settings)[0] for question in questions.values()]
            for settings in WAYS.values()
        ]
        if len(questions) == 3 and len({tuple(row) for row in asked}) == len(asked):
            break
    return {
        "words": known,
        "matrix": matrix.astype("float32"),
        "questions": [list(question) for question in questions.values()],
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``said``: a word for each question, or what came instead, behind a question mark."""
    from gensim.models import KeyedVectors

    known, said = list(inputs["words"]), []
    for question in inputs["questions"]:
        vectors = KeyedVectors(5)
        vectors.add_vectors(known, np.array(inputs["matrix"], "float32"))
        found = answer(vectors, *(known[int(i)] for i in question))
        said.append(str(found) if isinstance(found, str) else f"?{describe(found)}")
    return {"said": said}
