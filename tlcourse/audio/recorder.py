"""Recordings of your own: a recorder for the microphone in JupyterLab, and what it saved, as clips."""

from __future__ import annotations

import html
import re
import wave
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tlcourse.audio.files import read_wav, resampled
from tlcourse.audio.mel import RATE
from tlcourse.checks import whole
from tlcourse.data.speech import Clips
from tlcourse.errors import DataError, SettingError

__all__ = ["Recorder", "recordings", "trimmed"]

SAVED_RATE = 16_000
LONGEST = 4
"""Seconds after which a recording stops by itself."""
FRAME, QUIET, MARGIN = 0.02, 35.0, 0.04
"""Seconds of a frame; decibels below the loudest frame at which a word ends; seconds kept on either side."""
SILENT = 1e-4
"""The highest sample of a recording without a sound."""

Floats = npt.NDArray[np.float32]


def trimmed(sound: npt.ArrayLike, rate: int = RATE, seconds: float = 1.0) -> Floats:
    """A recording without the silence before and after its word.

    The word begins and ends with the first and the last frame of 20 ms that is at most 35 dB quieter than the
    loudest one and stands out of the noise (four times the power of the quietest tenth of the frames). What
    is longer than `seconds` is cut to the loudest part of that length.

    Parameters
    ----------
    sound : float array (samples,)
    rate : int
        Samples a second.
    seconds : float
        The longest that is kept.

    Returns
    -------
    float32 array (samples,)
    """
    x = np.asarray(sound, np.float32)
    size = round(FRAME * rate)
    power = np.square(x[: len(x) - len(x) % size].reshape(-1, size)).mean(axis=1) if len(x) >= size else x
    if not power.any():
        return x[: int(seconds * rate)]
    noise = min(4 * float(np.quantile(power, 0.1)), power.max() / 10)  # a word from end to end is no noise
    loud = np.flatnonzero(power >= max(power.max() * 10 ** (-QUIET / 10), noise))
    margin = round(MARGIN * rate)
    word = x[max(0, loud[0] * size - margin) : (loud[-1] + 1) * size + margin]
    most = int(seconds * rate)
    if len(word) <= most:
        return word
    total = np.concatenate([[0.0], np.cumsum(np.square(word, dtype=np.float64))])
    start = int(np.argmax(total[most:] - total[:-most]))
    return word[start : start + most]


def _files(folder: Path, word: str) -> list[tuple[int, Path]]:
    """The files of a word, by their numbers."""
    pattern = re.compile(re.escape(word) + r"-(\d+)\.wav", re.IGNORECASE)
    found = [(pattern.fullmatch(path.name), path) for path in folder.glob("*")] if folder.is_dir() else []
    return sorted((int(match[1]), path) for match, path in found if match)


def _named(word: str) -> str:
    if not re.fullmatch(r"\w[\w-]*", word):
        raise SettingError(f"A file cannot be named after {word!r}.", "Give one word: letters and digits.")
    return word


def recordings(folder: str | Path, word: str) -> Clips:
    """The recordings of a word, ``word-1.wav``, ``word-2.wav`` and so on, without the silence around it.

    It does not matter whether :class:`Recorder` wrote the files or a phone.

    Parameters
    ----------
    folder : str or Path
    word : str
        With what the names of the files begin.

    Returns
    -------
    Clips
        In the order of the numbers, 8,000 samples a second, a second at most; ``labels`` are -1, and
        ``sources`` the names of the files. No clips where there are no such files.

    Raises
    ------
    DataError
        For a file that `read_wav` refuses.
    SettingError
        For a word that is none.

    Examples
    --------
    >>> len(recordings("no such folder", "seven"))
    0
    """
    found = _files(Path(folder), _named(word))
    sounds = np.zeros((len(found), RATE), np.int16)
    lengths = np.zeros(len(found), np.int64)
    for row, (_, path) in enumerate(found):
        sound = trimmed(read_wav(path))
        lengths[row] = len(sound)
        sounds[row, : len(sound)] = _as_int16(sound)
    everywhere = {"languages": "", "speakers": "you", "licences": ""}
    return Clips(
        sounds=sounds,
        lengths=lengths,
        labels=np.full(len(found), -1, np.int64),
        synthetic=np.zeros(len(found), bool),
        sources=np.array([path.name for _, path in found], dtype=np.str_),
        **{name: np.full(len(found), text, dtype="<U8") for name, text in everywhere.items()},
    )


def _as_int16(sound: Floats) -> npt.NDArray[np.int16]:
    return np.round(np.clip(sound, -1, 32767 / 32768) * 32768).astype(np.int16)


class Recorder:
    """A button in JupyterLab that records a word with the microphone, again and again.

    Each recording becomes a file, 16-bit WAV with 16,000 samples a second, which :func:`recordings` reads.
    The browser asks whether the page may use the microphone. Where there is none, or no widgets, or the
    answer was no, the recorder says how to name files of your own.

    Parameters
    ----------
    folder : str or Path
        Made with the first recording.
    word : str
        What is said. Files are named after it: ``seven-1.wav``.
    wanted : int
        How many recordings are enough.

    Raises
    ------
    SettingError
        For a word that no file can be named after, or no recordings wanted.

    Examples
    --------
    >>> Recorder("recordings", "seven")
    Recorder 'seven': 0 of 10 recordings.
    """

    def __init__(self, folder: str | Path, word: str, wanted: int = 10) -> None:
        self.folder, self.word = Path(folder), _named(word)
        self.wanted = whole("The recordings wanted", wanted, 1)
        self._widget: Any = None

    def __repr__(self) -> str:
        return f"Recorder {self.word!r}: {self._counted()}"

    def _counted(self) -> str:
        return f"{len(_files(self.folder, self.word))} of {self.wanted} recordings."

    @property
    def by_file(self) -> str:
        """How to do without a microphone, in words."""
        return (
            f"You can also record with a phone, and save WAV files (16-bit PCM) in the folder"
            f" {self.folder.name!r}: {self.word}-1.wav, {self.word}-2.wav and so on."
        )

    def take(self, sound: npt.ArrayLike, rate: int) -> Path:
        """Save one recording under the next number.

        Parameters
        ----------
        sound : float array (samples,)
            -1 to 1.
        rate : int
            Samples a second.

        Returns
        -------
        Path
            Of the new file.

        Raises
        ------
        DataError
            For a recording that is silent or shorter than a tenth of a second, or a folder that cannot be
            written. Nothing is saved then.
        """
        x = np.asarray(sound, np.float32)
        if x.ndim != 1 or len(x) < rate / 10:
            raise DataError("That was too short.", "Press Record, say the word, and then press Stop.")
        if not np.isfinite(x).all() or np.abs(x).max() < SILENT:
            raise DataError("That was silent.", "Check which microphone the browser uses, and its volume.")
        numbers = [number for number, _ in _files(self.folder, self.word)]
        path = self.folder / f"{self.word}-{max(numbers, default=0) + 1}.wav"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with wave.open(str(path), "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(SAVED_RATE)
                file.writeframes(_as_int16(resampled(x, rate, SAVED_RATE)).tobytes())
        except OSError as error:
            raise DataError(
                f"{path.name} cannot be written: {error.strerror or error}.", "Choose another folder."
            ) from None
        return path

    def remove(self) -> str:
        """Delete the recording with the highest number; gives its name, or "" where there is none."""
        found = _files(self.folder, self.word)
        if not found:
            return ""
        found[-1][1].unlink(missing_ok=True)
        return found[-1][1].name

    @property
    def widget(self) -> Any:
        """The live widget, or None where the package anywidget is missing."""
        if self._widget is None and (kind := _kind()) is not None:
            self._widget = kind(
                word=self.word,
                seconds=LONGEST,
                status=f"{self._counted()} {self._next()}",
                files=self.by_file,
            )
            self._widget.on_msg(self._told)
        return self._widget

    def _next(self) -> str:
        if len(_files(self.folder, self.word)) >= self.wanted:
            return "That is enough: run the next cell."
        return f"Press Record, say “{self.word}”, and press Stop."

    def _told(self, widget: Any, content: dict[str, Any], buffers: list[Any]) -> None:
        """What the browser sent: samples, or the wish to delete."""
        try:
            if content.get("kind") == "remove":
                name = self.remove()
                done = f"{name} is deleted." if name else "There is nothing to delete."
            else:
                sound = np.frombuffer(buffers[0], "<f4")
                path = self.take(sound, round(content["rate"]))
                word = trimmed(sound, round(content["rate"]), seconds=LONGEST)
                done = f"{path.name} is saved: {len(word) / content['rate']:.1f} seconds of sound."
            widget.status = f"{done} {self._counted()} {self._next()}"
        except Exception as error:
            # In a callback it would end up in the kernel's log, where no learner looks.
            widget.status = " "  # the same message twice is two messages
            widget.status = str(error).replace("\n", " ")

    def static_html(self) -> str:
        """What stands here where no kernel runs, or no widgets do."""
        return (
            f'<p class="tl-recorder">In JupyterLab, a button here records “{html.escape(self.word)}” with'
            f" your microphone. {html.escape(self.by_file)}</p>"
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """The live widget, and two texts for whoever cannot show it."""
        bundle: dict[str, Any] = {}
        if self.widget is not None:
            live = self.widget._repr_mimebundle_()
            data = live[0] if isinstance(live, tuple) else live
            view = "application/vnd.jupyter.widget-view+json"
            bundle = {view: data[view]} if data and view in data else {}
        return {**bundle, "text/html": self.static_html(), "text/plain": f"{self!r} {self.by_file}"}


@cache
def _kind() -> Any:
    """The widget's class, or None: anywidget is imported where a recorder is shown, and nowhere else."""
    try:
        import anywidget
        import traitlets
    except ImportError:
        return None

    class Live(anywidget.AnyWidget):  # type: ignore[misc]
        _esm = (Path(__file__).parent / "recorder.js").read_text(encoding="utf-8")
        word = traitlets.Unicode().tag(sync=True)
        seconds = traitlets.Float().tag(sync=True)
        status = traitlets.Unicode().tag(sync=True)
        files = traitlets.Unicode().tag(sync=True)

    return Live
