"""The head is where so many steps lead, and neither a weight nor a statistic below it moved."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, earned, missed, show_number, total


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point each; that the backbone stayed counts in full where the head could not be there otherwise."""
    start, end = _first_state(inputs), {name: np.asarray(v) for name, v in observed["after"].items()}
    moved = {name: float(np.abs(end[name] - start[name]).max()) for name in start}

    def names(*wanted: str) -> list[str]:
        # NaN counts as moved (it differs from everything): nothing that was frozen turns into NaN.
        return [name for name in wanted if moved[name] != 0.0]

    head = names("head weight", "head bias")
    weights = names("conv weight", "conv bias", "BatchNorm scale", "BatchNorm shift")
    stats = names("running mean", "running variance")
    before, after = _loss(start, inputs), _loss(end, inputs)
    if not head:
        if not weights and not stats:
            why = (
                "Nothing moved at all: every weight is what it was before. The head has to stay trainable,"
                " and each step has to change it."
            )
        else:
            why = (
                f"The head did not move, but {_join(weights + stats)} did. It should be the other way round."
            )
        return total(missed(why, "nothing was trained"))
    found = []
    # That the backbone stayed is what the process says. It is so if the head is where only such steps lead.
    taken = None if weights else _steps_taken(end, inputs, by_batch=bool(stats))
    stayed, unless = 1.0, ""
    if taken is None and not weights:
        stayed, unless = 0.25, " It counts in full when the head is where the steps lead."
    if not math.isfinite(after) or after >= before:
        found.append(
            missed(
                f"The head moved, but the loss on the training batch went from {before:.3f} to {after:.3f}."
                " Use the given rate, and step against the gradient of the cross-entropy on logits.",
                points=0.5,
            )
        )
    elif not weights and (taken is None or (not stats and taken != inputs["steps"])):
        found.append(
            missed(
                f"The head learned: the loss went from {before:.3f} to {after:.3f}. But it is not where"
                f" {inputs['steps']} steps of plain SGD at the rate {show_number(inputs['lr'])} lead, each on"
                " all images. "
                + (
                    f"It is where {taken} lead."
                    if taken
                    else "Look at the optimizer, at its rate, and at how many images a step sees."
                ),
                "other steps",
                points=0.5,
            )
        )
    else:
        found.append(earned(1, f"The head learned: the loss went from {before:.3f} to {after:.3f}."))
    if weights and set(weights) <= {"BatchNorm scale", "BatchNorm shift"}:
        found.append(
            missed(
                f"{_join(weights)} of the backbone moved. A BatchNorm layer has weights of its own: freeze it"
                " as well.",
                "BatchNorm left trainable",
                points=0.5,
            )
        )
    elif weights:
        found.append(
            missed(
                f"{_join(weights)} of the backbone moved, {weights[0]} by up to {moved[weights[0]]:.2g}. That"
                " is fine-tuning, not a frozen backbone.",
                "the whole network was trained",
            )
        )
    else:
        found.append(earned(stayed, f"No weight of the backbone moved, not even in the last bit.{unless}"))
    if stats:
        found.append(
            missed(
                f"BatchNorm's {_join(stats)} moved, by up to {max(moved[name] for name in stats):.2g}. These"
                " are not weights: no gradient moves them, the forward pass does, whenever the layer runs in"
                " training mode. The features change under the head.",
                "BatchNorm statistics moved",
            )
        )
    else:
        found.append(earned(stayed, f"BatchNorm's running mean and variance stayed where they were.{unless}"))
    return total(*found)


def _join(names: Sequence[str]) -> str:
    """Names in a sentence: "a, b and c"."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    shifted = logits - logits.max(1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
    return float(-log_p[np.arange(len(labels)), labels].mean())


def _first_state(inputs: dict[str, Any]) -> dict[str, np.ndarray]:
    """What `_state` gives before training."""
    conv, head = np.asarray(inputs["conv"], "float32"), np.asarray(inputs["head"], "float32")
    zeros, ones = np.zeros(conv.shape[-1], "float32"), np.ones(conv.shape[-1], "float32")
    return {
        "conv weight": conv,
        "conv bias": zeros,
        "BatchNorm scale": ones,
        "BatchNorm shift": zeros,
        "running mean": zeros,
        "running variance": ones,
        "head weight": head,
        "head bias": np.zeros(head.shape[-1], "float32"),
    }


def _features(state: dict[str, np.ndarray], images: np.ndarray, by_batch: bool = False) -> np.ndarray:
    """What the head reads, worked out in NumPy: float64 (N, width). ``by_batch``: in training mode."""
    s = {name: np.asarray(value, "float64") for name, value in state.items()}
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(images, "float64"), (3, 3), axis=(1, 2))
    z = np.tensordot(windows, s["conv weight"].transpose(2, 0, 1, 3), axes=3) + s["conv bias"]
    mean, variance = s["running mean"], s["running variance"]
    if by_batch:
        mean, variance = z.mean((0, 1, 2)), z.var((0, 1, 2))
    z = (z - mean) / np.sqrt(variance + 1e-5)
    return np.maximum(s["BatchNorm scale"] * z + s["BatchNorm shift"], 0).mean((1, 2))


def _loss(state: dict[str, np.ndarray], inputs: dict[str, Any]) -> float:
    logits = _features(state, inputs["images"]) @ state["head weight"] + state["head bias"]
    return _cross_entropy(logits, np.asarray(inputs["labels"]))


def _steps_taken(
    after: dict[str, np.ndarray], inputs: dict[str, Any], by_batch: bool, at_most: int = 40
) -> int | None:
    """How many steps of plain SGD on all images, of the head alone, lead to where it is.

    None: none of 1 to ``at_most``. ``by_batch``: with BatchNorm in training mode.
    """
    x, y = _features(_first_state(inputs), inputs["images"], by_batch), np.asarray(inputs["labels"])
    weight, bias = np.asarray(inputs["head"], "float64"), np.zeros(inputs["classes"])
    for step in range(1, at_most + 1):
        logits = x @ weight + bias
        p = np.exp(logits - logits.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        p[np.arange(len(y)), y] -= 1
        weight, bias = weight - inputs["lr"] * x.T @ p / len(y), bias - inputs["lr"] * p.mean(0)
        off = max(np.abs(weight - after["head weight"]).max(), np.abs(bias - after["head bias"]).max())
        if off < 2e-5:  # single precision; a step moves a weight by far more
            return step
    return None
