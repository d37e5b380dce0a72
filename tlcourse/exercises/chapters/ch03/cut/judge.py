"""A point for each place: the numbers that come out tell where the network was cut."""

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
    tiny,
    total,
    wrong,
)

from .probe import FEATURES, MAPS


class Cut:
    """What one call gave, beside what the whole network computes."""

    def __init__(self, keep: str | int, outputs: Any, inputs: dict[str, Any]) -> None:
        self.asked = f"cut(model, {keep!r})"
        if not isinstance(outputs, np.ndarray):
            raise WrongAnswerError(f"`{self.asked}` should give a model; yours gave {outputs}.", "no model")
        first = tiny.initial(inputs["blocks"], inputs["width"], inputs["classes"], inputs["seed"])
        self.keep, self.got, self.n = keep, outputs, len(inputs["images"])
        self.features = tiny.features(first, inputs["blocks"], inputs["images"])
        self.logits = tiny.logits(first, inputs["blocks"], inputs["images"])
        self.classes, self.width = inputs["classes"], inputs["width"]
        each = outputs.shape[1:]
        self.yours = f"`{self.asked}` gives a model whose output for one image has the shape {each}"

    @cached_property
    def finite(self) -> bool:
        return bool(np.isfinite(self.got).all())

    @cached_property
    def is_logits(self) -> bool:
        """The old head's outputs, all of them, or as probabilities."""
        return self.got.shape == self.logits.shape and self._spanned(self.logits)

    @cached_property
    def is_maps(self) -> bool:
        return self.got.ndim == 4 and min(self.got.shape[1:]) > 1

    @cached_property
    def pooled(self) -> np.ndarray | None:
        """The mean of each map, whichever axis has the channels; None without a channel for each feature."""
        if self.got.ndim != 4:
            return None
        axes = {1: (2, 3), 3: (1, 2)}
        for axis, others in axes.items():
            if self.got.shape[axis] == self.width and len({self.got.shape[other] for other in others}) == 1:
                return np.asarray(self.got.mean(others))
        return None

    def _spanned(self, columns: np.ndarray) -> bool:
        """Whether all outputs are a linear layer's of these columns."""
        table = np.column_stack([columns, np.ones(self.n)])
        rest = self.got - table @ np.linalg.lstsq(table, self.got, rcond=None)[0]
        return bool(np.abs(rest).max() < 1e-4 * max(1.0, float(np.abs(self.got).max())))

    @cached_property
    def of_features(self) -> bool:
        return self._spanned(self.features)

    @cached_property
    def of_logits(self) -> bool:
        return self._spanned(self.logits)

    @cached_property
    def alike(self) -> bool:
        return bool((self.got.max(0) - self.got.min(0)).min() < 1e-7)

    @cached_property
    def sums_to_1(self) -> bool:
        return close(self.got.sum(1), np.ones(self.n), 1e-4) and bool((self.got >= 0).all())

    @cached_property
    def old_outputs(self) -> bool:
        """Whether each output is one of the old head's."""
        return all(any(close(column, old, 1e-4) for old in self.logits.T) for column in self.got.T)


NOT_FINITE = wrong(lambda cut: not cut.finite, "{yours}, with NaN or infinity in it.", "not finite")
HEAD_IS_ON = wrong(
    lambda cut: cut.is_logits,
    "{yours}: one number for each class. The head is still there.",
    "the head is still there",
)
OF_FEATURES = (
    NOT_FINITE,
    HEAD_IS_ON,
    wrong(
        lambda cut: cut.got.ndim > 2 and cut.is_maps,
        "{yours}: a map of features. The pooling belongs to these features, and it is gone.",
        "the pooling is gone too",
    ),
    wrong(
        lambda cut: cut.got.ndim != 2,
        "{yours}. A row of numbers for each image was asked for, with no axes of length 1 around it.",
        "not a row",
    ),
    wrong(
        lambda cut: cut.got.shape != cut.features.shape,
        "{yours}, which is neither what the head reads nor what it gives.",
        "not a row",
    ),
    right(lambda cut: close(cut.got, cut.features, 1e-4), "Features: they are the row that the head read."),
    wrong(
        always,
        "{yours}. That is the right number of features, but the head read other values. The layers must keep"
        " their weights and their order.",
        "other weights",
    ),
)
OF_MAPS = (
    NOT_FINITE,
    HEAD_IS_ON,
    wrong(
        lambda cut: not cut.is_maps,
        "{yours}. The maps still have a height and a width: the pooling, which averages over them, has to go"
        " as well.",
        "pooled already",
    ),
    right(
        lambda cut: cut.pooled is not None and close(cut.pooled, cut.features, 1e-4),
        "Maps: averaged over height and width they give the features.",
    ),
    wrong(
        always,
        "{yours}. Averaged over height and width, these maps do not give the features that the head reads:"
        " cut straight before the pooling.",
        "cut at another place",
    ),
)
OF_HEAD = (
    NOT_FINITE,
    wrong(
        lambda cut: cut.got.shape != (cut.n, cut.keep),
        "{yours}. A new head should give {keep} numbers for each image.",
        "no new head",
    ),
    wrong(
        lambda cut: cut.alike,
        "{yours}, but some of these numbers are the same for every image. The head has to read the features.",
        "does not read the features",
    ),
    wrong(
        lambda cut: cut.old_outputs,
        "{yours}: outputs of the old head, which know the old classes. Put a new layer on the features.",
        "outputs of the old head",
    ),
    wrong(
        lambda cut: cut.of_logits,
        "{yours}. Your new layer reads the old head's outputs. It should read the features that the old head"
        " read.",
        "on top of the old head",
    ),
    # Before the linear layer: of small logits a softmax is nearly linear.
    wrong(
        lambda cut: cut.sums_to_1,
        "{yours}, and they add up to 1: there is a softmax in the model. Give logits here; the softmax"
        " belongs to the loss.",
        "a softmax in the model",
    ),
    right(lambda cut: cut.of_features, "New head: a linear layer that reads the features."),
    wrong(
        always,
        "{yours}, but they are not what a linear layer makes of the features that the old head read. Is the"
        " backbone still the same?",
        "another backbone",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point for the features, for the maps and for the new head."""
    cuts = {
        keep if isinstance(keep, str) else "head": Cut(keep, case["outputs"], inputs)
        for keep, case in zip(inputs["keep"], observed["cases"], strict=True)
    }
    return total(read(OF_FEATURES, cuts[FEATURES]), read(OF_MAPS, cuts[MAPS]), read(OF_HEAD, cuts["head"]))
