"""Chapter 12: which of two clips come from one speaker, by what different networks hear.

``speech-speakers`` divides the speakers in two halves, by the seed: one to learn from, one to be asked
about. Two clips of different words are alike by the cosine of their features; the *equal error rate* is where
as many pairs of one speaker are told apart as pairs of two are taken for one. Features are standardised by
the first half (``as it comes``), or in addition projected by a linear discriminant analysis of its speakers
(``adapted``).
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.shared import vision
from tlcourse.sweeps.topics.speech import SIDE, pictures

__all__ = ["HEARD", "POOLS", "SWEEPS", "USES", "equal_error_rate", "judge_speakers"]

HEARD = ("speaker embedding", "speech embedding", "images", "log-mel")
"""Resemblyzer's; openWakeWord's; EfficientNet-Lite0's of a picture of the features; the features' mean and
deviation."""
POOLS = ("people", "synthetic")
"""Real people saying digits in 18 languages; the synthetic voices of English."""
USES = ("as it comes", "adapted")
SEEDS = (0, 1, 2, 3, 4)

Floats = npt.NDArray[np.floating[Any]]


@cache
def _clips(pool: str) -> Any:
    from tlcourse import data

    clips = data.spoken_digits()
    return clips.of(synthetic=False) if pool == "people" else clips.of(languages="en", synthetic=True)


@cache
def _features(framework: str, heard: str, pool: str) -> Floats:
    """Rows (N, D): what is heard of each clip, without what comes after its end."""
    from tlcourse import audio, training

    clips = _clips(pool)
    if heard == "speaker embedding":
        return audio.embed_speaker(clips.sounds, clips.lengths, framework=framework)
    if heard == "speech embedding":
        late = np.zeros((len(clips), 10_000), np.int16)  # the word ends a sixteenth of a second before
        for row, (sound, length) in enumerate(zip(clips.sounds, clips.lengths, strict=True)):
            late[row, 9500 - length : 9500] = sound[:length]
        return audio.embed(late).mean(axis=1)
    features = audio.log_mel(clips.sounds, framework)
    if heard == "images":
        return training.cache_features(vision.backbone(framework, SIDE), pictures(features), progress=False)
    own = np.maximum(1, 1 + (clips.lengths - audio.WINDOW) // audio.HOP)
    parts = [one[:frames] for one, frames in zip(features, own, strict=True)]
    return np.stack([np.concatenate([one.mean(axis=0), one.std(axis=0)]) for one in parts])


def equal_error_rate(same: Floats, other: Floats) -> float:
    """The share of errors at the threshold where both kinds are equally frequent.

    Parameters
    ----------
    same, other : float arrays
        Scores of pairs of one speaker, and of two; higher is more alike.

    Examples
    --------
    >>> round(equal_error_rate(np.array([0.9, 0.8, 0.4]), np.array([0.5, 0.2, 0.1])), 3)
    0.333
    """
    limits = np.unique(np.concatenate([same, other]))
    missed = np.searchsorted(np.sort(same), limits) / len(same)
    taken = 1 - np.searchsorted(np.sort(other), limits) / len(other)
    best = int(np.argmin(np.abs(missed - taken)))
    return float((missed[best] + taken[best]) / 2)


def judge_speakers(framework: str, heard: str, use: str, pool: str, seed: int) -> dict[str, float]:
    """One row of ``speech-speakers``.

    Parameters
    ----------
    framework : {"torch", "keras"}
    heard, use, pool : str
        One of :data:`HEARD`, of :data:`USES`, of :data:`POOLS`.
    seed : int
        Of the halves.

    Returns
    -------
    dict
        ``eer``: the equal error rate on the speakers that nothing was learned from.
    """
    clips, x = _clips(pool), _features(framework, heard, pool).astype(np.float64)
    names = np.random.default_rng([seed, 15]).permutation(np.unique(clips.speakers))
    known = np.isin(clips.speakers, names[: len(names) // 2])
    x = (x - x[known].mean(axis=0)) / (x[known].std(axis=0) + 1e-3 * x[known].std())
    if use == "adapted":
        from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

        found = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto")
        x = found.fit(x[known], clips.speakers[known]).transform(x)
    x = x[~known] / np.linalg.norm(x[~known], axis=1, keepdims=True)
    words, speakers, languages = (
        column[~known] for column in (clips.labels, clips.speakers, clips.languages)
    )
    one, two = np.triu_indices(len(x), 1)
    fair = (words[one] != words[two]) | (languages[one] != languages[two])
    one, two = one[fair], two[fair]
    scores, same = (x[one] * x[two]).sum(axis=1), speakers[one] == speakers[two]
    return {"eer": equal_error_rate(scores[same], scores[~same])}


def _grid(heard: tuple[str, ...], pools: tuple[str, ...], seeds: tuple[int, ...]) -> list[Settings]:
    return [
        {"heard": one, "use": use, "pool": pool, "seed": seed}
        for pool in pools
        for one in heard
        for use in USES
        for seed in seeds
    ]


_FUNCTION = "tlcourse.sweeps.topics.speakers:judge_speakers"

SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "speech-speakers",
        _FUNCTION,
        partial(_grid, HEARD, POOLS, SEEDS),
        {"eer": 0.02},
        frameworks=("torch",),
        title="Chapter 12: which clips come from one speaker, by what is heard of them",
    ),
    Sweep(
        "speech-speakers-again",
        _FUNCTION,
        partial(_grid, ("speaker embedding", "log-mel"), ("people",), SEEDS[:3]),
        {"eer": 0.02},
        frameworks=("keras",),
        title="Chapter 12: a part of speech-speakers, in Keras",
    ),
)
