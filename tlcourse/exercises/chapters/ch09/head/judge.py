"""Two points for the pooled vectors that the head reads, one for what trains, one for dropout.

A linear head's logits are a linear function of the pooled vectors, whatever its weights are: so they show
which vectors were pooled, and how.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import (
    Verdict,
    WrongAnswerError,
    always,
    close,
    read,
    read_array,
    right,
    stopped,
    total,
    wrong,
)

from .probe import CLASSES, REPEATS, TEXTS
from .reference import hidden_states

WAYS = ("right", "padding counts", "[CLS]", "a sum", "the largest", "attention without the mask")


def pooled(inputs: dict[str, Any], how: str) -> list[np.ndarray]:
    """The vectors (N, D) that a pooling of this kind gives; where padding counts, with a mask below or"
    " not."""
    ids = np.asarray(inputs["ids"])
    hidden, bare = (hidden_states(ids, inputs["tensors"], masked) for masked in (True, False))
    mask = (ids != 0)[..., None]
    if how == "padding counts":
        return [hidden.mean(axis=1), bare.mean(axis=1)]
    if how == "[CLS]":
        return [hidden[:, 0]]
    if how == "a sum":
        return [(hidden * mask).sum(axis=1)]
    if how == "the largest":
        return [np.where(mask, hidden, -np.inf).max(axis=1), hidden.max(axis=1)]
    hidden = bare if how == "attention without the mask" else hidden
    return [(hidden * mask).sum(axis=1) / mask.sum(axis=1)]


def linear_in(vectors: np.ndarray, logits: np.ndarray) -> bool:
    """Whether there is a linear layer that gives these logits for these vectors."""
    ground = np.hstack([vectors, np.ones((len(vectors), 1))])
    weights = np.linalg.lstsq(ground, logits, rcond=None)[0]
    spread = np.abs(logits - logits.mean(axis=0)).max()
    return bool(spread > 1e-5 and np.abs(ground @ weights - logits).max() < 2e-3 * spread)


class Case:
    """The model that was built, and what a step of training did to it."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        if "instead" in observed:
            raise WrongAnswerError(
                f"A model that gives a tensor of logits was asked for, and there is {observed['instead']}.",
                "not a model",
            )
        names = ("before", "longer", "noisy", "after", "hidden")
        self.before, longer, noisy, self.after, hidden = (
            read_array(observed[name], "the model") for name in names
        )
        self.shape, self.wanted = self.before.shape, (TEXTS, CLASSES)
        self.fits = self.shape == longer.shape == self.after.shape == self.wanted
        if not self.fits:
            return
        self.finite = bool(np.isfinite(self.before).all())
        sums = self.before.sum(axis=1)
        self.probabilities = bool(self.before.min() >= 0) and close(sums, np.ones(TEXTS), 1e-4)
        self.inputs, self.same_when_longer = inputs, close(self.before, longer, 1e-4)
        self.way, self.vectors = self._found()
        truth = hidden_states(np.asarray(inputs["ids"]), inputs["tensors"])
        real = np.asarray(inputs["ids"]) != 0
        self.frozen = hidden.shape == truth.shape and close(hidden[real], truth[real], 1e-3)
        self.nothing_moved = close(self.before, self.after, 1e-6)
        self.step_right = self._step_right()
        self._dropout(noisy, observed["weights"])

    def _found(self) -> tuple[str | None, Any]:
        for way in WAYS:
            for vectors in pooled(self.inputs, way):
                if linear_in(vectors, self.before) or linear_in(vectors, self.after):
                    return way, vectors
        return None, None

    def _step_right(self) -> bool:
        """Whether the logits moved as they do where a linear layer alone takes the step."""
        if self.way is None:
            return False
        pull = np.asarray(self.inputs["pull"], "float64")
        kernel = self.vectors @ self.vectors.T
        moved = self.after - self.before
        steps = (-self.inputs["rate"] * (kernel + bias) @ pull for bias in (1.0, 0.0))
        return any(close(moved, step, 1e-3 * np.abs(step).max()) for step in steps)

    def _dropout(self, noisy: np.ndarray, held: list[Any]) -> None:
        share = self.inputs["dropout"]
        self.share = share
        self.noisy_fits = noisy.shape == (REPEATS, CLASSES) and bool(np.isfinite(noisy).all())
        self.still = self.noisy_fits and bool(np.ptp(noisy, axis=0).max() < 1e-6)
        some = (noisy == 0).any(axis=1) & (noisy != 0).any(axis=1) if self.noisy_fits else np.zeros(1)
        self.on_logits = bool(some.mean() > 0.5 * share)
        self.drops, self.kept_share, self.other_share = False, False, False
        if self.way is None or not self.noisy_fits:
            return
        rests = [(self.before - self.vectors @ np.asarray(weights), weights) for weights in held]
        fitting = [np.asarray(weights) for rest, weights in rests if np.ptp(rest, axis=0).max() < 1e-4]
        if not fitting:
            return
        part = ((self.vectors[0][:, None] * fitting[0]) ** 2).sum(axis=0)

        def as_with(rate: float) -> bool:
            ratio = noisy.var(axis=0) / np.maximum(part * rate / (1 - rate), 1e-12)
            return bool((ratio > 0.6).all() and (ratio < 1.6).all())

        self.drops, self.kept_share = as_with(share), as_with(1 - share)
        self.other_share = any(as_with(rate) for rate in (0.1, 0.5))


SHAPE = (
    wrong(
        lambda case: not case.fits,
        "For {wanted[0]} texts and {wanted[1]} classes the logits have the shape {shape}. There is one row"
        " for each text and one column for each class.",
        "another shape",
    ),
    wrong(lambda case: not case.finite, "Some logits are not finite.", "not finite"),
)
POOLED = (
    wrong(
        lambda case: case.probabilities,
        "Your model gives probabilities. The loss takes logits, so leave the softmax out of the model.",
        "softmax in the head",
    ),
    right(
        lambda case: case.way == "right" and case.same_when_longer,
        "The head reads the mean over each text's tokens, and padding changes nothing.",
        2,
    ),
    wrong(
        lambda case: case.way == "padding counts",
        "The vectors at the padding are in your mean, so a text's logits depend on its neighbours in the"
        " batch. Use the mask.",
        "padding counts",
    ),
    wrong(
        lambda case: case.way == "[CLS]",
        "Your head reads the vector of the first token. This encoder was trained with the mean over all"
        " tokens.",
        "[CLS]",
    ),
    wrong(
        lambda case: case.way == "a sum",
        "You add the vectors up. Divide by the number of tokens, or long texts get larger vectors.",
        "a sum",
    ),
    wrong(
        lambda case: case.way == "the largest",
        "You take the largest value over the tokens. Take the mean.",
        "the largest",
    ),
    wrong(
        lambda case: case.way == "attention without the mask",
        "The mean leaves padding out, but the encoder does not: its attention reads padding as tokens."
        " Pass the mask to the encoder too.",
        "attention without the mask",
    ),
    wrong(
        lambda case: not case.same_when_longer,
        "With more padding the same texts get different logits. Padding has to stay out of the attention"
        " and out of the mean.",
        "padding counts",
    ),
    wrong(
        always,
        "Your logits are not a linear function of the mean over each text's tokens. Pool, drop out, and"
        " add one linear layer.",
        "another head",
    ),
)
TRAINS = (
    wrong(
        lambda case: not case.frozen,
        "A step of training has changed the encoder. Freeze it, so that only the head's variables train.",
        "the encoder trains too",
    ),
    wrong(
        lambda case: case.nothing_moved,
        "A step of training changes nothing. Freeze the encoder only, and not the head.",
        "nothing trains",
    ),
    right(lambda case: case.step_right, "Only the head trains."),
    wrong(
        always,
        "The encoder stays as it was, but a step does not move the logits as one linear layer on the"
        " pooled vectors would.",
        "another step",
    ),
)
DROPOUT = (
    wrong(
        lambda case: not case.noisy_fits,
        "In training mode the logits have a different shape, or are not finite.",
        "another shape",
    ),
    wrong(
        lambda case: case.still,
        "In training mode the same text always gets the same logits: there is no dropout.",
        "no dropout",
    ),
    wrong(
        lambda case: case.on_logits,
        "Dropout sets some of your logits to 0. It belongs in front of the linear layer.",
        "dropout on the logits",
    ),
    right(lambda case: case.drops, "Dropout acts on the pooled vector, in training only."),
    wrong(
        lambda case: case.kept_share,
        "In training mode too much is dropped: {share} is the share to drop, and you keep that share.",
        "the share that is kept",
    ),
    wrong(
        lambda case: case.other_share,
        "Dropout does not use the share that was asked for, {share}.",
        "another share",
    ),
    wrong(
        always,
        "In training mode the logits vary, but not as with dropout of {share} on the pooled vector.",
        "dropout elsewhere",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Two points for the pooling, one for what trains, one for dropout."""
    case = Case(observed, inputs)
    if (verdict := stopped(SHAPE, case)) is not None:
        return verdict
    return total(read(POOLED, case), read(TRAINS, case), read(DROPOUT, case))
