"""Chapter 8: an analogy, the parts of a word, and what a foreign domain costs."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine.judging import close, describe, plain_array, read_array, show, verdict
from tlcourse.exercises.engine.model import (
    Exercise,
    Finding,
    Misconception,
    Verdict,
    WrongAnswerError,
    swapped,
)

__all__ = ["ANALOGY", "NGRAMS", "TRANSFER"]


# ------------------------------------------------------------------------------------------ analogy

_LETTERS = "bcdfghjklmnprstvz"
_VOWELS = "aeiou"


def _name(rng: np.random.Generator) -> str:
    pairs = [_LETTERS[rng.integers(len(_LETTERS))] + _VOWELS[rng.integers(5)] for _ in range(2)]
    return "".join(pairs) + _LETTERS[rng.integers(len(_LETTERS))]


_WAYS: dict[str, dict[str, Any]] = {
    "a word of the question": {"keep": True},
    "the wrong sign": {"signs": (1, -1, 1)},
    "c taken off": {"signs": (-1, 1, -1)},
    "not of length 1": {"unit": False},
    "dot product": {"how": "dot"},
    "the farthest": {"how": "farthest"},
}
_WHY = {
    "a word of the question": (
        "That is a word of the question. The sum lies near the words that it is made of, so"
        " leave a, b and c out."
    ),
    "the wrong sign": (
        "It looks as if you take b off and add a. The way leads from a to b: b - a, and then c."
    ),
    "c taken off": "It looks as if c is taken off. The way from a to b is walked from c: b - a + c.",
    "not of length 1": (
        "That is what the vectors give as they are. Frequent words have long vectors, which then decide:"
        " divide a, b and c by their lengths first."
    ),
    "dot product": (
        "A plain dot product favours candidates with long vectors. The cosine divides by the candidate's"
        " length."
    ),
    "the farthest": "That is the word with the smallest cosine. The nearest has the largest.",
}


def _analogy(
    words: list[str],
    matrix: np.ndarray,
    question: tuple[int, ...],
    signs: tuple[int, int, int] = (-1, 1, 1),
    unit: bool = True,
    how: str = "cosine",
    keep: bool = False,
) -> tuple[str, float]:
    """The answer, and how far it is ahead of the second."""
    units = matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
    parts = (units if unit else matrix)[list(question)]
    target = signs[0] * parts[0] + signs[1] * parts[1] + signs[2] * parts[2]
    scores = (matrix if how == "dot" else units) @ target
    scores = -scores if how == "farthest" else scores
    if not keep:
        scores[list(question)] = -np.inf
    order = np.argsort(-scores)
    return words[order[0]], float(scores[order[0]] - scores[order[1]]) / float(np.linalg.norm(target))


def _analogy_inputs(rng: np.random.Generator) -> dict[str, Any]:
    while True:
        count = int(rng.integers(14, 18))
        words = sorted({_name(rng) for _ in range(3 * count)})[:count]
        matrix = rng.normal(0, 1, (len(words), 5)) * np.exp(rng.normal(0, 0.6, (len(words), 1)))
        matrix = matrix.astype("float32").astype("float64")
        questions: dict[str, tuple[int, int, int]] = {}  # by their answers: no word answers two of them
        for _ in range(400):
            a, b, c = (int(i) for i in rng.choice(len(words), 3, replace=False))
            right, ahead = _analogy(words, matrix, (a, b, c))
            wrong = [_analogy(words, matrix, (a, b, c), **settings)[0] for settings in _WAYS.values()]
            if ahead > 0.03 and right not in wrong and len(set(wrong)) >= len(wrong) - 1:
                questions.setdefault(right, (a, b, c))
            if len(questions) == 3:
                break
        asked = [
            [_analogy(words, matrix, question, **settings)[0] for question in questions.values()]
            for settings in _WAYS.values()
        ]
        if len(questions) == 3 and len({tuple(row) for row in asked}) == len(asked):
            break
    asked_for = [list(question) for question in questions.values()]
    return {"words": words, "matrix": matrix.astype("float32"), "questions": asked_for}


def _analogy_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    words, matrix = inputs["words"], np.asarray(inputs["matrix"], "float32")

    def ask(question: list[int]) -> str:
        vectors = {word: row.copy() for word, row in zip(words, matrix, strict=True)}
        said = answer(vectors, *(words[i] for i in question))
        return str(said) if isinstance(said, str) else f"?{describe(said)}"

    return {"said": [ask(question) for question in inputs["questions"]]}


def _analogy_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    words, matrix = list(inputs["words"]), np.asarray(inputs["matrix"], "float64")
    questions = [tuple(int(i) for i in question) for question in inputs["questions"]]
    said = list(observed["said"])
    everywhere = [
        name
        for name, settings in _WAYS.items()
        if said == [_analogy(words, matrix, question, **settings)[0] for question in questions]
    ]
    parts = []
    for question, word in zip(questions, said, strict=True):
        a, b, c = (words[i] for i in question)
        asked = f"{a} is to {b} as {c} is to …"
        if word == _analogy(words, matrix, question)[0]:
            parts.append(Finding(True, f"{asked} {word}: right."))
        elif word.startswith("?"):
            parts.append(
                Finding(False, f"{asked} A word was asked for, and you give {word[1:]}.", "not a word")
            )
        elif word not in words:
            parts.append(Finding(False, f"{asked} You say {show(word)}, which has no vector.", "not a word"))
        elif word in (a, b, c):
            name = "a word of the question"
            parts.append(Finding(False, f"{asked} You say {show(word)}. {_WHY[name]}", name))
        else:
            why = _WHY[everywhere[0]] if everywhere else "Another word has a larger cosine to b - a + c."
            parts.append(Finding(False, f"{asked} You say {show(word)}. {why}", *everywhere[:1]))
    return verdict(*parts)


_ANALOGY = """
import numpy as np

def analogy(vectors, a, b, c):
    unit = {word: v / np.linalg.norm(v) for word, v in vectors.items()}
    target = unit[b] - unit[a] + unit[c]
    return max((w for w in unit if w not in (a, b, c)), key=lambda w: unit[w] @ target)
"""


ANALOGY = Exercise(
    id="ch08-analogy",
    title="An analogy",
    points=3,
    answer="analogy",
    inputs=_analogy_inputs,
    probe=_analogy_probe,
    judge=_analogy_judge,
    solved_by=("tlcourse.embeddings.vectors.WordVectors.analogy",),
    hints=(
        "From a to b is a direction: b - a. Walk it from c. Which word is nearest to where you arrive?",
        "Divide every vector by its length (`v / np.linalg.norm(v)`) before you add anything."
        " Then a dot product"
        " with the sum puts the words in the order of their cosines.",
        "`max((w for w in unit if w not in (a, b, c)), key=lambda w: unit[w] @ target)`",
    ),
    misconceptions=(
        Misconception(
            "a word of the question",
            swapped(_ANALOGY, "(w for w in unit if w not in (a, b, c))", "unit"),
            expect="leave a, b and c out",
        ),
        Misconception(
            "the wrong sign",
            swapped(_ANALOGY, "unit[b] - unit[a] + unit[c]", "unit[a] - unit[b] + unit[c]"),
            expect="from a to b",
        ),
        Misconception(
            "c taken off",
            swapped(_ANALOGY, "+ unit[c]", "- unit[c]"),
            expect="It looks as if c is taken off",
        ),
        Misconception(
            "not of length 1",
            swapped(_ANALOGY, "unit[b] - unit[a] + unit[c]", "vectors[b] - vectors[a] + vectors[c]"),
            expect="divide a, b and c by their lengths",
        ),
        Misconception(
            "dot product",
            swapped(_ANALOGY, "key=lambda w: unit[w] @", "key=lambda w: vectors[w] @"),
            expect="favours candidates with long vectors",
        ),
        Misconception("the farthest", swapped(_ANALOGY, "max(", "min("), expect="the smallest cosine"),
    ),
)


# ------------------------------------------------------------------------------------- parts of a word


def _ngrams(
    word: str,
    shortest: int,
    longest: int,
    marks: bool = True,
    last: int = 1,
    lengths: str = "all",
    unique: bool = False,
) -> list[str]:
    text = f"<{word}>" if marks else word
    sizes = {
        "all": range(shortest, longest + 1),
        "not the longest": range(shortest, longest),
        "one": range(longest, longest + 1),
        "the shortest": range(shortest, shortest + 1),
    }[lengths]
    parts = [text[i : i + n] for n in sizes for i in range(len(text) - n + last)]
    return sorted(set(parts) if unique else parts)


_PARTS: dict[str, dict[str, Any]] = {
    "no marks": {"marks": False},
    "the last part is missing": {"last": 0},
    "the longest are missing": {"lengths": "not the longest"},
    "only the longest": {"lengths": "one"},
    "only the shortest": {"lengths": "the shortest"},
    "repeats forgotten": {"unique": True},
}
_PARTS_WHY = {
    "no marks": (
        "The marks are missing: `<` before the word and `>` after it. They tell a beginning or an ending from"
        " the same letters in the middle."
    ),
    "the last part is missing": "The part at the very end is missing, for every length.",
    "the longest are missing": (
        "The longest parts are missing: `longest` itself counts, and `range` stops before it."
    ),
    "only the longest": (
        "You give parts of one length. Every length from `shortest` to `longest` was asked for."
    ),
    "only the shortest": (
        "You give parts of one length. Every length from `shortest` to `longest` was asked for."
    ),
    "repeats forgotten": "A part that comes twice in the word counts twice; a set forgets that.",
}


def _ngrams_inputs(rng: np.random.Generator) -> dict[str, Any]:
    def word(count: int) -> str:
        return "".join(rng.permutation(list(_LETTERS + _VOWELS))[:count])

    syllable = word(int(rng.integers(3, 5)))
    shortest = int(rng.integers(2, 4))
    return {
        "cases": [
            [word(int(rng.integers(6, 9))), shortest, shortest + 2],
            [syllable + syllable, 2, 3],  # parts that come twice
            [word(3), 4, 7],  # shorter, with its marks, than the longest part
        ]
    }


def _ngrams_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    def ask(word: str, shortest: int, longest: int) -> Any:
        found = answer(word, shortest, longest)
        if isinstance(found, str):
            return f"?{describe(found)}"
        try:
            parts = list(found)
        except TypeError:
            return f"?{describe(found)}"
        if not all(isinstance(part, str) for part in parts):
            return f"?{describe(parts)}"
        return [str(part) for part in parts]

    return {"parts": [ask(*case) for case in inputs["cases"]]}


def _ngrams_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    cases = [(str(word), int(low), int(high)) for word, low, high in inputs["cases"]]
    got = observed["parts"]
    for value in got:
        if isinstance(value, str):
            raise WrongAnswerError(f"A list of parts was asked for, and you give {value[1:]}.", "not a list")
    everywhere = [
        name
        for name, settings in _PARTS.items()
        if all(sorted(value) == _ngrams(*case, **settings) for case, value in zip(cases, got, strict=True))
    ]
    findings = []
    for case, value in zip(cases, got, strict=True):
        word, low, high = case
        asked = f"The parts of {show(word)} from {low} to {high} letters"
        right = _ngrams(*case)
        if sorted(value) == right:
            findings.append(Finding(True, f"{asked}: right."))
            continue
        matches = [name for name, settings in _PARTS.items() if sorted(value) == _ngrams(*case, **settings)]
        name = next((m for m in (*everywhere, *matches)), None)
        why = (
            _PARTS_WHY[name]
            if name
            else "Move a window of each length over the marked word, letter by letter."
        )
        found = f"{len(value)} part{'s' * (len(value) != 1)}"
        findings.append(Finding(False, f"{asked}: you give {found}. {why}", *([name] if name else [])))
    return verdict(*findings)


_NGRAMS = """
def ngrams(word, shortest, longest):
    text = f"<{word}>"
    return [text[i:i + n] for n in range(shortest, longest + 1) for i in range(len(text) - n + 1)]
"""

NGRAMS = Exercise(
    id="ch08-subwords",
    title="The parts of a word",
    points=3,
    answer="ngrams",
    inputs=_ngrams_inputs,
    probe=_ngrams_probe,
    judge=_ngrams_judge,
    hints=(
        'Mark the word first: `f"<{word}>"`. Then think of a window of n letters that moves along.',
        "A text of L letters has L - n + 1 windows of n letters; for n larger than L there is none.",
        "`[text[i:i + n] for n in range(shortest, longest + 1) for i in range(len(text) - n + 1)]`",
    ),
    misconceptions=(
        Misconception("no marks", swapped(_NGRAMS, 'f"<{word}>"', "word"), expect="The marks are missing"),
        Misconception(
            "the last part is missing", swapped(_NGRAMS, "- n + 1)", "- n)"), expect="at the very end"
        ),
        Misconception(
            "the longest are missing",
            swapped(_NGRAMS, "range(shortest, longest + 1)", "range(shortest, longest)"),
            expect="`range` stops before it",
        ),
        Misconception(
            "only the longest",
            swapped(_NGRAMS, "range(shortest, longest + 1)", "[longest]"),
            expect="parts of one length",
        ),
        Misconception(
            "repeats forgotten",
            swapped(_NGRAMS, "return [", "return list({").replace("+ 1)]", "+ 1)})"),
            expect="a set forgets that",
        ),
    ),
)


# --------------------------------------------------------------------------- what a foreign domain costs


def _loss(accuracy: np.ndarray, how: str) -> np.ndarray:
    own = np.diag(accuracy)
    return {
        "right": own[None, :] - accuracy,
        "the source's own": own[:, None] - accuracy,
        "the wrong sign": accuracy - own[None, :],
        "from the best": accuracy.max(0)[None, :] - accuracy,
        "a ratio": accuracy / own[None, :],
        "turned": (own[None, :] - accuracy).T,
    }[how]


_LOSS_WHY = {
    "the source's own": (
        "You compare with what the source reaches at home. Domains differ in difficulty: compare with the"
        " model that was trained on the same domain that is tested, in the same column."
    ),
    "the wrong sign": (
        "The signs are turned round: a loss is what is missing, above 0 where the home model is better."
    ),
    "from the best": (
        "You compare with the best of each column. Compare with the home model, even where a foreign one is"
        " better: a negative loss says so."
    ),
    "a ratio": "You divide. A loss is a difference: so many points of accuracy.",
    "turned": "The table is turned: rows are what was trained on, columns what was tested on.",
}


def _transfer_inputs(rng: np.random.Generator) -> dict[str, Any]:
    def table(k: int) -> np.ndarray:
        while True:
            made = rng.uniform(0.5, 0.75, (k, k))
            made[np.arange(k), np.arange(k)] = rng.uniform(0.7, 0.95, k)
            j = int(rng.integers(k))  # one foreign model is better than the home model
            made[(j + 1) % k, j] = made[j, j] + rng.uniform(0.01, 0.04)
            made = made.round(3)
            others = [_loss(made, how) for how in ("the source's own", "from the best", "turned")]
            if all(np.abs(other - _loss(made, "right")).max() > 0.02 for other in others):
                return made

    return {"tables": [table(3), table(4)]}


def _transfer_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    return {"found": [plain_array(answer(np.array(table, "float64"))) for table in inputs["tables"]]}


def _transfer_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    findings = []
    for table, value in zip(inputs["tables"], observed["found"], strict=True):
        accuracy = np.asarray(table, "float64")
        k = len(accuracy)
        got = read_array(value, "`transfer_loss`")
        if got.shape != accuracy.shape:
            why = (
                f"For {k} domains a table of {k} rows and {k} columns is needed; yours has shape {got.shape}."
            )
            findings.append(Finding(False, why, "not a table"))
            continue
        if close(got, _loss(accuracy, "right"), 1e-6):
            findings.append(Finding(True, f"{k} domains: right."))
            continue
        name = next((how for how in _LOSS_WHY if close(got, _loss(accuracy, how), 1e-6)), None)
        why = (
            _LOSS_WHY[name]
            if name
            else (
                "For each source and target: the accuracy of the target's own model, less that of"
                " this source."
            )
        )
        said = f"{k} domains, the first row of yours: {show([float(v) for v in got[0]], 2)}."
        findings.append(Finding(False, f"{said} {why}", *([name] if name else [])))
    return verdict(*findings)


_TRANSFER = """
import numpy as np

def transfer_loss(accuracy):
    return np.diag(accuracy)[None, :] - accuracy
"""

TRANSFER = Exercise(
    id="ch08-transfer",
    title="What a foreign domain costs",
    points=2,
    answer="transfer_loss",
    inputs=_transfer_inputs,
    probe=_transfer_probe,
    judge=_transfer_judge,
    hints=(
        "For the column of a target, which model is at home? Its accuracy is on the diagonal.",
        "`np.diag(accuracy)` holds the home models, one for each column.",
        "Stretch it over the rows, `np.diag(accuracy)[None, :]`, and take the table off.",
    ),
    misconceptions=(
        Misconception(
            "the source's own",
            swapped(_TRANSFER, "[None, :]", "[:, None]"),
            expect="Domains differ in difficulty",
        ),
        Misconception(
            "the wrong sign",
            swapped(
                _TRANSFER, "np.diag(accuracy)[None, :] - accuracy", "accuracy - np.diag(accuracy)[None, :]"
            ),
            expect="The signs are turned round",
        ),
        Misconception(
            "from the best",
            swapped(_TRANSFER, "np.diag(accuracy)[None, :]", "accuracy.max(axis=0)"),
            expect="You compare with the best of each column",
        ),
        Misconception(
            "a ratio",
            swapped(_TRANSFER, "np.diag(accuracy)[None, :] - accuracy", "accuracy / np.diag(accuracy)"),
            expect="A loss is a difference",
        ),
    ),
)
