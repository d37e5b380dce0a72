"""Chapter 12: the network of English digits moved to Spanish, Italian, French and Russian.

``speech-digits`` trains on :data:`CLIPS`: one, three or ten synthetic voices, one real person, or ten voices
and that person, each saying every digit once. It is tested on the other real people of the language, in each
row without the person of its seed, so that all rows of a seed have the same test. The networks start from
the weights of synthetic English (``scratch``: from random ones) and train for :data:`STEPS` steps of
:data:`BATCH` clips; the controls are logistic regressions on :data:`COPIES` copies of each clip. All sides
are shifted and noisy in the same way. Rates were chosen by ``speech-digits-rates``, and the regressions'
strengths in each row, on four synthetic voices that nothing trains on: people are for the test alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.shared import linear, vision
from tlcourse.sweeps.shared.rates import chosen_rates

__all__ = [
    "BATCH",
    "CLIPS",
    "CONTROLS",
    "COPIES",
    "LANGUAGES",
    "RATES",
    "SIDE",
    "STEPS",
    "SWEEPS",
    "WAYS",
    "WIDE",
    "judge_digits",
    "pictures",
]

LANGUAGES = ("es", "it", "fr", "ru")
WAYS = {
    "scratch": (),
    "head": ("classifier",),
    "last block": ("conv3", "norm3", "classifier"),
    "all": ("conv1", "norm1", "conv2", "norm2", "conv3", "norm3", "classifier"),
}
"""The layers that are trained; empty: all, from random weights, and with BatchNorm's statistics."""
WIDE = "head, wide start"
"""In Keras alone: ``head`` from the start that Keras gives a new layer."""
CONTROLS = ("log-mel", "images", "speech embedding")
"""What a logistic regression sees: the features themselves, EfficientNet-Lite0's of a picture of them, the
speech embedding's."""
CLIPS = ("1 voice", "3 voices", "10 voices", "1 person", "10 voices, 1 person")
SEEDS = (0, 1, 2, 3, 4)
SEARCH_SEEDS = (20, 21)
RATES = (3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
STEPS, BATCH = 60, 16
COPIES = 4
STRENGTHS = (1e-4, 1e-3, 1e-2, 1e-1)
"""scikit-learn's C of the controls."""
POOL = 10
"""Synthetic voices from which training draws; the other four are for validation."""
SIDE = 96
"""Of the pictures of sound, in pixels."""
LENGTH = 10_000
"""Samples of the clips that the speech embedding hears: the word ends a sixteenth of a second before."""

Floats = npt.NDArray[np.float32]


@cache
def _language(name: str) -> Any:
    from tlcourse import data

    return data.spoken_digits().of(languages=name)


def _person(language: str, seed: int) -> str:
    """The person of a seed: of those who say all ten digits, one after the other."""
    clips = _language(language)
    names, counts = np.unique(clips.speakers[~clips.synthetic], return_counts=True)
    whole = names[counts == 10]
    return str(whole[seed % len(whole)])


def _parts(language: str, clips: str, seed: int) -> dict[str, Any]:
    """The clips for training, validation and test."""
    data, person = _language(language), _person(language, seed)
    voices = [f"{language} voice {number}" for number in range(1, 15)]
    drawn = np.random.default_rng([seed, 12]).permutation(voices[:POOL])
    wanted: list[str] = []
    if "voice" in clips:
        wanted += [str(name) for name in drawn[: int(clips.split()[0])]]
    if "person" in clips:
        wanted.append(person)
    return {
        "train": data[np.isin(data.speakers, wanted)],
        "val": data[np.isin(data.speakers, voices[POOL:])],
        "test": data[~data.synthetic & (data.speakers != person)],
    }


def _sounds(clips: Any, length: int = 0) -> Floats:
    """Samples from -1 to 1; with a length, the words end shortly before the end."""
    x = clips.sounds.astype(np.float32) / 32768
    if not length:
        return x
    late = np.zeros((len(x), length), np.float32)
    for row, samples in enumerate(clips.lengths):
        late[row, length - samples - 500 : length - 500] = x[row, :samples]
    return late


def _batches(framework: str, clips: Any, steps: int, seed: int) -> Iterator[tuple[Floats, Any]]:
    from tlcourse import audio

    rng, sounds = np.random.default_rng([seed, 13]), _sounds(clips)
    for _ in range(steps):
        rows = rng.integers(0, len(clips), BATCH)
        x = audio.log_mel(audio.noisy(audio.shifted(sounds[rows], rng), rng), framework)
        yield audio.masked(x, rng), clips.labels[rows]


def _share(answers: Any, clips: Any) -> float:
    return float(np.mean(np.asarray(answers) == clips.labels))


def judge_digits(
    framework: str, way: str, language: str, clips: str, seed: int, lr: float
) -> dict[str, float]:
    """One row of ``speech-digits``.

    Parameters
    ----------
    framework : {"torch", "keras"}
    way : str
        One of :data:`WAYS` or :data:`CONTROLS`, or :data:`WIDE`.
    language, clips : str
        One of :data:`LANGUAGES`, one of :data:`CLIPS`.
    seed : int
        Of the voices, the person, the batches and the head's start.
    lr : float
        Unused by the controls.

    Returns
    -------
    dict
        ``people``: accuracy on real people who were not trained on; ``val``: on four synthetic voices.
    """
    parts = _parts(language, clips, seed)
    if way in CONTROLS:
        return _control(framework, way, parts, seed)
    from tlcourse import audio
    from tlcourse.frameworks import side

    own = side("tlcourse.audio", framework)
    model = audio.digit_network(framework=framework)
    if way != "scratch":
        own.load(model, audio.english_digits())
        _new_head(framework, model, way == WIDE)
    batches = _batches(framework, parts["train"], STEPS, seed)
    own.fit(model, batches, lr=lr, steps=STEPS, trained=WAYS["head" if way == WIDE else way])
    scores = {
        split: _share(
            own.outputs(model, audio.log_mel(parts[split].sounds, framework)).argmax(1), parts[split]
        )
        for split in ("val", "test")
    }
    return {"people": scores["test"], "val": scores["val"]}


def _new_head(framework: str, model: Any, wide: bool = False) -> None:
    """A classifier that knows nothing: the English one has other words for the same numbers.

    `wide` is Keras's own start: weights within 0.15 of zero, where PyTorch's are within 0.06.
    """
    if framework == "torch":
        model.classifier.reset_parameters()
        return
    import keras

    head = model.get_layer("classifier")
    kernel = keras.initializers.GlorotUniform() if wide else head.kernel_initializer
    bias = keras.initializers.Zeros() if wide else head.bias_initializer
    head.set_weights([kernel(head.kernel.shape), bias(head.bias.shape)])


def _control(framework: str, way: str, parts: dict[str, Any], seed: int) -> dict[str, float]:
    from tlcourse import audio

    rng = np.random.default_rng([seed, 14])
    length = LENGTH if way == "speech embedding" else 0
    given = np.concatenate([_sounds(parts["train"], length)] * COPIES)
    if length:
        moved = np.roll(given, -400, axis=1)  # room for a shift, and no word's end is lost
        given = audio.noisy(audio.shifted(moved, rng, samples=400), rng)
    else:
        given = audio.noisy(audio.shifted(given, rng), rng)
    labels = np.tile(parts["train"].labels, COPIES)
    known = _seen(framework, way, given), labels
    val = _seen(framework, way, _sounds(parts["val"], length)), parts["val"].labels
    chosen = linear.best(known, val, STRENGTHS)
    test = _seen(framework, way, _sounds(parts["test"], length))
    return {
        "people": _share(chosen.head.predict(test), parts["test"]),
        "val": _share(chosen.head.predict(val[0]), parts["val"]),
    }


def _seen(framework: str, way: str, sounds: Floats) -> Floats:
    """What a regression sees of some clips: rows of features."""
    from tlcourse import audio

    if way == "speech embedding":
        return audio.embed(sounds).mean(axis=1)
    features = audio.log_mel(sounds, framework)
    if way == "log-mel":
        return features.reshape(len(features), -1)
    from tlcourse import training

    return training.cache_features(vision.backbone(framework, SIDE), pictures(features), progress=False)


def pictures(features: Floats) -> npt.NDArray[np.uint8]:
    """Features (N, frames, bands) as grey pictures, uint8 (N, SIDE, SIDE, 3): -2 is black, 4 is white."""
    from PIL import Image

    grey = np.clip((features + 2) / 6 * 255, 0, 255).astype(np.uint8)
    sized = [
        np.asarray(Image.fromarray(one.T).resize((SIDE, SIDE), Image.Resampling.BILINEAR)) for one in grey
    ]
    return np.repeat(np.stack(sized)[..., None], 3, axis=-1)


# ------------------------------------------------------------------------------------------------- grids


def _grid(
    ways: tuple[str, ...], languages: tuple[str, ...], clips: tuple[str, ...], seeds: tuple[int, ...]
) -> list[Settings]:
    return [
        {"way": way, "language": language, "clips": some, "seed": seed}
        for way in ways
        for language in languages
        for some in clips
        for seed in seeds
    ]


def _search() -> list[Settings]:
    grid = _grid(tuple(WAYS), ("es", "fr"), ("3 voices",), SEARCH_SEEDS)
    return [{**settings, "lr": lr} for settings in grid for lr in RATES]


def _rate(settings: Settings) -> Settings:
    if settings["way"] in CONTROLS:
        return {"lr": 0.0}
    way = "head" if settings["way"] == WIDE else settings["way"]
    return {"lr": chosen_rates("speech-digits-rates", ["way"], metric="val")[(way,)]}


_FUNCTION = "tlcourse.sweeps.topics.speech:judge_digits"
_METRICS = {"people": 0.2, "val": 0.15}

SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "speech-digits-rates",
        _FUNCTION,
        _search,
        _METRICS,
        frameworks=("torch",),
        title="Chapter 12: the rates for the digits of another language",
    ),
    Sweep(
        "speech-digits",
        _FUNCTION,
        partial(_grid, (*WAYS, *CONTROLS), LANGUAGES, CLIPS, SEEDS),
        _METRICS,
        frameworks=("torch",),
        given=_rate,
        after=("speech-digits-rates",),
        title="Chapter 12: digits of another language, by start and by clips",
    ),
    Sweep(
        "speech-digits-again",
        _FUNCTION,
        partial(_grid, (*WAYS, WIDE), ("es", "fr"), ("3 voices",), SEEDS),
        _METRICS,
        frameworks=("keras",),
        given=_rate,
        after=("speech-digits-rates",),
        title="Chapter 12: a part of speech-digits, in Keras",
    ),
)
