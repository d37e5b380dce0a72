"""Resemblyzer's speaker embedding: three LSTM layers that learned to tell speakers apart, in both frameworks.

Wan and others 2018, "Generalized end-to-end loss for speaker verification", arXiv:1710.10467, describe how it
was trained; the package Resemblyzer (Resemble AI) carries the weights. The layers are in ``_torch.py`` and
``_keras.py``; what they are fed with is made here, in numpy, for both.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from tlcourse.audio.files import resampled
from tlcourse.audio.mel import RATE
from tlcourse.errors import ShapeError
from tlcourse.frameworks import resolve_framework, side
from tlcourse.packs import find, pack

__all__ = ["embed_speaker", "slaney_filters", "speaker_arrays", "speaker_mel"]

OWN_RATE, WINDOW, HOP, BANDS = 16_000, 400, 160, 40
FRAMES = 160
"""Of 10 ms: what the network heard at once while it was trained."""
LOUDNESS = -30.0
"""Decibels below full height to which a softer clip is raised."""

Floats = npt.NDArray[np.float32]


@cache
def speaker_arrays() -> dict[str, Floats]:
    """The weights by PyTorch's names: ``lstm.weight_ih_l0`` (1024, 40) to ``linear.bias`` (256,).

    Raises
    ------
    WeightsError
        Where the pack is missing; the message says how to get it.
    """
    # Its state dict lies under a name that `read_pth` does not look under, beside the optimizer's.
    from tlcourse.models.weights.pth import _read_legacy

    with find(pack("speaker_embedding")).open("rb") as file:
        state = _read_legacy(file)["model_state"]
    return {name: view.array() for name, view in state.items() if name.startswith(("lstm.", "linear."))}


@cache
def slaney_filters() -> Floats:
    """Triangles in Slaney's mel, which is linear up to 1,000 Hz, each with the area 1: (201, 40)."""
    per_octave = np.log(6.4) / 27

    def hertz(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp(per_octave * (mel - 15)))

    top = 15 + np.log(OWN_RATE / 2 / 1000) / per_octave
    edges = hertz(np.linspace(0, top, BANDS + 2))
    bins = np.arange(WINDOW // 2 + 1)[:, None] * OWN_RATE / WINDOW
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    triangles = np.maximum(0, np.minimum(rising, falling))
    return (triangles * 2 / (edges[2:] - edges[:-2])).astype(np.float32)


def speaker_mel(sounds: npt.ArrayLike, lengths: npt.ArrayLike | None = None, rate: int = RATE) -> Floats:
    """What the speaker embedding is fed with: power in 40 mel bands, without a logarithm.

    A clip is repeated until 1.6 seconds are full, and a longer one is cut there.

    Parameters
    ----------
    sounds : int16 or float array (N, samples)
        Floats from -1 to 1.
    lengths : int array (N,), optional
        How many samples of a row are the clip's. Default: all.
    rate : int
        Samples a second.

    Returns
    -------
    float32 array (N, 160, 40)

    Raises
    ------
    ShapeError
        For sounds that are not (N, samples), lengths that do not fit, or a clip shorter than 0.1 seconds.
    """
    x = np.asarray(sounds)
    if x.ndim != 2:
        raise ShapeError(f"The sounds have shape {x.shape}.", "Give (N, samples).")
    own = np.full(len(x), x.shape[1]) if lengths is None else np.asarray(lengths)
    if own.shape != (len(x),) or (own < rate / 10).any() or (own > x.shape[1]).any():
        raise ShapeError(
            f"The lengths do not fit sounds of shape {x.shape}.",
            "Give one for each row, at least 0.1 seconds long and no longer than the row.",
        )
    x = resampled(x.astype(np.float32) / (32768 if x.dtype == np.int16 else 1), rate, OWN_RATE)
    own = own * OWN_RATE // rate
    size = FRAMES * HOP
    full = np.stack([np.resize(row[:length], size) for row, length in zip(x, own, strict=True)])
    level = np.sqrt(np.square(full).mean(axis=1, keepdims=True)) + 1e-9
    full *= np.maximum(1, 10 ** (LOUDNESS / 20) / level)
    padded = np.pad(full, ((0, 0), (WINDOW // 2, WINDOW // 2)))
    hann = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW, axis=1)[:, :size:HOP]
    made = np.empty((len(x), FRAMES, BANDS), np.float32)
    for row, some in enumerate(frames):  # one by one: the spectra of all would fill the memory
        made[row] = np.square(np.abs(np.fft.rfft(some * hann))) @ slaney_filters()
    return made


def embed_speaker(
    sounds: npt.ArrayLike,
    lengths: npt.ArrayLike | None = None,
    rate: int = RATE,
    framework: str | None = None,
) -> Floats:
    """What the speaker embedding makes of clips: alike for clips of one speaker.

    Parameters
    ----------
    sounds, lengths, rate
        As in `speaker_mel`.
    framework : {"torch", "keras"}, optional
        Default: the process's framework.

    Returns
    -------
    float32 array (N, 256)
        Rows of length 1, no number below 0: the product of two rows is their cosine.

    Raises
    ------
    ShapeError
        For sounds or lengths that do not fit.
    WeightsError
        Where the pack is missing; the message says how to get it.
    """
    fed = speaker_mel(sounds, lengths, rate)
    own: Any = side("tlcourse.audio", resolve_framework(framework))
    model = own.speaker_network(speaker_arrays())
    rows = np.concatenate([own.speakers(model, fed[at : at + 64]) for at in range(0, len(fed), 64)])
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), np.float32)
