"""A recording of your own: a WAV file to samples, at the rate that the networks know."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tlcourse.audio.mel import RATE
from tlcourse.errors import DataError

__all__ = ["read_wav", "resampled"]

LOWEST = 8000


def resampled(sound: npt.ArrayLike, rate: int, to: int) -> npt.NDArray[np.float32]:
    """A sound at another rate, without what the new rate cannot hold: float32 (..., samples).

    Parameters
    ----------
    sound : float array (..., samples)
    rate, to : int
        Samples a second, before and after.
    """
    from scipy.signal import resample_poly

    common = int(np.gcd(rate, to))
    if rate == to:
        return np.asarray(sound, np.float32)
    return np.asarray(
        resample_poly(np.asarray(sound, np.float32), to // common, rate // common, axis=-1), np.float32
    )


def read_wav(path: str | Path, rate: int = RATE) -> npt.NDArray[np.float32]:
    """A WAV file as mono samples.

    Parameters
    ----------
    path : str or Path
        A WAV file of 16 bits, as recorders write it; stereo is mixed to mono.
    rate : int
        Samples a second that you want.

    Returns
    -------
    float32 array (samples,)
        -1 to 1, at `rate`.

    Raises
    ------
    DataError
        For a file that is missing, empty, silent, compressed, no WAV, not of 16 bits or below 8,000 samples a
        second.
    """
    name = Path(path).name
    try:
        with wave.open(str(path), "rb") as file:
            width, channels, own = file.getsampwidth(), file.getnchannels(), file.getframerate()
            data = file.readframes(file.getnframes())
    except FileNotFoundError:
        raise DataError(f"There is no file {name}.", "Check the folder and the name.") from None
    except (wave.Error, EOFError) as error:
        raise DataError(
            f"{name} cannot be read as WAV: {str(error) or 'it ends too early'}.",
            "Save the recording as WAV, 16-bit PCM; MP3, M4A and WebM must be converted first.",
        ) from None
    except OSError as error:
        raise DataError(
            f"{name} cannot be read: {error.strerror or error}.", "Check its permissions."
        ) from None
    if width != 2:
        raise DataError(f"{name} has {8 * width} bits a sample.", "Save it as WAV, 16-bit PCM.")
    if own < LOWEST:
        raise DataError(
            f"{name} has {own} samples a second.",
            f"Record with {LOWEST} or more: what is lost cannot be put back.",
        )
    sound = np.frombuffer(data[: len(data) - len(data) % (2 * channels)], "<i2").reshape(-1, channels)
    if len(sound) < own // 10:
        raise DataError(f"{name} holds {len(sound) / own:.2f} seconds.", "Record at least 0.1 seconds.")
    if not sound.any():
        raise DataError(f"{name} is silent: all samples are zero.", "Check which microphone was recorded.")
    return resampled(sound.mean(axis=1) / 32768, own, rate)
