"""The recorder without a browser: what it saves, what it says, and what stands in its place."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tlcourse import audio, data
from tlcourse.audio.recorder import trimmed
from tlcourse.errors import DataError, SettingError

RATE = 48_000


@pytest.fixture
def sound() -> np.ndarray:
    """A second of silence, half a second of a word, and silence again, at 48 kHz, with a little noise."""
    clips = data.spoken_digits().of(languages="en", speakers="John Arundel")
    word = clips.sounds[7, : clips.lengths[7]].repeat(6) / 32768
    noise = np.random.default_rng(0).normal(0, 1e-4, 3 * RATE)
    noise[RATE : RATE + len(word)] += word
    return noise.astype("float32")


def told(recorder: audio.Recorder, **content: Any) -> str:
    """What the widget says to a message of the browser's."""
    buffers = [content.pop("samples").tobytes()] if "samples" in content else []
    recorder._told(recorder.widget, content, buffers)
    return str(recorder.widget.status)


def test_each_recording_is_a_file_with_the_next_number(tmp_path: Path, sound: np.ndarray) -> None:
    recorder = audio.Recorder(tmp_path / "mine", "seven", wanted=2)
    assert not (tmp_path / "mine").exists()
    said = told(recorder, kind="sound", rate=RATE, samples=sound)
    assert "seven-1.wav is saved" in said
    assert "1 of 2" in said
    assert "That is enough" in told(recorder, kind="sound", rate=RATE, samples=sound)
    with wave.open(str(tmp_path / "mine" / "seven-2.wav")) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (16_000, 2, 1)
        assert file.getnframes() == 48_000
    (tmp_path / "mine" / "seven-1.wav").unlink()
    assert recorder.take(sound, RATE).name == "seven-3.wav", "no name is given twice"
    assert "seven-3.wav is deleted" in told(recorder, kind="remove")
    assert repr(recorder) == "Recorder 'seven': 1 of 2 recordings."


def test_what_was_recorded_comes_back_as_clips_without_silence(tmp_path: Path, sound: np.ndarray) -> None:
    recorder = audio.Recorder(tmp_path, "seven")
    for _ in range(11):
        recorder.take(sound, RATE)
    (tmp_path / "seventeen-1.wav").write_bytes(b"")
    clips = audio.recordings(tmp_path, "seven")
    assert list(clips.sources) == [f"seven-{number}.wav" for number in range(1, 12)]
    assert clips.sounds.dtype == np.int16
    known = data.spoken_digits().of(languages="en", speakers="John Arundel")
    assert abs(clips.lengths[0] - known.lengths[7]) < 1500
    assert np.abs(clips.sounds[0]).max() > 0.8 * np.abs(known.sounds[7]).max()
    assert clips.of(speakers="you").rate == 8000
    assert len(clips[:3]) == 3


def test_nothing_recorded_is_no_clips(tmp_path: Path) -> None:
    clips = audio.recordings(tmp_path / "nowhere", "seven")
    assert len(clips) == 0
    assert clips.sounds.shape == (0, 8000)


def test_trimmed_keeps_the_loudest_second_of_what_is_long() -> None:
    long = np.sin(np.arange(32_000)) * np.where(np.arange(32_000) > 20_000, 0.5, 0.3)
    assert len(trimmed(long)) == 8000
    assert np.abs(trimmed(long)).max() > 0.45
    assert len(trimmed(np.zeros(4000))) == 4000
    assert len(trimmed(np.ones(50))) == 50


def test_what_is_no_recording_is_refused_and_nothing_saved(tmp_path: Path, sound: np.ndarray) -> None:
    recorder = audio.Recorder(tmp_path, "seven")
    assert "silent" in told(recorder, kind="sound", rate=RATE, samples=sound * 0)
    assert "too short" in told(recorder, kind="sound", rate=RATE, samples=sound[:100])
    assert "nothing to delete" in told(recorder, kind="remove")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot be written"):
        audio.Recorder(tmp_path / "file" / "inside", "seven").take(sound, RATE)
    for word in ("", "../seven", "two words"):
        with pytest.raises(SettingError, match="one word"):
            audio.Recorder(tmp_path, word)


def test_a_page_without_a_kernel_says_what_to_do() -> None:
    bundle = audio.Recorder("recordings", "seven")._repr_mimebundle_()
    assert list(bundle) == ["application/vnd.jupyter.widget-view+json", "text/html", "text/plain"]
    for text in (bundle["text/html"], bundle["text/plain"]):
        assert "seven-1.wav" in text
        assert "<script" not in text


def test_without_anywidget_the_text_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tlcourse.audio.recorder._kind", lambda: None)
    assert list(audio.Recorder("recordings", "seven")._repr_mimebundle_()) == ["text/html", "text/plain"]


def test_the_script_asks_nobody() -> None:
    script = (Path(audio.__file__).parent / "recorder.js").read_text("utf-8")
    assert "http" not in script.replace("https only", "")
    assert "import " not in script
