"""Sound to features, and features to words: what chapter 12 does in both frameworks.

* :func:`mel_filters` and :func:`log_mel`: from samples to a picture of time and pitch;
* `augmentation`: shifted, noisy and masked, in numpy, so that both frameworks see the same;
* :func:`english_digits`: weights of a small network that learned digits from synthetic English voices;
* :func:`embed`: what a network trained on much real speech makes of a clip (a pack, run by ONNX Runtime);
* :func:`embed_speaker`: what a network that tells speakers apart makes of it (a pack, in both frameworks);
* :func:`read_wav`: a recording of your own, or a clear error;
* :class:`Recorder` and :func:`recordings`: the microphone in JupyterLab, and what it saved.

The layers and the network themselves are in ``_torch.py`` and ``_keras.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tlcourse.audio.augmentation import masked, noisy, shifted
from tlcourse.audio.embedding import embed
from tlcourse.audio.files import read_wav
from tlcourse.audio.mel import FLOOR, HOP, RATE, WINDOW, mel_filters
from tlcourse.audio.recorder import Recorder, recordings
from tlcourse.audio.speaker import embed_speaker
from tlcourse.data.files import FOLDER, bundled
from tlcourse.errors import ShapeError
from tlcourse.frameworks import resolve_framework, side

__all__ = [
    "FLOOR",
    "HOP",
    "RATE",
    "WINDOW",
    "Recorder",
    "digit_network",
    "embed",
    "embed_speaker",
    "english_digits",
    "english_network",
    "log_mel",
    "masked",
    "mel_filters",
    "noisy",
    "outputs",
    "read_wav",
    "recordings",
    "shifted",
]

# Made by tools/pretrain_spoken_digits.py.
WEIGHTS = "english_digits.safetensors"
SHA256 = "1c46bee3fad19858e62785491998e21bb14583098474d261a69946c97cb2c9e9"


def english_digits() -> Path:
    """The file with the weights of a network that learned the English digits from 60 synthetic voices.

    The names and the axes are PyTorch's: ``conv1.weight`` (out, in, height, width), ``norm1.running_mean``.

    Returns
    -------
    Path
        For `load_file` of safetensors.

    Raises
    ------
    DataError
        When the file is missing or damaged.
    """
    bundled(WEIGHTS, SHA256)
    return FOLDER / WEIGHTS


def digit_network(classes: int = 10, framework: str | None = None) -> Any:
    """The small network for log-mel features, with random weights.

    Three blocks of a convolution, BatchNorm, ReLU and pooling (16, 32, 64 channels), the mean over time,
    and a linear layer, ``classifier``. The mean is over time alone: which bands are loud tells vowels apart.

    Parameters
    ----------
    classes : int
    framework : {"torch", "keras"}, optional
        Default: the process's framework.

    Returns
    -------
    module or model
        Takes features (N, 1, frames, bands) in PyTorch and (N, frames, bands, 1) in Keras; gives logits.
    """
    return side(__name__, resolve_framework(framework)).network(classes)


def english_network(framework: str | None = None) -> Any:
    """The network of :func:`digit_network` with the weights of :func:`english_digits`.

    Parameters
    ----------
    framework : {"torch", "keras"}, optional
        Default: the process's framework.
    """
    model = digit_network(framework=framework)
    side(__name__, model).load(model, english_digits())
    return model


def outputs(model: Any, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Logits (N, classes) of a network for features (N, frames, bands), in evaluation mode."""
    found: npt.NDArray[np.float32] = side(__name__, model).outputs(model, features)
    return found


def log_mel(
    sounds: npt.ArrayLike,
    framework: str | None = None,
    *,
    bands: int = 32,
    window: int = WINDOW,
    hop: int = HOP,
    rate: int = RATE,
) -> npt.NDArray[np.float32]:
    """Log-mel features by the framework's own short-time Fourier transform.

    Parameters
    ----------
    sounds : int16 or float array (N, samples)
        int16 is divided by 32,768.
    framework : {"torch", "keras"}, optional
        Default: the process's framework.
    bands : int
    window, hop : int
        In samples: the length of a window, and from one to the next.
    rate : int
        Samples a second.

    Returns
    -------
    float32 array (N, frames, bands)
        ``(log(power + 0.001) + 2) / 3``; there are ``1 + (samples - window) // hop`` frames.

    Raises
    ------
    ShapeError
        For sounds that are not (N, samples), or shorter than a window.
    """
    x = np.asarray(sounds)
    if x.ndim != 2 or x.shape[1] < window:
        raise ShapeError(
            f"The sounds have shape {x.shape}.", f"Give (N, samples), with {window} samples or more each."
        )
    x = x.astype(np.float32) / (32768 if x.dtype == np.int16 else 1)
    with_layer = side(__name__, resolve_framework(framework))
    made = with_layer.LogMel(bands=bands, window=window, hop=hop, rate=rate)
    return np.concatenate([with_layer.features(made, x[at : at + 256]) for at in range(0, len(x), 256)])
