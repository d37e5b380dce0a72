"""Spoken digits and voices: what is in them, whose they are, and how they are coded."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tlcourse import data
from tlcourse.data import adpcm
from tlcourse.data.speech import Clips
from tlcourse.errors import DataError, UnknownNameError


@pytest.fixture(scope="module")
def digits() -> Clips:
    return data.spoken_digits()


def test_the_tables_of_the_docstrings_are_right(digits: Clips) -> None:
    rows = re.findall(
        r"^ +(\w\w|13 others) +(\d+)  ?(.+?) voices? +(\d+) +(\d+)$", data.spoken_digits.__doc__, re.M
    )
    assert [row[0] for row in rows] == ["en", "es", "fr", "it", "ru"]
    for language, clips, voices, people, spoken in rows:
        own = digits.of(languages=language)
        assert len(own) == int(clips)
        assert len(np.unique(own.speakers[own.synthetic])) == int(voices)
        assert len(np.unique(own.speakers[~own.synthetic])) == int(people)
        assert int((~own.synthetic).sum()) == int(spoken)
    others = ~np.isin(digits.languages, [row[0] for row in rows])
    assert (int(others.sum()), len(np.unique(digits.languages[others]))) == (127, 13)


def test_every_synthetic_voice_says_every_digit(digits: Clips) -> None:
    own = digits.of(synthetic=True)
    for speaker in np.unique(own.speakers):
        assert sorted(own.labels[own.speakers == speaker]) == list(range(10))


def test_no_speaker_is_a_person_and_a_voice(digits: Clips) -> None:
    assert not set(digits.speakers[digits.synthetic]) & set(digits.speakers[~digits.synthetic])
    both = [
        name for name in np.unique(digits.speakers) if len(set(digits.languages[digits.speakers == name])) > 1
    ]
    assert both == ["Allison Smith"]


def test_sounds_are_loud_and_padded_with_zeros(digits: Clips) -> None:
    peaks = np.abs(digits.sounds.astype(int)).max(axis=1)
    assert peaks.min() > 16_000
    for sound, length in zip(digits.sounds, digits.lengths, strict=True):
        assert not sound[length:].any()


def test_each_clip_has_a_licence_and_a_source(digits: Clips) -> None:
    for clips in (digits, data.voices()):
        assert set(clips.licences) <= {"CC-BY-SA-3.0", "CC-BY-3.0", "GPL-2", "none needed"}
        assert all(": " in source for source in clips.sources)


def test_no_excerpt_comes_twice() -> None:
    clips = data.voices()
    flat = clips.sounds.astype(float)
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    likeness = flat @ flat.T - np.eye(len(flat))
    assert likeness.max() < 0.9
    assert len(np.unique(clips.speakers)) == 6


def test_unknown_names_are_told(digits: Clips) -> None:
    with pytest.raises(UnknownNameError, match="xx"):
        digits.of(languages="xx")
    with pytest.raises(UnknownNameError, match="Nobody"):
        digits.of(speakers=["Allison Smith", "Nobody"])


def test_coding_and_decoding() -> None:
    rng = np.random.default_rng(0)
    tone = 8000 * np.sin(np.arange(3001) / 6) + rng.normal(0, 100, 3001)
    sound = np.round(tone).astype(np.int16)
    heard = adpcm.decode(adpcm.encode(sound, 8000)).astype(float)
    assert heard.shape == sound.shape
    assert ((heard - sound) ** 2).mean() < 0.01 * (sound.astype(float) ** 2).mean()
    with pytest.raises(DataError):
        adpcm.decode(b"RIFF")
