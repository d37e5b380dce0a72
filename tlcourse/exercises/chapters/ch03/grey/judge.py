"""What the network gave for three equal channels, the new one has to give for one."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import (
    Verdict,
    WrongAnswerError,
    always,
    close,
    read,
    right,
    show,
    tiny,
    total,
    wrong,
)

from .probe import BLOCKS


class Grey:
    """The outputs, beside those of the network with other first filters."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        if not isinstance(observed["outputs"], np.ndarray):
            raise WrongAnswerError(
                f"`grey` should give a model for images with one channel; yours gave {observed['outputs']}.",
                "no model for one channel",
            )
        self.got = observed["outputs"]
        self.images = np.repeat(np.asarray(inputs["images"]), 3, axis=-1)
        self.first = tiny.initial(BLOCKS, inputs["width"], inputs["classes"], inputs["seed"])
        self.right = self.with_filters(self.filters)
        self.shape = self.got.shape

    @property
    def filters(self) -> np.ndarray:
        return np.asarray(self.first[f"{BLOCKS[0]}.conv"], "float64")

    def with_filters(self, filters: np.ndarray) -> np.ndarray:
        """The outputs if the first layer had these filters for the three channels."""
        return tiny.logits({**self.first, f"{BLOCKS[0]}.conv": filters}, BLOCKS, self.images)

    def has(self, filters: np.ndarray) -> bool:
        return close(self.got, self.with_filters(filters), 1e-4)

    def of_channel(self, channel: int) -> np.ndarray:
        only = np.zeros_like(self.filters)
        only[:, :, channel] = self.filters[:, :, channel]
        return only

    @cached_property
    def apart(self) -> str:
        return show(float(np.abs(self.got - self.right).max()), 2)


GREY = (
    wrong(
        lambda grey: grey.got.shape != grey.right.shape,
        "Your model gives numbers of the shape {shape}, and the one before gave a number for each class.",
        "other outputs",
    ),
    wrong(lambda grey: not np.isfinite(grey.got).all(), "Your model gives NaN or infinity.", "not finite"),
    right(
        lambda grey: close(grey.got, grey.right, 1e-4),
        "A grey image gives what it gave with three equal channels.",
        2,
    ),
    wrong(
        lambda grey: grey.has(grey.filters / 3),
        "Your outputs are off by up to {apart}. Your first filters are the mean over the channels, so every"
        " layer behind them sees a third of what it knows. Three equal channels add the filters up.",
        "mean of the filters",
    ),
    wrong(
        lambda grey: any(grey.has(grey.of_channel(channel)) for channel in range(3)),
        "Your outputs are off by up to {apart}: only the filters for one colour are at work. A grey image has"
        " all three colours in it, equally.",
        "one colour only",
    ),
    wrong(
        always,
        "Your outputs are off by up to {apart}. All that the first layer learned about each of the three"
        " colours has to stay, and so do the layers behind it, as they are.",
        "other weights",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Two points, for outputs that are the same."""
    return total(read(GREY, Grey(observed, inputs)))
