"""Three points: two for what happens in training, one for nothing in use."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, read, read_array, right, stopped, total, wrong


class Case:
    """What came out, and which numbers became zero."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.x = inputs["features"]
        self.bands, self.frames = inputs["bands"], inputs["frames"]
        self.trained = [read_array(one, "the layer's output") for one in observed["trained"]]
        self.used = read_array(observed["used"], "the layer's output in evaluation mode")
        self.shape = tuple(self.trained[0].shape)
        self.fits = all(one.shape == self.x.shape for one in (*self.trained, self.used))
        if not self.fits:
            return
        both = np.concatenate(self.trained)
        x = np.concatenate([self.x, self.x])
        self.zero = both == 0
        self.others_kept = bool(np.allclose(both[~self.zero], x[~self.zero], atol=1e-6))
        self.columns, self.rows = self.zero.all(1), self.zero.all(2)  # bands, frames that are all zero
        self.in_bars = bool((self.zero == (self.columns[:, None, :] | self.rows[:, :, None])).all())
        self.widths = self.columns.sum(1), self.rows.sum(1)

    @property
    def together(self) -> bool:
        """Whether what is masked lies side by side."""
        return all(
            np.ptp(np.flatnonzero(line)) + 1 == line.sum()
            for lines in (self.columns, self.rows)
            for line in lines
            if line.any()
        )

    @property
    def alike(self) -> bool:
        n = len(self.x)
        return bool((self.zero[:n] == self.zero[:1]).all())

    @property
    def repeated(self) -> bool:
        n = len(self.x)
        return bool((self.zero[:n] == self.zero[n:]).all())


UNUSABLE = (
    wrong(
        lambda case: not case.fits,
        "Features go in, and what comes out has the shape {shape}. A mask changes numbers, not shapes.",
        "another shape",
    ),
)
TRAINING = (
    wrong(lambda case: not case.zero.any(), "In training nothing is masked.", "never active"),
    wrong(
        lambda case: not case.others_kept,
        "In training your layer also changes numbers that are not masked. SpecAugment scales nothing, unlike"
        " dropout.",
        "others changed",
    ),
    wrong(
        lambda case: not case.in_bars,
        "Single numbers are zero. A mask covers whole frames of a clip, or whole bands.",
        "single numbers",
    ),
    wrong(
        lambda case: not case.widths[1].any(),
        "No frame is ever masked. One mask lies across time, one across pitch.",
        "bands alone",
    ),
    wrong(
        lambda case: not case.widths[0].any(),
        "No band is ever masked. One mask lies across time, one across pitch.",
        "frames alone",
    ),
    wrong(
        lambda case: case.repeated,
        "Two calls in training mask the same places. Draw anew in each call.",
        "drawn once",
    ),
    wrong(
        lambda case: case.alike,
        "All clips of a batch are masked in the same places. Draw for each clip.",
        "one mask for the batch",
    ),
    wrong(
        lambda case: not case.together,
        "The masked frames or bands are scattered. A mask is one bar: neighbours, side by side.",
        "scattered",
    ),
    wrong(
        lambda case: case.widths[0].max() > case.bands or case.widths[1].max() > case.frames,
        "Some masks are wider than `bands` or `frames` allow.",
        "too wide",
    ),
    wrong(
        lambda case: np.ptp(case.widths[0]) == 0 or np.ptp(case.widths[1]) == 0,
        "All masks have one width. `bands` and `frames` are the widest; draw the width as well.",
        "one width",
    ),
    right(always, "In training each clip loses a bar of time and one of pitch.", 2),
)
USE = (
    right(
        lambda case: np.allclose(case.used, case.x, atol=1e-6) and case.zero.any(),
        "In use the features pass unchanged.",
        1,
    ),
    wrong(
        lambda case: np.allclose(case.used, case.x, atol=1e-6),
        "In use the features pass unchanged, as in training. That earns nothing by itself.",
    ),
    wrong(
        always,
        "The layer masks in evaluation mode as well. A clip would then get another answer each time it is"
        " asked about.",
        "active in use",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Training and use count by themselves."""
    case = Case(observed, inputs)
    if (verdict := stopped(UNUSABLE, case)) is not None:
        return verdict
    return total(read(TRAINING, case), read(USE, case))
