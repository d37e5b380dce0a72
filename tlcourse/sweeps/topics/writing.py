"""Chapter 9: ways to choose the next token, by numbers.

``writing``: two models go on from the first :data:`BEGIN` words of reviews that neither way has seen, by each
of :data:`WAYS`; ``people`` are the reviews as they went on. PyTorch alone: Keras has no SmolLM2.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np

from tlcourse.sweeps.engine.spec import Settings, Sweep

__all__ = ["BEGIN", "COUNT", "SWEEPS", "WAYS", "words_of", "write_row"]

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


def _grid() -> list[Settings]:
    from tlcourse.sweeps.shared.writers import WRITERS

    cells = [(writer, way) for writer in WRITERS for way in WAYS] + [("people", "theirs")]
    cells.remove(("smollm2", "beams"))  # four beams of a large model take too long here
    return [{"writer": writer, "way": way, "seed": seed} for writer, way in cells for seed in SEEDS]


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
)
