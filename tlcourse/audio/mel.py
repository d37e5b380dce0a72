"""The filters that turn frequencies into mel bands."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tlcourse.checks import whole
from tlcourse.errors import SettingError

__all__ = ["FLOOR", "HOP", "RATE", "WINDOW", "mel_filters"]

RATE, WINDOW, HOP = 8000, 256, 160
"""Samples a second, in a window, and from one window to the next."""
FLOOR = 1e-3
"""Added to the power before the logarithm: silence is log(0.001) and not minus infinity."""


def mel_filters(
    bands: int = 32, window: int = WINDOW, rate: int = RATE, low: float = 50.0, high: float | None = None
) -> npt.NDArray[np.float32]:
    """Triangular filters, evenly spaced in mel, each with the height 1.

    The mel of a frequency f is 2595 log10(1 + f / 700), the rule of HTK.

    Parameters
    ----------
    bands : int
    window : int
        Samples of the Fourier transform.
    rate : int
        Samples a second.
    low, high : float
        From where to where, in hertz. Default of `high`: 95 % of half the rate.

    Returns
    -------
    float32 array (window // 2 + 1, bands)
        Multiply a power spectrum by it.

    Raises
    ------
    SettingError
        For no bands, or frequencies that are not in ascending order up to half the rate.

    Examples
    --------
    >>> mel_filters().shape
    (129, 32)
    """
    bands, window, rate = (
        whole("The bands", bands, 1),
        whole("The window", window, 2),
        whole("The rate", rate, 1),
    )
    top = 0.475 * rate if high is None else high
    if not 0 <= low < top <= rate / 2:
        raise SettingError(f"The bands run from {low} to {top} Hz.", f"Stay between 0 and {rate / 2:g} Hz.")
    first, last = (float(2595 * np.log10(1 + hertz / 700)) for hertz in (low, top))
    mels = np.linspace(first, last, bands + 2)
    edges = 700 * (10 ** (mels / 2595) - 1)
    hertz = np.arange(window // 2 + 1)[:, None] * rate / window
    rising = (hertz - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - hertz) / (edges[2:] - edges[1:-1])
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
