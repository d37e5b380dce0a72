"""Three points for the features; slips that give others are worked out in NumPy and named."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, read, read_array, right, stopped, total, wrong


class Case:
    """The features that came, and those of known slips."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.got = read_array(observed["features"], "the features").astype("float64")
        self.sounds, self.filters = inputs["sounds"].astype("float64"), inputs["filters"].astype("float64")
        self.window, self.hop, self.floor = inputs["window"], inputs["hop"], inputs["floor"]
        self.frames = 1 + (self.sounds.shape[1] - self.window) // self.hop
        self.shape = tuple(self.got.shape)
        self.wanted = (len(self.sounds), self.frames, self.filters.shape[1])

    def spectra(self, hann: bool = True, symmetric: bool = False) -> np.ndarray:
        """Absolute values of the transform (N, frames, window // 2 + 1)."""
        starts = np.arange(self.frames)[:, None] * self.hop + np.arange(self.window)
        length = self.window - 1 if symmetric else self.window
        shape = np.sin(np.pi * np.arange(self.window) / length) ** 2 if hann else 1.0
        return np.asarray(np.abs(np.fft.rfft(self.sounds[:, starts] * shape)))

    def near(self, features: np.ndarray) -> bool:
        return self.got.shape == features.shape and bool(
            np.allclose(self.got, features, atol=2e-3, rtol=1e-3)
        )

    def logged(self, spectra: np.ndarray) -> np.ndarray:
        return np.asarray(np.log(spectra @ self.filters + self.floor))


UNUSABLE = (
    wrong(
        lambda case: case.shape == (case.wanted[0], case.wanted[2], case.wanted[1]) != case.wanted,
        "Your features have the shape {shape}: bands before frames. Give (clips, frames, bands).",
        "bands before frames",
    ),
    wrong(
        lambda case: (
            len(case.shape) == 3
            and case.shape[::2] == case.wanted[::2]
            and case.shape[1] == 1 + case.sounds.shape[1] // case.hop
        ),
        "There are {shape[1]} frames for each clip. That is the number when both ends are padded: the first"
        " frame is then centred on the first sample. Take only whole windows, from the first sample on.",
        "padded at both ends",
    ),
    wrong(
        lambda case: case.shape != case.wanted,
        "Your features have the shape {shape}. There should be a row of bands for each whole window of each"
        " clip.",
        "another shape",
    ),
    wrong(
        lambda case: not np.isfinite(case.got).all(),
        "There is infinity or NaN among your features. Where a clip is silent the power is zero: add the"
        " floor before the logarithm.",
        "no floor",
    ),
)
FEATURES = (
    right(
        lambda case: (
            case.near(case.logged(case.spectra() ** 2))
            or case.near(case.logged(case.spectra(symmetric=True) ** 2))
        ),
        "These are log-mel features, silence included.",
        3,
    ),
    wrong(
        lambda case: case.near(case.logged(case.spectra())),
        "The filters were applied to absolute values. They add up power, so square first.",
        "not squared",
    ),
    wrong(
        lambda case: case.near(case.logged(case.spectra(hann=False) ** 2)),
        "The windows have hard edges. A Hann window fades each one in and out, so that its edges add no"
        " frequencies.",
        "no Hann window",
    ),
    wrong(
        lambda case: case.near(np.log(case.spectra() ** 2 + case.floor) @ case.filters),
        "You took the logarithm before the filters. A band is the sum of powers; its logarithm comes last.",
        "logarithm before the filters",
    ),
    wrong(
        lambda case: case.near(case.spectra() ** 2 @ case.filters + case.floor),
        "There is no logarithm in your features.",
        "no logarithm",
    ),
    wrong(
        lambda case: case.near(case.logged(case.spectra() ** 2) / np.log(10)),
        "Your logarithm has the base 10. Take the natural one.",
        "base ten",
    ),
    wrong(
        always,
        "The shape is right and the numbers are not. Check power, filters, floor, logarithm, in this order.",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """All or nothing."""
    case = Case(observed, inputs)
    if (verdict := stopped(UNUSABLE, case)) is not None:
        return verdict
    return total(read(FEATURES, case))
