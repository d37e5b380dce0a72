"""Filters, augmentation, the speech embedding and recordings: what needs no framework."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import packs_here
import pytest

from tlcourse import audio, data
from tlcourse.audio.files import resampled
from tlcourse.audio.speaker import slaney_filters
from tlcourse.errors import DataError, SettingError, ShapeError


def recording(path: Path, sound: np.ndarray, rate: int = 8000, channels: int = 1, width: int = 2) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(sound.tobytes())
    return path


@pytest.fixture
def tone() -> np.ndarray:
    return np.round(9000 * np.sin(np.arange(16_000) * 2 * np.pi * 400 / 16_000)).astype("<i2")


def test_filters_are_triangles_in_order() -> None:
    filters = audio.mel_filters()
    assert filters.shape == (129, 32)
    assert filters.min() == 0
    assert filters.max() <= 1
    assert (np.diff(filters.argmax(axis=0)) >= 0).all()
    with pytest.raises(SettingError):
        audio.mel_filters(high=5000.0)


def test_augmentation_keeps_shapes_and_its_input() -> None:
    rng, x = np.random.default_rng(0), np.ones((5, 3000), np.float32)
    moved = audio.shifted(x, rng, 1000)
    assert moved.shape == x.shape
    assert (x == 1).all()
    assert (moved.sum(axis=1) >= 2000).all()
    assert len(set(moved.sum(axis=1))) > 1
    assert audio.noisy(x, rng).dtype == np.float32
    features = np.ones((40, 49, 32), np.float32)
    hidden = audio.masked(features, rng) == 0
    assert hidden.any()
    assert (features == 1).all()
    assert hidden.all(axis=2).sum(axis=1).max() <= 8
    assert hidden.all(axis=1).sum(axis=1).max() <= 6


def test_a_recording_is_read_at_the_rate_asked_for(tmp_path: Path, tone: np.ndarray) -> None:
    sound = audio.read_wav(recording(tmp_path / "a.wav", tone, 16_000))
    assert sound.dtype == np.float32
    assert len(sound) == 8000
    assert np.abs(np.fft.rfft(sound)).argmax() == 400
    stereo = np.stack([tone, tone], axis=1)
    assert np.allclose(audio.read_wav(recording(tmp_path / "b.wav", stereo, 16_000, 2)), sound, atol=1e-4)


def test_what_is_no_use_is_refused_in_words(tmp_path: Path, tone: np.ndarray) -> None:
    wrong = {
        "no file": tmp_path / "missing.wav",
        "cannot be read as WAV": tmp_path / "song.wav",
        "it ends too early": tmp_path / "empty.wav",
        "8 bits": recording(tmp_path / "bits.wav", tone.astype("<u1"), width=1),
        "4000 samples": recording(tmp_path / "slow.wav", tone, 4000),
        "0.01 seconds": recording(tmp_path / "short.wav", tone[:80]),
        "silent": recording(tmp_path / "silent.wav", tone * 0),
    }
    (tmp_path / "song.wav").write_bytes(b"ID3" + bytes(200))
    (tmp_path / "empty.wav").write_bytes(b"")
    for words, path in wrong.items():
        with pytest.raises(DataError, match=words):
            audio.read_wav(path)


def test_another_rate() -> None:
    assert resampled(np.zeros((2, 800)), 8000, 16_000).shape == (2, 1600)


def test_the_speech_embedding_tells_words_apart() -> None:
    packs_here.need("speech_mel")
    packs_here.need("speech_embedding")
    clips = data.spoken_digits().of(languages="en", synthetic=True)[:80]
    embedded = audio.embed(np.pad(clips.sounds, ((0, 0), (1000, 1000)))).mean(axis=1)
    assert embedded.shape == (80, 96)
    near = ((embedded[:, None] - embedded[None]) ** 2).sum(-1) + 1e9 * np.eye(80)
    assert np.mean(clips.labels[near.argmin(axis=1)] == clips.labels) > 0.6
    with pytest.raises(ShapeError):
        audio.embed(np.zeros((1, 500), np.int16))


def test_the_speaker_filters_are_those_of_librosa() -> None:
    filter_bank = pytest.importorskip("transformers.audio_utils").mel_filter_bank
    theirs = filter_bank(201, 40, 0.0, 8000.0, 16_000, norm="slaney", mel_scale="slaney")
    assert np.abs(slaney_filters() - theirs).max() < 1e-7
