"""The speech embedding of openWakeWord: 20 convolutions that Google trained on real speech, as ONNX files.

Lin and others 2020, "Training Keyword Spotters with Limited and Synthesized Speech Data", arXiv:2002.01322,
describe the network; the package openWakeWord (David Scripka) carries it as ONNX.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from tlcourse.audio.files import resampled
from tlcourse.audio.mel import RATE
from tlcourse.errors import ShapeError
from tlcourse.packs import find, pack

__all__ = ["embed"]

OWN_RATE = 16000
FRAMES, STEP = 76, 8
"""Frames of 10 ms that the network hears at once, and from one of its windows to the next."""
BATCH = 64


@cache
def _session(name: str) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(find(pack(name)), options, providers=["CPUExecutionProvider"])


def _run(name: str, x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    session = _session(name)
    given = session.get_inputs()[0].name
    parts = [session.run(None, {given: x[at : at + BATCH]})[0] for at in range(0, len(x), BATCH)]
    return np.concatenate([np.asarray(part, np.float32) for part in parts])


def embed(sounds: npt.ArrayLike, rate: int = RATE) -> npt.NDArray[np.float32]:
    """What the speech embedding makes of clips, window by window.

    Parameters
    ----------
    sounds : int16 or float array (N, samples)
        Floats from -1 to 1. At least 0.78 seconds.
    rate : int
        Samples a second. The network knows 16,000; other rates are converted. At 8,000 the upper half of the
        pitches is silent.

    Returns
    -------
    float32 array (N, windows, 96)
        A window is 0.775 seconds long, and the next one begins 0.08 seconds later.

    Raises
    ------
    ShapeError
        For sounds that are not (N, samples), or too short.
    WeightsError
        Where the packs are missing; the message says how to get them.
    """
    x = np.asarray(sounds)
    x = x.astype(np.float32) * (1 if x.dtype == np.int16 else 32768)
    if x.ndim != 2 or x.shape[1] < 0.78 * rate:
        raise ShapeError(f"The sounds have shape {x.shape}.", "Give (N, samples), 0.78 seconds or more each.")
    parts = []
    for at in range(0, len(x), BATCH):
        mels = _run("speech_mel", resampled(x[at : at + BATCH], rate, OWN_RATE))
        mels = (mels.reshape(len(mels), -1, 32) / 10 + 2).astype(np.float32)
        starts = range(0, mels.shape[1] - FRAMES + 1, STEP)
        windows = np.stack([mels[:, start : start + FRAMES] for start in starts], 1)
        flat = windows.reshape(-1, FRAMES, 32, 1)
        parts.append(_run("speech_embedding", flat).reshape(len(mels), len(starts), -1))
    return np.concatenate(parts)
