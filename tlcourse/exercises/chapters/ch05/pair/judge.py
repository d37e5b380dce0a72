"""A point for each kind of answer whose loss is the right number on outputs that the judge knows."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import Finding, Verdict, close, score, show

from .probe import KINDS

_CALLED = dict.fromkeys(("logarithms", "probabilities"), "logits taken for probabilities")
"""What a misconception is called, where two ways of having it are told apart."""


def _log_softmax(z: np.ndarray) -> np.ndarray:
    shifted = z - z.max(1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(1, keepdims=True))


def _softmax(z: np.ndarray) -> np.ndarray:
    return np.exp(_log_softmax(z))


def _binary(z: np.ndarray, t: np.ndarray) -> np.ndarray:
    return np.maximum(z, 0) - z * t + np.log1p(np.exp(-np.abs(z)))


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point each; the same loss three times is worth nothing."""
    parts = []
    alike = list(observed["on the labels"].values())
    if len(alike) == len(KINDS) and all(v == alike[0] or close(v, alike[0], 1e-5) for v in alike):
        why = "`loss_for` gives the same loss for all three kinds of answers. One loss cannot fit them all."
        return Verdict(0.0, (Finding(False, why, "one loss for all"),))
    for name, kind in KINDS.items():
        z, t = np.asarray(inputs[name]["outputs"], "float64"), np.asarray(inputs[name]["targets"])
        got = observed[name]
        said = f'`loss_for("{kind}")`'
        if isinstance(got, str):
            why = f"{said} should give a loss; {got}."
            parts.append(Finding(False, why, "targets of the wrong shape"))
            continue
        rows = np.arange(len(t))
        if name == "classes":
            right = -_log_softmax(z)[rows, t].mean()
            logs = _log_softmax(z)
            wrong = {
                "softmax before the loss": -_log_softmax(_softmax(z))[rows, t].mean(),
                "logarithms": -z[rows, t].mean(),
                "probabilities": -_log_softmax(np.log(np.clip(z, 1e-7, 1 - 1e-7)))[rows, t].mean(),
                "smoothed": -(0.9 * logs[rows, t] + 0.1 * logs.mean(1)).mean(),
            }
            text = "The loss for one class of several reads logits."
        elif name == "labels":
            right, p = _binary(z, t).mean(), np.clip(z, 1e-7, 1 - 1e-7)
            wrong = {
                "softmax for several labels": -(_log_softmax(z) * t).sum(1).mean(),
                "sigmoid before the loss": _binary(1 / (1 + np.exp(-z)), t).mean(),
                "changed places": _binary(t, z).mean(),
                "probabilities": -(t * np.log(p + 1e-7) + (1 - t) * np.log(1 - p + 1e-7)).mean(),
                "squared error": ((z - t) ** 2).mean(),
            }
            text = "The loss for several labels reads logits, one for each label."
        else:
            right = ((z - t) ** 2).mean()
            far = np.abs(z - t)
            wrong = {
                "absolute error": far.mean(),
                "a root": np.sqrt(right),
                "half of it": right / 2,
                "Huber": np.where(far < 1, far**2 / 2, far - 0.5).mean(),
            }
            text = "The loss for a number is the squared error."
        if close(got, float(right), 2e-4 * max(1.0, abs(float(right)))):
            parts.append(Finding(True, text))
            continue
        # A sum: over everything, or (as Keras counts) over the means of the rows.
        wrong |= {"summed": right * z.size, "summed over the rows": right * len(z)}
        names = [
            n for n, value in wrong.items() if close(got, float(value), 2e-3 * max(1.0, abs(value) / 10))
        ]
        why = f"{said} gives {show(got)} on such outputs. {_why(name, names)}"
        told = [_CALLED.get(one, one) for one in names[:1]]
        parts.append(Finding(False, why, *told))
    return score(*((1, part) for part in parts))


def _why(name: str, names: list[str]) -> str:
    if "softmax before the loss" in names:
        return (
            "It has been given a softmax of its own before the one in the loss: the logits go"
            " through it twice."
        )
    if "sigmoid before the loss" in names:
        return (
            "It has been given a sigmoid of its own before the one in the loss: the logits go through"
            " it twice."
        )
    if "changed places" in names:
        return "Outputs and targets have changed places: which of the two does your loss take first?"
    if names and names[0].startswith("summed"):
        return (
            "That is a sum; a mean is asked for, so that the rate need not change with the size of a batch."
        )
    if "softmax for several labels" in names:
        return "That is the cross-entropy of one softmax: the labels compete, and only one of them can win."
    if "absolute error" in names:
        return "That is the absolute error; the task asks for the squared one."
    if names and names[0] in ("logarithms", "probabilities"):
        return (
            "These outputs are logits, any number from minus to plus infinity, and your loss takes them for"
            f" {names[0]}. Choose the loss that reads logits, or tell it so."
        )
    if "squared error" in names:
        return "That is the squared error: it does not punish being sure and wrong as a logarithm does."
    if "smoothed" in names:
        return "That is the loss with smoothed labels; the task asks for the plain one."
    if names:
        why = {"a root": "its root", "half of it": "half of it", "Huber": "the Huber loss"}[names[0]]
        return f"The mean of the squared differences is asked for; that is {why}."
    if name == "number":
        return "For a number the mean of the squared differences is asked for."
    return (
        "That is not the mean loss of one softmax over the classes, on logits."
        if name == "classes"
        else "That is not the mean loss of a sigmoid for each label, on logits."
    ) + " Does your loss read logits, and take the mean?"
