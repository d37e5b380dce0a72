"""The network of English digits, a few voices of another language, and others that the judge knows."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from tlcourse.exercises.engine import frozen, gauge, plain_array

LANGUAGES = ("es", "it", "fr", "ru")
VOICES, KNOWN = 14, 5
KEPT = ("new_labels",)


@functools.cache
def _features() -> tuple[np.ndarray, Any]:
    """Log-mel features (N, 49, 32) of the synthetic digits of four languages, and their clips."""
    from tlcourse import data
    from tlcourse.audio import FLOOR, HOP, WINDOW, mel_filters

    clips = data.spoken_digits().of(languages=LANGUAGES, synthetic=True)
    x = clips.sounds.astype("float32") / 32768
    starts = np.arange(1 + (x.shape[1] - WINDOW) // HOP)[:, None] * HOP + np.arange(WINDOW)
    hann = np.sin(np.pi * np.arange(WINDOW) / WINDOW) ** 2
    power = np.stack([np.abs(np.fft.rfft(one[starts] * hann)) ** 2 @ mel_filters() for one in x])
    return ((np.log(power + FLOOR) + 2) / 3).astype("float32"), clips


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``features`` and ``labels`` of five voices, ``new_features`` and ``new_labels`` of the nine others."""
    features, clips = _features()
    language = str(rng.choice(LANGUAGES))
    voices = [f"{language} voice {number}" for number in 1 + rng.permutation(VOICES)]
    numbers = rng.permutation(10)
    made = {}
    for what, names in (("", voices[:KNOWN]), ("new_", voices[KNOWN:])):
        rows = rng.permutation(np.flatnonzero(np.isin(clips.speakers, names)))
        made[f"{what}features"] = features[rows]
        made[f"{what}labels"] = numbers[clips.labels[rows]].astype("int64")
    return made


def sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """What the answer's process gets."""
    return {name: value for name, value in inputs.items() if name not in KEPT}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``outputs``: the network's for the new clips; ``gauge``: what it was fed with."""
    from tlcourse import audio
    from tlcourse.frameworks import side

    own = side("tlcourse.audio", framework)
    model = audio.digit_network(framework=framework)
    own.load(model, audio.english_digits())
    watch = gauge.on(model, framework)
    x = inputs["features"][:, None] if framework == "torch" else inputs["features"][..., None]
    answer(model, *frozen.given(framework, x, inputs["labels"]))
    seen = watch.seen()
    new = np.ascontiguousarray(inputs["new_features"])
    return {"outputs": plain_array(own.outputs(model, new)), "gauge": seen}
