"""Three points for the means over whole frames of each clip's own sound."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, read, read_array, right, stopped, total, wrong


class Case:
    """The means that came, and those of known slips."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.got = read_array(observed["means"], "the means").astype("float64")
        self.maps = inputs["maps"].astype("float64")
        self.samples, self.window, self.hop = inputs["samples"], inputs["window"], inputs["hop"]
        self.own = 1 + (self.samples - self.window) // self.hop
        self.shape, self.wanted = tuple(self.got.shape), (self.maps.shape[0], self.maps.shape[2])

    def over(self, counts: Any, divided_by: Any = None) -> np.ndarray:
        """Sums over the first frames, divided by a number of frames."""
        limit = self.maps.shape[1]
        counts = np.clip(counts, 1, limit)
        sums = np.stack([one[:count].sum(0) for one, count in zip(self.maps, counts, strict=True)])
        return np.asarray(sums / np.reshape(counts if divided_by is None else divided_by, (-1, 1)))

    def near(self, means: np.ndarray) -> bool:
        return bool(np.allclose(self.got, means, atol=1e-4, rtol=1e-4))


UNUSABLE = (
    wrong(
        lambda case: case.shape != case.wanted,
        "Your means have the shape {shape}. Give a row for each clip, with a number for each channel.",
        "another shape",
    ),
    wrong(
        lambda case: not np.isfinite(case.got).all(),
        "There is NaN or infinity among your means. How many frames has the shortest clip?",
        "not finite",
    ),
)
MEANS = (
    right(lambda case: case.near(case.over(case.own)), "The padding has no say.", 3),
    wrong(
        lambda case: case.near(case.over([case.maps.shape[1]] * len(case.maps))),
        "That is the mean over all frames. A clip that is short is then mostly padding.",
        "padding counted",
    ),
    wrong(
        lambda case: case.near(case.over(case.own, case.maps.shape[1])),
        "The right frames were summed up, but all were divided by the same number. Divide by each clip's"
        " own.",
        "divided by all frames",
    ),
    wrong(
        lambda case: case.near(case.over(case.samples // case.hop)),
        "You count a frame for each hop. The last frames then reach into the padding: a frame needs a whole"
        " window of sound.",
        "a frame for each hop",
    ),
    wrong(
        lambda case: case.near(case.over(case.own - 1)) or case.near(case.over(case.own + 1)),
        "You are one frame off. A clip as long as one window has exactly one frame.",
        "one off",
    ),
    wrong(always, "These are not the means over each clip's own frames. Try one clip by hand."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """All or nothing."""
    case = Case(observed, inputs)
    if (verdict := stopped(UNUSABLE, case)) is not None:
        return verdict
    return total(read(MEANS, case))
