"""A point each for the logits, for dropout, and for the layers before them: worked out from hidden units."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Finding, Verdict, close, read_array, score, show

from .probe import PASSES


def _units(shown: np.ndarray, end: str) -> np.ndarray:
    """The hidden units (passes, rows, units) behind what the head gave through its window."""
    shown = np.asarray(shown, "float64")
    if end == "softmax":  # the last logit is 0
        shown = np.log(np.maximum(shown, 1e-30))
        shown = shown - shown[..., -1:]
    elif end == "sigmoid":
        shown = np.clip(shown, 1e-12, 1 - 1e-12)
        shown = np.log(shown / (1 - shown))
    return np.where(np.abs(shown) < 1e-5, 0.0, shown)[..., :-1] * 10


def _alive(units: np.ndarray) -> np.ndarray:
    """Over the passes, each unit when it was not struck out: its largest value, of either sign."""
    at = np.abs(units).argmax(0)[None]
    return np.take_along_axis(units, at, 0)[0]


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(z, -60, 60)))


def _erf(z: np.ndarray) -> np.ndarray:
    return np.vectorize(math.erf)(z)


_NONLINEAR: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "ReLU": lambda z: np.maximum(z, 0),
    "sigmoid": _sigmoid,
    "tanh": np.tanh,
    "GELU": lambda z: z * (1 + _erf(z / np.sqrt(2))) / 2,
    "GELU, approximately": lambda z: z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))) / 2,
    "SiLU": lambda z: z * _sigmoid(z),
    "softplus": lambda z: np.log1p(np.exp(np.clip(z, -60, 60))),
    "ELU": lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
    **{
        f"leaky ReLU of {slope}": lambda z, slope=slope: np.where(z > 0, z, slope * z)  # type: ignore[misc]
        for slope in (0.01, 0.1, 0.2, 0.3)
    },
}


def _ways(inputs: dict[str, Any], vectors: int) -> Iterator[tuple[str, bool, dict[str, np.ndarray]]]:
    """Nonlinearity, whether it comes before BatchNorm, and which of the vectors is bias, scale and shift."""
    hidden = inputs["classes"] - 1  # so many are seen
    given = np.asarray(inputs["vectors"], "float64")[:, :hidden]
    plain = {"bias": np.zeros(hidden), "scale": np.ones(hidden), "shift": np.zeros(hidden)}
    roles = list(itertools.permutations(plain, min(vectors, 3)))
    for first in (False, True):
        for name in _NONLINEAR:
            for named in roles:
                yield name, first, plain | {role: given[i] for i, role in enumerate(named)}


def _in_training(
    inputs: dict[str, Any],
    name: str,
    first: bool,
    parts: dict[str, np.ndarray],
    share: float | None = None,
    epsilon: float = 1e-5,
) -> np.ndarray:
    """The hidden units that the window shows, float64 (N, classes - 1), without dropout.

    Normalised with the batch's numbers; with ``share``, with running statistics that have gone so far from 0
    and 1 to the batch's.
    """
    kernel = np.asarray(inputs["kernel"], "float64")[:, : inputs["classes"] - 1]
    z = np.asarray(inputs["x"], "float64") @ kernel + parts["bias"]
    z = _NONLINEAR[name](z) if first else z
    mean, variance = z.mean(0), z.var(0)
    if share is not None:
        mean, variance = share * mean, share * variance + 1 - share
    y = parts["scale"] * (z - mean) / np.sqrt(variance + epsilon) + parts["shift"]
    return y if first else _NONLINEAR[name](y)


def _fits(got: np.ndarray, target: np.ndarray, near: float) -> bool:
    """Whether units seen through the window are these, in single precision and for any small epsilon."""
    seen = got != 0
    if seen.sum() < 20 or (~seen & (np.abs(target) > 0.05)).mean() > 0.02:
        return False
    return bool(np.abs(got - target)[seen].max() < near * max(1.0, float(np.abs(target).max())))


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point each; logits of the right shape alone are no merit."""
    if "wrong" in observed:
        why = f"`head` should give a model (a torch module, a Keras model); yours gave {observed['wrong']}."
        return Verdict(0.0, (Finding(False, why),))
    first = read_array(observed["first"], "The model that `head` gives")
    if "shape" in observed:
        n, k = observed["shape"]
        why = f"For {n} rows of features and {k} classes your head gives an array of shape {first.shape}."
        return Verdict(0.0, (Finding(False, why),))
    logits, end = _judge_end(first)
    way = _way(observed, inputs, end) if "hidden" in observed else None
    drop, layers = _judge_drop(observed, inputs, end, way), _judge_layers(observed, inputs, end, way)
    if drop.misconception == "dropout too early" and way is None and layers.misconception == "another order":
        layers = Finding(False, "The order of the layers can be told when dropout comes after the ReLU.")
    if "hidden" not in observed:  # a head of other sizes gives logits as well: that alone is no merit
        return Verdict(0.0, tuple(part for part in (logits, drop, layers) if not part.passed))
    return score((1, logits), (1, drop), (1, layers))


def _way(
    observed: dict[str, Any], inputs: dict[str, Any], end: str
) -> tuple[float, str, bool, dict[str, np.ndarray]] | None:
    """Which layers in which order give the hidden units that were seen: (scale, and what `_ways` gives)."""
    together = _alive(_units(observed["hidden"], end))
    # What stays is scaled up; or it is not; or by the usual half, or by the rate.
    scales = (1 - inputs["dropout"], 1.0, 0.5, inputs["dropout"])
    for name, before, parts in _ways(inputs, observed["vectors"]):
        for epsilon in (1e-5, 1e-3):  # PyTorch's and Keras's: they matter for a unit that hardly varies
            target = _in_training(inputs, name, before, parts, epsilon=epsilon)
            for scale in scales:
                if _fits(together * scale, target, 5e-3):
                    return scale, name, before, parts
    return None


def _judge_end(first: np.ndarray) -> tuple[Finding, str]:
    """What the outputs are, and what comes after the last layer."""
    if bool((first >= 0).all() and np.abs(first.sum(1) - 1).max() < 1e-3):
        why = (
            "Your head's outputs are above zero and add up to 1 in each row: there is a softmax"
            " at its end. The loss expects logits and applies its own."
        )
        return Finding(False, why, "softmax in the head"), "softmax"
    if (first > 0).all() and (first < 1).all():
        why = (
            "All your head's outputs lie between 0 and 1: there is a sigmoid at its end. Logits may be any"
            " number."
        )
        return Finding(False, why, "sigmoid in the head"), "sigmoid"
    if (first >= 0).all() and (first == 0).any():
        why = (
            "None of your head's outputs is below zero, and some are exactly zero. A ReLU after"
            " the last layer cuts off half of what a logit can say."
        )
        return Finding(False, why, "ReLU on the logits"), "ReLU"
    return Finding(True, "It gives logits, one for each class."), ""


def _judge_layers(
    observed: dict[str, Any],
    inputs: dict[str, Any],
    end: str,
    way: tuple[float, str, bool, dict[str, np.ndarray]] | None,
) -> Finding:
    d, h, k = inputs["features"], inputs["hidden"], inputs["classes"]
    plain = d * h + h + h * k + k
    weights = observed["weights"]
    if weights < plain - h - k:
        why = f"It has {weights:,} parameters: too few for a hidden layer of {h} and an output layer of {k}."
        return Finding(False, why, "no hidden layer")
    if observed["bend"] < 1e-5:
        why = (
            "The mean of two rows gives the mean of their outputs: all of it is linear. Without a"
            " nonlinearity between them, two dense layers are one: a product of matrices is a matrix."
        )
        return Finding(False, why, "no nonlinearity")
    if weights > plain + 2 * h:
        why = (
            f"It has {weights:,} parameters: more than a hidden layer of {h}, its batch"
            f" normalisation and an output layer of {k} need."
        )
        return Finding(False, why, "a layer too many")
    missing = "Batch normalisation after the hidden layer is missing"
    if "hidden" not in observed:
        why = f"there is no single layer from {h} hidden units to {k} outputs."
        return Finding(False, f"The layers cannot be told apart: {why}")
    together, alone = _alive(_units(observed["hidden"], end)), _alive(_units(observed["alone"], end))
    seen = (together[:16] != 0) & (alone != 0)
    # On the other rows of the batch, as batch normalisation does and nothing else.
    depends = bool(
        seen.any() and np.median(np.abs(together[:16] - alone)[seen] / np.abs(together[:16][seen])) > 1e-3
    )
    if not depends:
        why = (
            f"{missing}: in training, the hidden units of a row do not depend on the other rows of the batch."
        )
        return Finding(False, why, "no BatchNorm")
    if way is None:
        if observed["vectors"] < 2:
            why = (
                f"there are {weights:,} parameters, and {h} means and variances have a scale and a shift each"
            )
            return Finding(False, f"{missing}: {why}.", "no BatchNorm")
        why = (
            "In training the hidden units are not what a dense layer, batch normalisation and a ReLU, in this"
        )
        return Finding(False, f"{why} order, give. Does something stand between them?", "another order")
    _, name, before, parts = way
    if before:
        why = (
            f"Your {name.split(',')[0]} comes before the batch normalisation, so the head's last layer reads"
            " numbers around zero instead of what it let through. The order is dense, batch normalisation,"
            " ReLU."
        )
        return Finding(False, why, "ReLU before BatchNorm")
    if name != "ReLU":
        why = (
            f"The nonlinearity after the batch normalisation is a {name.split(',')[0]}; a ReLU was asked for."
        )
        return Finding(False, why, "not a ReLU")
    return _judge_statistics(observed, inputs, end, parts)


def _judge_statistics(
    observed: dict[str, Any], inputs: dict[str, Any], end: str, parts: dict[str, np.ndarray]
) -> Finding:
    """Whether BatchNorm uses its running statistics when the head predicts."""
    still, few = _units(observed["still"], end), _units(observed["few"], end)
    right = Finding(True, "A hidden layer, batch normalisation and a ReLU come before the output layer.")
    if not close(still[0], still[1], 1e-4):
        return right  # dropout that never sleeps is told elsewhere, and hides the rest
    if not close(still[0][:16], few, 1e-3):
        why = (
            "When the head predicts, the answer for a row depends on the other rows: its batch normalisation"
            " has no running statistics."
        )
        return Finding(False, why, "no running statistics")
    shares = np.linspace(0, 1, 1001)
    targets = [_in_training(inputs, "ReLU", False, parts, share) for share in shares]
    errors = [np.abs(target - still[0]).max() for target in targets]
    best = int(np.argmin(errors))
    if errors[best] < 0.02 * max(1.0, float(np.abs(targets[best]).max())) and shares[best] > 0.005:
        return right
    why = (
        f"After {PASSES} passes in training mode it predicts as if the features had never been seen: the"
        " running statistics of its batch normalisation do not move, or are not used."
    )
    return Finding(False, why, "no running statistics")


def _judge_drop(
    observed: dict[str, Any],
    inputs: dict[str, Any],
    end: str,
    way: tuple[float, str, bool, dict[str, np.ndarray]] | None,
) -> Finding:
    zeros = (np.asarray(observed["noisy"]) == 0).mean()
    if observed["noise"] == 0:
        return Finding(
            False,
            "There is no dropout in it: two passes in training mode give the same outputs.",
            "no dropout",
        )
    if zeros > 0.1 and not (np.asarray(observed["first"]) == 0).any():
        return Finding(
            False,
            f"In training {zeros:.0%} of the logits are exactly zero: dropout comes after the"
            " last layer, and strikes out"
            " answers. It belongs on the hidden units.",
            "dropout on the logits",
        )
    if "hidden" not in observed:
        return Finding(
            False,
            "Its dropout can be judged when one dense layer leads from the hidden units to the classes.",
        )
    still = np.asarray(observed["still"], "float64")
    if not close(still[0], still[1], 1e-6):
        why = "Two passes in evaluation mode give different outputs: its dropout is not silent when the head"
        return Finding(
            False, f"{why} predicts. It has to be told the mode that the model is in.", "never silent"
        )
    units = _units(observed["hidden"], end)
    alive = np.abs(units).max(0) > 0
    struck = float((units == 0)[:, alive].mean()) if alive.any() else 0.0
    # Struck out or as large as ever: a unit that takes many values has its noise from elsewhere.
    whole = np.where(units == 0, np.nan, units)[:, alive]
    steady = bool(alive.any()) and float(np.nanmax(np.nanstd(whole, 0))) < 1e-3 * float(np.nanmax(whole))
    if not steady:
        return Finding(
            False,
            "In training the hidden units are not struck out or kept, they take other values each time:"
            " dropout comes before the dense layer or the batch normalisation. It belongs after the ReLU.",
            "dropout too early",
        )
    if abs(struck - inputs["dropout"]) > 0.08:
        return Finding(
            False,
            f"In training {struck:.0%} of the hidden units are struck out, and you were given"
            f" {show(inputs['dropout'])} as the rate.",
            "another rate",
        )
    if _share_a_mask(units == 0, alive):
        why = "In training what is struck out goes together: rows lose the same units, or a row loses all of"
        return Finding(
            False, f"{why} them. Each unit of each row is struck out on its own.", "one mask for all"
        )
    if way is not None and way[0] == 1.0:
        why = (
            "What stays is not scaled up in training, so the last layer sees smaller sums than when the head"
        )
        return Finding(False, f"{why} predicts.", "not rescaled")
    return Finding(
        True, "Dropout strikes out hidden units in training, and is silent when the head predicts."
    )


def _share_a_mask(struck: np.ndarray, alive: np.ndarray) -> bool:
    """Whether two rows lose the same units in every pass, or a row always loses all of its units or none."""
    rows = struck.transpose(1, 0, 2)  # (rows, passes, units)
    for i, j in itertools.combinations(range(len(rows)), 2):
        both = alive[i] & alive[j]
        if both.sum() >= 3 and np.array_equal(rows[i][:, both], rows[j][:, both]):
            return True
    several = [row[:, on] for row, on in zip(rows, alive, strict=True) if on.sum() >= 2]
    return bool(several) and all((row.all(1) | ~row.any(1)).all() for row in several)
