"""Chapter 9: ways to choose the next token, and summaries that are written, by numbers.

``writing``: two models go on from the first :data:`BEGIN` words of reviews that neither way has seen, by each
of :data:`WAYS`; ``people`` are the reviews as they went on. ``written-summaries``: one sentence about a
function of scikit-learn or SciPy, beside the line that its authors wrote. Both run in PyTorch alone, since
Keras has no SmolLM2.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from tlcourse.sweeps.engine.spec import Settings, Sweep

__all__ = ["BEGIN", "COUNT", "SWEEPS", "WAYS", "documents", "summarise_row", "words_of", "write_row"]

BEGIN = 6
COUNT = 32
"""Tokens that are added."""
TEXTS = 8
"""Texts of a row."""
WAYS: dict[str, dict[str, Any]] = {
    "greedy": {"do_sample": False},
    "beams": {"do_sample": False, "num_beams": 4},
    "penalty": {"do_sample": False, "repetition_penalty": 1.3},
    "temperature 0.7": {"do_sample": True, "temperature": 0.7, "top_k": 0},
    "temperature 1.5": {"do_sample": True, "temperature": 1.5, "top_k": 0},
    "top-k": {"do_sample": True, "top_k": 20},
    "top-p": {"do_sample": True, "top_k": 0, "top_p": 0.9},
}
DRAWN = 4
"""Functions whose documentation a row sums up."""
SUMMARISERS = ("lead", "encoder", "smollm2")
LONGEST = 50
"""Tokens of a summary."""
SEEDS = (0, 1, 2, 3, 4)


def words_of(text: str) -> list[str]:
    """Words in small letters, digits too.

    Examples
    --------
    >>> words_of("It's 2 o'clock.")
    ["it's", '2', "o'clock"]
    """
    return re.findall(r"[a-z0-9]+(?:'[a-z]+)*", text.lower())


@cache
def _reviews() -> list[str]:
    """Test sentences that are long enough, in an order drawn once."""
    from tlcourse import data

    texts = [t for t in data.rated_text("movies").split("test").texts if len(t.split()) >= BEGIN + 20]
    return [texts[row] for row in np.random.default_rng(9).permutation(len(texts))]


def write_row(framework: str, writer: str, way: str, seed: int) -> dict[str, float]:
    """One row of ``writing``.

    Parameters
    ----------
    framework : {"torch"}
    writer : str
        "small-gpt" or "smollm2"; or "people", with the way "theirs".
    way : str
        One of :data:`WAYS`.
    seed : int
        Of the reviews, and of what is drawn.

    Returns
    -------
    dict
        ``repeated``: the share of a text's runs of three words that stood in it before (mean of texts);
        ``distinct``: different pairs of words among all pairs; ``by_small_gpt``, ``by_smollm2``: perplexity
        for each word, beginning included.
    """
    from tlcourse.language import distinct, repeated
    from tlcourse.sweeps.shared import writers

    chosen = _reviews()[seed * TEXTS : (seed + 1) * TEXTS]
    begun = [" ".join(text.split()[:BEGIN]) for text in chosen]
    if writer == "people":
        texts = [" ".join(text.split()[: BEGIN + 20]) for text in chosen]
    else:
        texts = writers.written(writer, begun, COUNT, seed, **WAYS[way])
    words = [words_of(text) for text in texts]
    shortest = 16  # of each text as many words: longer ones come back to words more often
    return {
        "repeated": float(np.mean([repeated(some) for some in words])),
        "distinct": distinct([some[:shortest] for some in words]),
        "by_small_gpt": writers.surprise("small-gpt", texts),
        "by_smollm2": writers.surprise("smollm2", texts),
    }


@cache
def documents() -> list[Any]:
    """Documentation of 4 to 12 sentences, in an order drawn once.

    Sentences that stand in more than two of them are left out: SciPy puts one paragraph about batches into
    the documentation of most functions for matrices.
    """
    from tlcourse import data
    from tlcourse.language import sentences_of

    every = [(one, sentences_of(one.text)) for one in data.documented()]
    times = Counter(sentence for _, sentences in every for sentence in set(sentences))
    own = [(one, [s for s in sentences if times[s] <= 2]) for one, sentences in every]
    some = [replace(one, text=" ".join(sentences)) for one, sentences in own if 4 <= len(sentences) <= 12]
    return [some[row] for row in np.random.default_rng(0).permutation(len(some))]


def _summaries(method: str, texts: list[str]) -> list[str]:
    from tlcourse import training
    from tlcourse.language import load_encoder, load_tokenizer, sentences_of, summarise
    from tlcourse.sweeps.shared import writers

    if method == "smollm2":
        answers = writers.summarised(texts, LONGEST)
        return [(sentences_of(answer) or ["."])[0] for answer in answers]  # one was asked for
    if method == "lead":
        return [sentences_of(text)[0] for text in texts]
    tokenizer, encoder = load_tokenizer("all-MiniLM-L6-v2"), load_encoder(framework="torch")

    def vectors(sentences: Any) -> np.ndarray:
        return training.cache_features(encoder, tokenizer.encode(sentences, 48), progress=False)

    cut = [sentences_of(text) for text in texts]
    return [some[summarise(some, 1, vectors)[0]] for some in cut]


def _pairs(words: list[str]) -> list[tuple[str, str]]:
    return list(pairwise(words))


def summarise_row(framework: str, method: str, seed: int) -> dict[str, float]:
    """One row of ``written-summaries``.

    Parameters
    ----------
    framework : {"torch"}
    method : str
        "lead": the first sentence; "encoder": the one nearest to the whole; "smollm2": the first it writes.
    seed : int
        Which texts: each has others.

    Returns
    -------
    dict
        ``rouge``: ROUGE-1, F1, with the authors' own line; ``words``: of a summary; ``copied``: the share of
        its pairs of words that stand in the text. Means over the texts.
    """
    from tlcourse.language import rouge_1

    chosen = documents()[seed * DRAWN : (seed + 1) * DRAWN]
    made = _summaries(method, [one.text for one in chosen])
    rouge, copied, length = [], [], []
    for one, summary in zip(chosen, made, strict=True):
        words, there = words_of(summary) or ["."], words_of(one.text)
        pairs, known = set(_pairs(words)), set(_pairs(there))
        rouge.append(rouge_1(words, words_of(one.summary) or ["."]))
        copied.append(len(pairs & known) / max(1, len(pairs)))
        length.append(len(words))
    return {"rouge": float(np.mean(rouge)), "words": float(np.mean(length)), "copied": float(np.mean(copied))}


def _grid() -> list[Settings]:
    from tlcourse.sweeps.shared.writers import WRITERS

    cells = [(writer, way) for writer in WRITERS for way in WAYS] + [("people", "theirs")]
    return [{"writer": writer, "way": way, "seed": seed} for writer, way in cells for seed in SEEDS]


def _summaries_grid() -> list[Settings]:
    return [{"method": method, "seed": seed} for method in SUMMARISERS for seed in SEEDS]


def _cost(settings: Settings) -> float:
    """CPU seconds, roughly."""
    return {"beams": 20.0}.get(str(settings["way"]), 10.0)


def _tolerance(settings: Settings) -> float:
    """Of shares. What is drawn, or long and greedy, is another text where the rounding is another."""
    return 0.01 if settings["writer"] == "people" else 0.15


def _perplexity(settings: Settings) -> float | None:
    return 1.0 if settings["writer"] == "people" else None


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "writing",
        "tlcourse.sweeps.topics.writing:write_row",
        _grid,
        {
            "repeated": _tolerance,
            "distinct": _tolerance,
            "by_small_gpt": _perplexity,
            "by_smollm2": _perplexity,
        },
        frameworks=("torch",),
        cost=_cost,
        title="Chapter 9: ways to choose the next token, by repetition, variety and another model",
    ),
    Sweep(
        "written-summaries",
        "tlcourse.sweeps.topics.writing:summarise_row",
        _summaries_grid,
        {"rouge": 0.05, "words": 5.0, "copied": 0.1},
        frameworks=("torch",),
        cost=lambda settings: 60.0 if settings["method"] == "smollm2" else 10.0,
        title="Chapter 9: a summary in one sentence: the first, the nearest to the whole, or SmolLM2's",
    ),
)
