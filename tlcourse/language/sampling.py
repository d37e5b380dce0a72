"""Generating with a language model: from its logits to the next token; and its perplexity on a text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from tlcourse.checks import whole
from tlcourse.errors import SettingError, ShapeError, UnknownNameError
from tlcourse.probabilities import softmax

__all__ = ["STRATEGIES", "generate", "next_probabilities", "perplexity"]

_TOGETHER = 32  # pieces that the model reads at once
STRATEGIES = ("greedy", "temperature", "top-k", "top-p")


def next_probabilities(
    logits: npt.ArrayLike, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> npt.NDArray[np.float64]:
    """How probable each token is to come next.

    Parameters
    ----------
    logits : float array (V,)
    temperature : float
        The logits are divided by it: below 1 the probable become more probable; towards 0, greedy.
    top_k : int, optional
        Keep only the ``top_k`` most probable (Fan, Lewis and Dauphin 2018, arXiv:1805.04833).
    top_p : float, optional
        Only the most probable that together have at least this probability, the one that crosses it included
        (nucleus sampling: Holtzman et al. 2020, arXiv:1904.09751).

    Returns
    -------
    float64 array (V,), summing to 1

    Raises
    ------
    ShapeError
        If the logits have the wrong shape or are not finite.
    CourseError
        For settings out of their range.

    Examples
    --------
    >>> next_probabilities([2.0, 1.0, 0.0], top_k=2).round(2).tolist()
    [0.73, 0.27, 0.0]
    >>> next_probabilities([2.0, 1.0, 0.0], top_p=0.5).tolist()
    [1.0, 0.0, 0.0]
    """
    values = np.asarray(logits, np.float64)
    if values.ndim != 1 or not len(values) or not np.isfinite(values).all():
        raise ShapeError(
            f"The logits have shape {values.shape}, and they must be finite.",
            "Give those of one position, (V,).",
        )
    if not (np.isfinite(temperature) and temperature > 0):
        raise SettingError(f"temperature is {temperature!r}.", "Give a number above 0; greedy needs none.")
    if top_k is not None:
        top_k = whole("top_k", top_k, 1)
    if top_p is not None and not 0 < top_p <= 1:
        raise SettingError(f"top_p is {top_p!r}.", "Give a probability above 0, at most 1.")
    probabilities = softmax(values / temperature)
    order = np.argsort(-probabilities, kind="stable")
    count = len(values) if top_k is None else min(top_k, len(values))
    if top_p is not None:
        before = np.cumsum(probabilities[order]) - probabilities[order]
        count = min(count, int((before < top_p - 1e-12).sum()))
    chosen = np.zeros(len(values))
    chosen[order[:count]] = probabilities[order[:count]]
    return chosen / chosen.sum()


def generate(
    logits_of: Callable[[npt.NDArray[np.int64]], Any],
    start: npt.ArrayLike,
    count: int,
    *,
    strategy: str = "temperature",
    temperature: float = 1.0,
    top_k: int = 40,
    top_p: float = 0.9,
    longest: int | None = None,
    stop: int | None = None,
    seed: int = 0,
) -> npt.NDArray[np.int64]:
    """Continue a text, token by token.

    Parameters
    ----------
    logits_of : callable
        ``logits_of(tokens)``: tokens int64 (1, L) to logits (1, L, V), as `load_gpt`'s models give.
    start : int array (L,)
        The text so far, at least one token.
    count : int
        Tokens to generate, at most.
    strategy : {"greedy", "temperature", "top-k", "top-p"}
        The most probable token each time; or drawn: from all, from the ``top_k`` most probable, or from those
        that together have the probability ``top_p``, each at ``temperature``.
    longest : int, optional
        How many tokens the network can read: it sees only the last ones.
    stop : int, optional
        Generation ends with this token.
    seed : int

    Returns
    -------
    int64 array: the start and the generated tokens

    Raises
    ------
    UnknownNameError
        If the strategy is not one of these.
    SettingError, ShapeError
        For numbers out of range, an empty start.
    """
    if strategy not in STRATEGIES:
        raise UnknownNameError("strategy", strategy, STRATEGIES)
    tokens = np.asarray(start)
    if tokens.ndim != 1 or not len(tokens) or not np.issubdtype(tokens.dtype, np.integer):
        raise ShapeError(
            f"The start has shape {tokens.shape} and dtype {tokens.dtype}.",
            "Give at least one token, int (L,).",
        )
    count = whole("The number of tokens", count, 0)
    rng = np.random.default_rng(seed)
    written = [int(token) for token in tokens]
    for _ in range(count):
        shown = np.array([written[-longest:] if longest else written], np.int64)
        logits = np.asarray(logits_of(shown))[0, -1]
        if strategy == "greedy":
            token = int(np.argmax(logits))
        else:
            probabilities = next_probabilities(
                logits,
                temperature,
                top_k if strategy == "top-k" else None,
                top_p if strategy == "top-p" else None,
            )
            token = int(rng.choice(len(probabilities), p=probabilities))
        written.append(token)
        if token == stop:
            break
    return np.array(written, np.int64)


def perplexity(
    logits_of: Callable[[npt.NDArray[np.int64]], Any], tokens: npt.ArrayLike, longest: int
) -> float:
    """How many tokens, as it were, the model hesitates between at each position of a text; 1 means no doubt.

    The exponential of the mean of -log p(token | tokens before it). The text is cut into pieces of
    ``longest`` tokens, each read from nothing; the first token of each piece has nothing before it and does
    not count.

    Parameters
    ----------
    logits_of : callable
        As for `generate`, for several pieces at a time: (N, L) to (N, L, V).
    tokens : int array (T,)
        Two or more.
    longest : int
        Two or more.

    Raises
    ------
    ShapeError
        For fewer than two tokens.

    Examples
    --------
    >>> perplexity(lambda tokens: np.zeros((*tokens.shape, 8)), np.arange(20) % 8, longest=10)
    8.0
    """
    text = np.asarray(tokens, np.int64)
    if text.ndim != 1 or len(text) < 2 or longest < 2:
        raise ShapeError(
            f"There are {text.size} tokens, read {longest} at a time.",
            "Two are needed: one, and the one that follows it.",
        )
    total, count = 0.0, 0
    full = text[: len(text) // longest * longest].reshape(-1, longest)
    rest = text[full.size :]
    pieces = [full[at : at + _TOGETHER] for at in range(0, len(full), _TOGETHER)]
    for some in [*pieces, rest[None]] if len(rest) > 1 else pieces:
        logits = np.asarray(logits_of(some), np.float64)[:, :-1]
        shifted = logits - logits.max(axis=2, keepdims=True)
        of_all = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
        of_next = np.take_along_axis(of_all, some[:, 1:, None], axis=2)
        total -= float(of_next.sum())
        count += of_next.size
    return round(float(np.exp(total / count)), 12)
