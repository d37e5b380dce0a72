"""Chapter 5: a head is built, and dropout works in training only."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tlcourse.exercises.engine.judging import close, describe, good, plain_array, read_array, show, verdict
from tlcourse.exercises.engine.model import Exercise, Finding, Misconception, Verdict

__all__ = ["BUILD", "DROPOUT"]


# ------------------------------------------------------------------------------------------- build a head


def _build_inputs(rng: np.random.Generator) -> dict[str, Any]:
    features = int(rng.integers(20, 40))
    # Odd, so that BatchNorm on the features never has as many parameters as on the hidden units.
    hidden = 2 * int(rng.integers(24, 40)) + 1
    classes = rng.permutation(np.arange(4, 9))
    return {
        "features": features,
        "hidden": hidden,
        "classes": int(classes[0]),
        # A head of other sizes: who gives the first head again has the wrong one.
        "other": {"hidden": hidden + 2 * int(rng.integers(1, 6)), "classes": int(classes[1])},
        "dropout": float(rng.choice([0.2, 0.3, 0.7])),  # not the usual half, and not what is left of it
        "x": rng.normal(1.0, 2.0, (64, features)).astype("float32"),
        # What the probe puts into the head, so that the judge can work out its hidden units.
        "kernel": (rng.normal(0.05, 1.0, (features, hidden)) / np.sqrt(features)).astype("float32"),
        "vectors": (rng.uniform(0.5, 1.5, (3, hidden)) * rng.choice([-1, 1], (3, hidden))).astype("float32"),
    }


PASSES = 20  # in training mode, so that a hidden unit is seen struck out and seen alive


def _build_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """What two heads do, not what they are made of: layers, functions and classes of one's own all count.

    The first is taken as it comes. Into the second go numbers of which the judge knows where they lead.
    """
    x = np.asarray(inputs["x"], "float32")
    heads = [
        answer(inputs["features"], one["hidden"], one["classes"], inputs["dropout"])
        for one in (inputs["other"], inputs)
    ]
    if framework == "torch":
        import torch

        wrong = next((describe(one) for one in heads if not isinstance(one, torch.nn.Module)), None)
        if wrong is not None:
            return {"wrong": wrong}

        def run(head: Any, training: bool, part: np.ndarray) -> Any:
            head.train(training)
            with torch.no_grad():
                return head(torch.from_numpy(np.array(part, "float32")))

        def parameters(head: Any) -> list[Any]:
            return list(head.parameters())

        def put(parameter: Any, value: np.ndarray) -> None:
            with torch.no_grad():
                parameter.copy_(torch.from_numpy(np.array(value, "float32")))
    else:
        import keras

        wrong = next((describe(one) for one in heads if not isinstance(one, keras.Model)), None)
        if wrong is not None:
            return {"wrong": wrong}

        def run(head: Any, training: bool, part: np.ndarray) -> Any:
            return head(np.array(part, "float32"), training=training)

        def parameters(head: Any) -> list[Any]:
            return list(head.trainable_weights)

        def put(parameter: Any, value: np.ndarray) -> None:
            parameter.assign(np.array(value, "float32"))

    first = plain_array(run(heads[0], False, x))
    n, k, hidden = len(x), inputs["classes"], inputs["hidden"]
    second = plain_array(run(heads[1], False, x[:2]))  # now layers that build themselves have done so
    for one, wanted in ((first, (n, inputs["other"]["classes"])), (second, (2, k))):
        if isinstance(one, str) or one.shape != wanted:
            return {"first": one, "shape": wanted}
    noisy = [np.asarray(run(heads[0], True, x), "float64") for _ in range(2)]
    half = (x[: n // 2] + x[n // 2 :]) / 2
    parts = [np.asarray(run(heads[0], False, part), "float64") for part in (half, x[: n // 2], x[n // 2 :])]
    shapes = [tuple(int(v) for v in p.shape) for p in parameters(heads[1])]
    out = {
        "first": first,
        "noisy": noisy[0],
        "noise": float(np.abs(noisy[0] - noisy[1]).max()),
        "bend": float(np.abs(parts[0] - (parts[1] + parts[2]) / 2).max()),  # 0 where all is linear
        "weights": int(sum(np.prod(shape) for shape in shapes)),
        "vectors": shapes.count((hidden,)),
    }
    # The output layer is made to show the hidden units as they are, one each, but for the last output: 0.
    window = np.zeros((hidden, k))
    window[np.arange(k - 1), np.arange(k - 1)] = 0.1
    found = [i for i, shape in enumerate(shapes) if sorted(shape) == sorted((hidden, k))]
    if len(found) != 1:
        return out
    number = 0
    for parameter, shape in zip(parameters(heads[1]), shapes, strict=True):
        if sorted(shape) == sorted((hidden, k)):
            put(parameter, window if shape == (hidden, k) else window.T)
        elif shape == (k,):
            put(parameter, np.zeros(k))
        elif sorted(shape) == sorted((inputs["features"], hidden)):
            kernel = np.asarray(inputs["kernel"])
            put(parameter, kernel if shape == kernel.shape else kernel.T)
        elif shape == (hidden,) and number < 3:
            put(parameter, np.asarray(inputs["vectors"])[number])
            number += 1

    def passes(training: bool, part: np.ndarray, count: int) -> np.ndarray:
        return np.stack([np.asarray(run(heads[1], training, part), "float32") for _ in range(count)])

    out["hidden"] = passes(True, x, PASSES)
    out["still"] = passes(False, x, 2)
    out["few"] = passes(False, x[:16], 1)[0]
    return out | {"alone": passes(True, x[:16], PASSES)}


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


def _build_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
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
    return verdict(logits, drop, layers)


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
    return good("It gives logits, one for each class."), ""


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
    right = good("A hidden layer, batch normalisation and a ReLU come before the output layer.")
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
    return good("Dropout strikes out hidden units in training, and is silent when the head predicts.")


def _share_a_mask(struck: np.ndarray, alive: np.ndarray) -> bool:
    """Whether two rows lose the same units in every pass, or a row always loses all of its units or none."""
    rows = struck.transpose(1, 0, 2)  # (rows, passes, units)
    for i, j in itertools.combinations(range(len(rows)), 2):
        both = alive[i] & alive[j]
        if both.sum() >= 3 and np.array_equal(rows[i][:, both], rows[j][:, both]):
            return True
    several = [row[:, on] for row, on in zip(rows, alive, strict=True) if on.sum() >= 2]
    return bool(several) and all((row.all(1) | ~row.any(1)).all() for row in several)


_TORCH = """
from torch import nn

def head(features, hidden, classes, dropout):
    return nn.Sequential({layers})
"""
_KERAS = """
import keras
from keras import layers

def head(features, hidden, classes, dropout):
    return keras.Sequential([keras.Input((features,)), {layers}])
"""


def _wrong(torch_layers: str, keras_layers: str) -> dict[str, str]:
    return {
        "torch": _TORCH.replace("{layers}", torch_layers),
        "keras": _KERAS.replace("{layers}", keras_layers),
    }


_T = [
    "nn.Linear(features, hidden)",
    "nn.BatchNorm1d(hidden)",
    "nn.ReLU()",
    "nn.Dropout(dropout)",
    ("nn.Linear(hidden, classes)"),
]
_K = [
    "layers.Dense(hidden)",
    "layers.BatchNormalization()",
    "layers.ReLU()",
    "layers.Dropout(dropout)",
    "layers.Dense(classes)",
]


def _layers(keep: tuple[int, ...], torch_more: str = "", keras_more: str = "") -> dict[str, str]:
    return _wrong(
        ", ".join([_T[i] for i in keep] + ([torch_more] if torch_more else [])),
        ", ".join([_K[i] for i in keep] + ([keras_more] if keras_more else [])),
    )


BUILD = Exercise(
    id="ch05-build",
    title="Build a head",
    points=3,
    answer="head",
    inputs=_build_inputs,
    probe=_build_probe,
    judge=_build_judge,
    solved_by=(
        "tlcourse.heads.build",
        "tlcourse.heads._torch.build",
        "tlcourse.heads._keras.build",
    ),
    hints=(
        "Five layers, in the order in which the task names them. What comes out of the last"
        " one is what the loss reads.",
        (
            "PyTorch: `nn.Linear`, `nn.BatchNorm1d`, `nn.ReLU`, `nn.Dropout`, `nn.Linear` in an"
            " `nn.Sequential`. Keras:"
            " `Dense`, `BatchNormalization`, `ReLU`, `Dropout`, `Dense` in a `keras.Sequential`."
        ),
        (
            "The sizes: `features` to `hidden`, then `hidden` to `classes`. No activation after"
            " the last layer. Keras:"
            " begin with `keras.Input((features,))`, so that the weights are there."
        ),
    ),
    misconceptions=(
        Misconception(
            "softmax in the head",
            _layers((0, 1, 2, 3, 4), "nn.Softmax(dim=1)", "layers.Softmax()"),
            expect="there is a softmax at its end",
        ),
        Misconception("no dropout", _layers((0, 1, 2, 4)), expect="There is no dropout"),
        Misconception(
            "dropout on the logits",
            _layers((0, 1, 2, 4), "nn.Dropout(dropout)", "layers.Dropout(dropout)"),
            expect="dropout comes after the last layer",
        ),
        Misconception(
            "no BatchNorm", _layers((0, 2, 3, 4)), expect=("Batch normalisation after the hidden layer")
        ),
        Misconception("no nonlinearity", _layers((0, 1, 3, 4)), expect="a product of matrices"),
        Misconception("ReLU before BatchNorm", _layers((0, 2, 1, 3, 4)), expect="comes before the batch"),
        Misconception(
            "not a ReLU",
            _wrong(
                ", ".join(_T).replace("ReLU", "Sigmoid"),
                ", ".join(_K).replace("ReLU()", 'Activation("sigmoid")'),
            ),
            expect="is a sigmoid",
        ),
        Misconception(
            "no running statistics",
            {
                "torch": _wrong(
                    ", ".join(_T).replace(
                        "BatchNorm1d(hidden", "BatchNorm1d(hidden, track_running_stats=False"
                    ),
                    "",
                )["torch"],
                "keras": _wrong(
                    "", ", ".join(_K).replace("BatchNormalization()", "BatchNormalization(momentum=1.0)")
                )["keras"],
            },
            expect="running statistics",
        ),
        Misconception(
            "ReLU on the logits",
            _layers((0, 1, 2, 3, 4), "nn.ReLU()", "layers.ReLU()"),
            expect=("A ReLU after the last"),
        ),
    ),
)

# ----------------------------------------------------------------------------------------------- dropout


def _dropout_inputs(rng: np.random.Generator) -> dict[str, Any]:
    # Long enough that no two rows or columns share a mask by chance.
    shape = int(rng.integers(52, 72)), int(rng.integers(52, 72))
    return {
        # Of both signs: what is below zero is struck out as well, and by the same chance.
        "x": (rng.uniform(0.5, 2.0, shape) * rng.choice([-1, 1], shape)).astype("float64"),
        "rate": float(rng.choice([0.2, 0.25, 0.3, 0.35, 0.65, 0.7, 0.75, 0.8])),
        "seed": int(rng.integers(1, 10_000)),
        "calls": [str(name) for name in rng.permutation(["training", "again", "other", "still"])],
    }


def _dropout_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    x, rate = np.asarray(inputs["x"], "float64"), inputs["rate"]
    found: dict[str, Any] = {"kept": True}
    for name in inputs["calls"]:
        given = x.copy()
        rng = np.random.default_rng(inputs["seed"] + (name == "other"))
        found[name] = plain_array(answer(given, rate, name != "still", rng))
        found["kept"] = found["kept"] and bool(np.array_equal(given, x))
    return found


def _uneven(struck: np.ndarray, x: np.ndarray) -> bool:
    """Whether the chance hangs on where a number stands, or on how large it is."""
    rows, columns = struck.shape
    parts = [
        (struck[: rows // 2], struck[rows // 2 :]),
        (struck[:, : columns // 2], struck[:, columns // 2 :]),
        (struck[::2], struck[1::2]),
        (struck[:, ::2], struck[:, 1::2]),
        (struck[x > 0], struck[x < 0]),
        (struck[np.abs(x) > 1.25], struck[np.abs(x) < 1.25]),
    ]
    return any(abs(float(a.mean()) - float(b.mean())) > 0.1 for a, b in parts)


def _dropout_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    x, rate = np.asarray(inputs["x"]), inputs["rate"]
    got, again, other = (
        read_array(observed[name], "In training `dropout`") for name in ("training", "again", "other")
    )
    still = read_array(observed["still"], "In prediction `dropout`")
    for value in (got, again, other, still):
        if value.shape != x.shape:
            why = f"For features of shape {x.shape} you give an array of shape {value.shape}."
            return Verdict(0.0, (Finding(False, why),))
        if not np.isfinite(value).all():
            why = "There is NaN or infinity among your features."
            return Verdict(0.0, (Finding(False, why, "not finite"),))
    struck = got == 0
    share = float(struck.mean())
    said = f"At rate {rate} in training, {share:.0%} of your features are zero"
    if not struck.any():
        which = Finding(False, "In training nothing is struck out.", "nothing is dropped")
    elif struck.all():
        which = Finding(False, f"At rate {rate} in training, nothing is left of your features.", None)
    elif (struck == struck[0]).all() or (struck == struck[:, :1]).all():
        which = Finding(
            False,
            f"{said}, and they are the same for every"
            f" {'picture' if (struck == struck[0]).all() else 'feature'}. Each"
            " number is to be struck out or kept on its own.",
            "one mask for all",
        )
    elif abs(share - rate) > 0.08:
        why = (
            "The rate is the share that is struck out, not the share that stays."
            if abs(share - (1 - rate)) < 0.08
            else "The rate is the share that is to be struck out."
        )
        which = Finding(False, f"{said}. {why}", "keeps the rate" if "stays" in why else None)
    elif len({row.tobytes() for row in struck}) < len(struck) or len(
        {column.tobytes() for column in struck.T}
    ) < len(struck.T):
        why = f"{said}, and some pictures, or some features, share a mask. Each number is to be struck out or"
        which = Finding(False, f"{why} kept on its own.", "one mask for two")
    elif abs(share - float((other == 0).mean())) > 0.05 or _uneven(struck, x):
        why = f"{said}, and some numbers more often than others. The chance is the same for each of them."
        which = Finding(False, why, "not by chance alone")
    elif not np.array_equal(struck, again == 0):
        why = (
            f"{said}, and other ones in a second call with a generator of the same seed. Draw from `rng`, or"
        )
        which = Finding(False, f"{why} nobody can repeat your numbers.", "another generator")
    elif np.array_equal(struck, other == 0):
        which = Finding(
            False, (f"{said}, the same ones for another generator. Draw from `rng`."), "one mask for all"
        )
    else:
        which = good("In training each number is struck out with the given chance, on its own.")
    kept = ~struck
    factors = got[kept] / x[kept] if kept.any() else np.zeros(1)
    factor = float(np.median(factors))
    # By the chance to stay, or by the share that did stay: both keep the sums' size on average.
    scaled = any(
        np.abs(factors / target - 1).max() < 1e-5 for target in (1 / (1 - rate), 1 / (1 - share or 1))
    )
    told_scale = abs(share - rate) <= 0.08
    if told_scale and not scaled and np.ptp(factors) > 1e-3 * abs(factor):
        low, high = show(float(factors.min()), 2), show(float(factors.max()), 2)
        why = f"What stays is multiplied by {low} here and {high} there."
        scale = Finding(False, f"{why} One factor is needed for all.", "not rescaled")
    elif told_scale and not scaled:
        why = f"What stays is multiplied by {show(factor, 2)}."
        why += (
            " So the next layer sees smaller sums in training than when the head predicts."
            if abs(factor - 1) < 1e-9
            else " In training and in prediction the next layer should see sums of the same size on average."
        )
        scale = Finding(False, why, "not rescaled")
    elif not told_scale:
        scale = Finding(False, "The scale of what stays can be judged when the right share is struck out.")
    else:
        scale = good("What stays is scaled up, so that sums keep their size on average.")
    if not observed["kept"]:
        why = (
            "`x` itself is not what it was: your function writes into it. Features that are kept for the next"
            " epoch would lose more with each. Work on a copy."
        )
        calm = Finding(False, why, "writes into its input")
    elif np.allclose(still, x, rtol=1e-6, atol=0):  # single precision is enough
        calm = good("When the head predicts, the features pass as they are.")
    elif (still == 0).any():
        calm = Finding(
            False,
            f"With `training=False`, {float((still == 0).mean()):.0%} of the features are still"
            " struck out. The same"
            " picture would get another answer each time.",
            "drops in prediction",
        )
    else:
        calm = Finding(
            False,
            "With `training=False` the features are multiplied by"
            f" {show(float(np.median(still / x)), 2)}. If training scales"
            " up what stays, prediction leaves everything as it is.",
            "scales in prediction",
        )
    # What stays has to be the features that were given, times whatever.
    if not struck.all() and np.mean(np.abs(factors - factor) < 1e-3 * abs(factor)) < 0.2:
        why = "What stays in training is not the features that were given, nor a multiple of them."
        return Verdict(0.0, (Finding(False, why, "other numbers"),))
    if not which.passed and which.misconception == "nothing is dropped":
        return Verdict(0.0, (which,))
    return verdict(which, scale, calm)


DROPOUT = Exercise(
    id="ch05-dropout",
    title="Dropout, in training and after",
    points=3,
    answer="dropout",
    inputs=_dropout_inputs,
    probe=_dropout_probe,
    judge=_dropout_judge,
    hints=(
        "If a share of the numbers becomes zero, by how much does their sum shrink on average? Undo that.",
        "`rng.random(x.shape) >= rate` is a mask of what stays. Divide what stays by the chance to stay.",
        "`if not training: return x`, else `x * mask / (1 - rate)`.",
    ),
    misconceptions=(
        Misconception(
            "not rescaled",
            """
def dropout(x, rate, training, rng):
    if not training:
        return x
    return x * (rng.random(x.shape) >= rate)
""",
            expect="smaller sums in training",
        ),
        Misconception(
            "drops in prediction",
            """
def dropout(x, rate, training, rng):
    return x * (rng.random(x.shape) >= rate) / (1 - rate)
""",
            expect="still struck out",
        ),
        Misconception(
            "keeps the rate",
            """
def dropout(x, rate, training, rng):
    if not training:
        return x
    return x * (rng.random(x.shape) < rate) / rate
""",
            expect="not the share that stays",
        ),
        Misconception(
            "one mask for all",
            """
def dropout(x, rate, training, rng):
    if not training:
        return x
    return x * (rng.random(x.shape[1]) >= rate) / (1 - rate)
""",
            expect="the same for every",
        ),
        Misconception(
            "one mask for two",
            """
import numpy as np

def dropout(x, rate, training, rng):
    if not training:
        return x
    mask = rng.random(((len(x) + 1) // 2, x.shape[1])) >= rate
    return x * np.repeat(mask, 2, axis=0)[:len(x)] / (1 - rate)
""",
            expect="share a mask",
        ),
        Misconception(
            "another generator",
            """
import numpy as np

def dropout(x, rate, training, rng):
    if not training:
        return x
    return x * (np.random.random(x.shape) >= rate) / (1 - rate)
""",
            expect="a generator of the same seed",
        ),
        Misconception(
            "scales in prediction",
            """
def dropout(x, rate, training, rng):
    if not training:
        return x * (1 - rate)
    return x * (rng.random(x.shape) >= rate) / (1 - rate)
""",
            expect="prediction leaves everything",
        ),
    ),
)
