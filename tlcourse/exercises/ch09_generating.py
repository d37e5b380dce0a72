"""Chapter 9: the next token's probabilities, and the perplexity of a text."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine.judging import close, plain_array, plain_number, read_array, show, verdict
from tlcourse.exercises.engine.model import (
    Exercise,
    Finding,
    Misconception,
    Verdict,
    WrongAnswerError,
    swapped,
)

__all__ = ["NEXT", "PERPLEXITY", "softmax"]


def _log_softmax(logits: np.ndarray, axis: int = -1) -> np.ndarray:
    shifted = logits - logits.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def softmax(logits: np.ndarray, axis: int = -1) -> np.ndarray:
    """Probabilities along an axis; for the judges of the chapter."""
    return np.exp(_log_softmax(logits, axis))


# -------------------------------------------------------------------------------- next probabilities


def _probabilities(case: dict[str, Any], how: str = "right") -> np.ndarray:
    logits, top_p = np.asarray(case["logits"], "float64"), case["top_p"]
    scaled = logits * case["temperature"] if how == "times the temperature" else logits / case["temperature"]
    if how == "no temperature":
        scaled = logits
    p = softmax(scaled)
    if how == "everything kept":
        return p
    order = np.argsort(-p)
    if how == "each above top_p":
        kept = p >= top_p
        return np.where(kept, p, 0) / max(p[kept].sum(), 1e-12)
    sums = np.cumsum(p[order])
    count = int((sums < top_p - 1e-12).sum()) + 1
    if how == "one too few":
        count = max(count - 1, 1)
    if how == "one too many":
        count = min(count + 1, len(p))
    chosen = np.zeros_like(p)
    chosen[order[:count]] = p[order[:count]]
    return chosen if how == "does not add up" else chosen / chosen.sum()


_NEXT_WHY = {
    "times the temperature": (
        "You multiply by the temperature. Divide: a high temperature brings the probabilities nearer to one"
        " another."
    ),
    "no temperature": (
        "The temperature changes nothing. Divide the logits by it, before the softmax; of probabilities,"
        " bringing the sum back to 1 undoes it."
    ),
    "everything kept": "Every token is still possible. `top_p` has to leave the improbable ones out.",
    "each above top_p": (
        "You compare each probability with `top_p`. It is their sum, from the most probable down, that has to"
        " reach it."
    ),
    "one too few": "One token too few is kept: the one with which the sum reaches `top_p` belongs to them.",
    "one too many": "One token too many is kept: stop with the one with which the sum reaches `top_p`.",
    "does not add up": "What is kept does not add up to 1. Divide by its sum.",
}


def _next_inputs(rng: np.random.Generator) -> dict[str, Any]:
    def logits(count: int) -> np.ndarray:
        return rng.normal(0, 1.2, count).astype("float32")

    def last() -> dict[str, Any]:
        while True:
            case = {
                "logits": logits(int(rng.integers(7, 10))),
                "temperature": round(float(rng.choice([rng.uniform(0.6, 0.8), rng.uniform(1.3, 1.8)])), 2),
                "top_p": round(float(rng.uniform(0.6, 0.8)), 2),
            }
            # Far from the edge, where rounding would decide, and each way another answer.
            p = np.sort(_probabilities({**case, "top_p": 1.0}))[::-1]
            clear = np.abs(np.cumsum(p) - case["top_p"]).min() > 0.01 and p[0] < case["top_p"]
            ways = [_probabilities(case, how) for how in ("right", *_NEXT_WHY)]
            pairs = [(a, b) for n, a in enumerate(ways) for b in ways[:n]]
            if clear and all(np.abs(a - b).max() > 1e-3 for a, b in pairs):
                return case

    first = {"logits": logits(6), "temperature": round(float(rng.uniform(1.4, 2.2)), 2), "top_p": 1.0}
    return {"cases": [first, last(), last()]}


def _next_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    def ask(case: dict[str, Any]) -> Any:
        return plain_array(answer(np.array(case["logits"], "float32"), case["temperature"], case["top_p"]))

    return {"given": [ask(case) for case in inputs["cases"]]}


def _next_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    findings = []
    every = [np.asarray(value) for value in observed["given"] if isinstance(value, np.ndarray)]
    if len(every) == len(inputs["cases"]) and all((value != 0).sum() == 1 for value in every):
        why = "You always leave one token, the most probable. Then nothing is drawn, whatever `top_p` says."
        return Verdict(0.0, (Finding(False, why, "only the most probable"),))
    # A way that explains all that was cut comes before one that explains one case by chance.
    cut = [(case, value) for case, value in zip(inputs["cases"], observed["given"], strict=True)][1:]
    whys = sorted(_NEXT_WHY, key=lambda how: not all(close(v, _probabilities(c, how), 1e-4) for c, v in cut))
    titles = ("The temperature alone (`top_p` is 1)", "With `top_p`", "With `top_p`, again")
    for title, case, value in zip(titles, inputs["cases"], observed["given"], strict=True):
        got = read_array(value, "`next_probabilities`")
        right = _probabilities(case)
        if got.shape != right.shape:
            why = f"{len(right)} logits give as many probabilities; your array has the shape {got.shape}."
            findings.append(Finding(False, f"{title}: {why}", "another shape"))
            continue
        if close(got, right, 1e-4):
            findings.append(Finding(True, f"{title}: right."))
            continue
        found = next((how for how in whys if close(got, _probabilities(case, how), 1e-4)), None)
        why = (
            _NEXT_WHY[found] if found else "Temperature, softmax, keep the most probable, divide by the sum."
        )
        findings.append(Finding(False, f"{title}: {why}", *([found] if found else [])))
    return verdict(*findings)


_NEXT = """
import numpy as np

def next_probabilities(logits, temperature, top_p):
    scaled = logits / temperature
    p = np.exp(scaled - scaled.max())
    p = p / p.sum()
    order = np.argsort(-p)
    count = (np.cumsum(p[order]) < top_p).sum() + 1
    kept = np.zeros_like(p)
    kept[order[:count]] = p[order[:count]]
    return kept / kept.sum()
"""

NEXT = Exercise(
    id="ch09-next",
    title="The next token",
    points=3,
    answer="next_probabilities",
    inputs=_next_inputs,
    probe=_next_probe,
    judge=_next_judge,
    solved_by=("tlcourse.language.sampling.next_probabilities",),
    hints=(
        "First the temperature and the softmax: `logits / temperature`, exp, divide by the sum.",
        "`order = np.argsort(-p)` begins with the most probable; `np.cumsum(p[order])` is the sum so far.",
        "As many as have a sum below `top_p`, and one more, are kept. The rest becomes 0; divide by the sum.",
    ),
    misconceptions=(
        Misconception(
            "times the temperature",
            swapped(_NEXT, "logits / temperature", "logits * temperature"),
            expect="You multiply by the temperature",
        ),
        Misconception(
            "no temperature",
            swapped(
                swapped(_NEXT, "logits / temperature", "logits"),
                "p = p / p.sum()",
                "p = p / p.sum() / temperature",
            ).replace("    order =", "    p = p / p.sum()\n    order ="),
            expect="undoes it",
        ),
        Misconception(
            "everything kept",
            swapped(_NEXT, "[:count]", "[:]"),
            expect="Every token is still possible",
        ),
        Misconception(
            "each above top_p",
            swapped(_NEXT, "(np.cumsum(p[order]) < top_p).sum() + 1", "(p >= top_p).sum()").replace(
                "    return kept / kept.sum()", "    return kept / max(kept.sum(), 1e-12)"
            ),
            expect="You compare each probability",
        ),
        Misconception("one too few", swapped(_NEXT, ".sum() + 1", ".sum()"), expect="One token too few"),
        Misconception(
            "does not add up", swapped(_NEXT, "kept / kept.sum()", "kept"), expect="Divide by its sum"
        ),
    ),
)


# ---------------------------------------------------------------------------------------- perplexity


def _perplexity(case: dict[str, Any], how: str = "right") -> float:
    logs = _log_softmax(np.asarray(case["logits"], "float64"))
    tokens = np.asarray(case["tokens"])
    rows = np.arange(len(tokens) - 1)
    said = logs[rows, tokens[1:]]
    if how == "not moved":
        said = logs[np.arange(len(tokens)), tokens]
    if how == "moved the wrong way":
        said = logs[rows + 1, tokens[:-1]]
    if how == "the loss":
        return float(-said.mean())
    if how == "a power of two":
        return float(2 ** -said.mean())
    if how == "a sum":
        return float(np.exp(-said.sum()))
    if how == "the mean of the probabilities":
        return float(1 / np.exp(said).mean())
    if how == "turned over":
        return float(np.exp(said.mean()))
    if how == "divided by all":
        return float(np.exp(-said.sum() / len(tokens)))
    return float(np.exp(-said.mean()))


_PERPLEXITY_WHY = {
    "not moved": (
        "You ask the logits of a place for the token of that place. They are for the token after it:"
        " `logits[:-1]` and `tokens[1:]`."
    ),
    "moved the wrong way": (
        "You ask the logits for the token before. A place's logits are for the token after it: `logits[:-1]`"
        " and `tokens[1:]`."
    ),
    "the loss": "That is the mean loss, in nats. Perplexity is its exponential.",
    "a power of two": "You take a power of 2, and the logarithm was the natural one. Take e: `np.exp`.",
    "a sum": "You add up the losses. Then a long text is always worse: take their mean.",
    "the mean of the probabilities": (
        "You take the mean of the probabilities. One certain word would hide a hopeless one: take the mean"
        " of the logarithms."
    ),
    "turned over": "Your number is below 1: the sign is missing. The loss is minus the logarithm.",
    "divided by all": "You divide by the number of tokens. The first is not told by anything: one fewer.",
}


def _perplexity_inputs(rng: np.random.Generator) -> dict[str, Any]:
    def case(sure: bool) -> dict[str, Any]:
        while True:
            count, words = int(rng.integers(5, 9)), int(rng.integers(6, 12))
            tokens = rng.integers(0, words, count)
            logits = rng.normal(0, 1.5, (count, words))
            if sure:  # a model that knows the text
                logits[np.arange(count - 1), tokens[1:]] += 3
            drawn = {"logits": logits.astype("float32"), "tokens": tokens}
            ways = [_perplexity(drawn, how) for how in ("right", *_PERPLEXITY_WHY)]
            if all(abs(a - b) > 0.02 * abs(a) for n, a in enumerate(ways) for b in ways[:n]):
                return drawn

    return {"cases": [case(False), case(True)]}


def _perplexity_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    def ask(case: dict[str, Any]) -> Any:
        return plain_number(answer(np.array(case["logits"], "float32"), np.array(case["tokens"], "int64")))

    return {"numbers": [ask(case) for case in inputs["cases"]]}


def _perplexity_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    findings = []
    titles = ("A model that guesses", "A model that knows the text")
    for title, case, got in zip(titles, inputs["cases"], observed["numbers"], strict=True):
        if isinstance(got, str):
            raise WrongAnswerError(
                f"`perplexity_of` should give one number; yours gave {got}.", "not a number"
            )
        right = _perplexity(case)
        if close(got, right, 2e-4 * right):
            findings.append(Finding(True, f"{title}: right."))
            continue
        found = next(
            (
                how
                for how in _PERPLEXITY_WHY
                if close(got, _perplexity(case, how), 2e-3 * abs(_perplexity(case, how)))
            ),
            None,
        )
        why = _PERPLEXITY_WHY[found] if found else "The exponential of the mean of -log p of each next token."
        findings.append(Finding(False, f"{title}: {show(got, 2)}. {why}", *([found] if found else [])))
    return verdict(*findings)


_PERPLEXITY = """
import numpy as np

def perplexity_of(logits, tokens):
    said, told = logits[:-1], tokens[1:]
    p = np.exp(said - said.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    return np.exp(-np.log(p[np.arange(len(told)), told]).mean())
"""

PERPLEXITY = Exercise(
    id="ch09-perplexity",
    title="Perplexity",
    points=2,
    answer="perplexity_of",
    inputs=_perplexity_inputs,
    probe=_perplexity_probe,
    judge=_perplexity_judge,
    solved_by=(
        "tlcourse.language.sampling.perplexity",
        "tlcourse.sweeps.topics.task_head._own_loss",
    ),
    hints=(
        "The logits of a place are for the token after it. So the last row has no token, and the first token"
        " no row.",
        "A softmax over each row, then the probability of the token that came:"
        " `p[np.arange(len(told)), told]`.",
        "`np.exp(-np.log(...).mean())`.",
    ),
    misconceptions=(
        Misconception(
            "not moved",
            swapped(_PERPLEXITY, "logits[:-1], tokens[1:]", "logits, tokens"),
            expect="for the token of that place",
        ),
        Misconception(
            "moved the wrong way",
            swapped(_PERPLEXITY, "logits[:-1], tokens[1:]", "logits[1:], tokens[:-1]"),
            expect="for the token before",
        ),
        Misconception(
            "the loss",
            swapped(
                _PERPLEXITY,
                "np.exp(-np.log(p[np.arange(len(told)), told]).mean())",
                "-np.log(p[np.arange(len(told)), told]).mean()",
            ),
            expect="Perplexity is its exponential",
        ),
        Misconception(
            "a power of two", swapped(_PERPLEXITY, "np.exp(-np.log", "2 ** (-np.log"), expect="a power of 2"
        ),
        Misconception("a sum", swapped(_PERPLEXITY, ".mean())", ".sum())"), expect="You add up the losses"),
        Misconception(
            "the mean of the probabilities",
            swapped(
                _PERPLEXITY,
                "np.exp(-np.log(p[np.arange(len(told)), told]).mean())",
                "1 / p[np.arange(len(told)), told].mean()",
            ),
            expect="the mean of the probabilities",
        ),
        Misconception("turned over", swapped(_PERPLEXITY, "-np.log", "np.log"), expect="the sign is missing"),
    ),
)
