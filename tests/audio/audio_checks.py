"""What both frameworks' sides of `tlcourse.audio` are held to; the tests that import it run it in theirs."""

from __future__ import annotations

import numpy as np
import packs_here
import pytest

from tlcourse import audio, data, devices
from tlcourse.errors import ShapeError
from tlcourse.frameworks import side


def by_hand(sounds: np.ndarray) -> np.ndarray:
    """Log-mel features in NumPy."""
    x = sounds / 32768
    starts = np.arange(1 + (x.shape[1] - 256) // 160)[:, None] * 160 + np.arange(256)
    power = np.abs(np.fft.rfft(x[:, starts] * np.sin(np.pi * np.arange(256) / 256) ** 2)) ** 2
    return (np.log(power @ audio.mel_filters() + audio.FLOOR) + 2) / 3


def test_features_are_the_same_everywhere() -> None:
    sounds = data.voices().sounds[::20]
    assert np.abs(audio.log_mel(sounds) - by_hand(sounds)).max() < 1e-4


def test_silence_is_finite() -> None:
    assert np.allclose(audio.log_mel(np.zeros((1, 600), np.int16)), (np.log(audio.FLOOR) + 2) / 3, atol=1e-5)


def test_what_is_no_batch_of_sounds_is_refused() -> None:
    for wrong in (np.zeros(8000, np.int16), np.zeros((2, 100), np.int16)):
        with pytest.raises(ShapeError, match="samples"):
            audio.log_mel(wrong)


def test_the_english_network_knows_english_people() -> None:
    own = side("tlcourse.audio", devices.current_framework())
    model = audio.digit_network()
    own.load(model, audio.english_digits())
    clips = data.spoken_digits().of(languages="en", speakers=["John Arundel", "Tux Paint, English"])
    outputs = own.outputs(model, audio.log_mel(clips.sounds))
    assert np.mean(outputs.argmax(1) == clips.labels) == 0.9
    # The same numbers in both frameworks: these are PyTorch's.
    assert np.allclose(outputs[0, :4], FIRST, atol=2e-3)


FIRST = [7.7186, 2.0116, 1.2416, -8.8121]


def test_a_network_with_other_classes_keeps_its_head() -> None:
    own = side("tlcourse.audio", devices.current_framework())
    model = audio.digit_network(classes=4)
    own.load(model, audio.english_digits())
    assert own.outputs(model, np.zeros((2, 49, 32), np.float32)).shape == (2, 4)


def test_only_what_is_named_is_trained() -> None:
    own = side("tlcourse.audio", devices.current_framework())
    model = audio.digit_network()
    own.load(model, audio.english_digits())
    x = np.random.default_rng(0).normal(0, 1, (6, 49, 32)).astype("float32")
    before = own.outputs(model, x)
    own.fit(model, [(x, np.arange(6))] * 3, lr=1e-2, steps=3, trained=("classifier",))
    assert np.abs(own.outputs(model, x) - before).max() > 0.05


def test_speakers_are_heard_alike_in_both_frameworks() -> None:
    packs_here.need("speaker_embedding")
    clips = data.spoken_digits().of(languages="en", synthetic=False)
    rows = audio.embed_speaker(clips.sounds, clips.lengths)
    assert rows.shape == (30, 256)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    # The same numbers in both frameworks: these are PyTorch's.
    assert np.allclose(rows[0, SPEAKER[0]], SPEAKER[1], atol=1e-4)
    near = rows @ rows.T - 2 * np.eye(30)
    assert np.mean(clips.speakers[near.argmax(axis=1)] == clips.speakers) > 0.9


def test_training_from_the_same_numbers_ends_alike() -> None:
    own = side("tlcourse.audio", devices.current_framework())
    model = audio.digit_network()
    own.load(model, audio.english_digits())
    if devices.current_framework() == "torch":
        model.dropout.p = 0.0
    else:
        model.get_layer("dropout").rate = 0.0
    rng = np.random.default_rng(0)
    batches = [(rng.normal(0, 1, (8, 49, 32)).astype("float32"), rng.integers(0, 10, 8)) for _ in range(10)]
    own.fit(model, batches, lr=1e-2, steps=10, trained=("classifier",))
    # The same numbers in both frameworks: these are PyTorch's.
    assert np.allclose(own.outputs(model, batches[0][0])[0, :4], TRAINED, atol=2e-2)


TRAINED = [-1.2465, -1.2508, 1.7815, -1.9009]
SPEAKER = ([246, 218, 180, 79], [0.23903, 0.23807, 0.19369, 0.19193])


def test_lengths_that_do_not_fit_are_refused() -> None:
    for lengths in ([8000], [8000, 100], [8000, 9000]):
        with pytest.raises(ShapeError, match="lengths"):
            audio.embed_speaker(np.zeros((2, 8000), np.int16), lengths)
