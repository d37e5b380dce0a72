"""Chapter 5: a head is built, and dropout works in training only."""

from __future__ import annotations

from typing import Any

import numpy as np

from .judging import good, plain_array, read_array, show, told, verdict
from .model import Exercise, Finding, Misconception, Verdict

__all__ = ["BUILD", "DROPOUT"]


# ------------------------------------------------------------------------------------------- build a head


def _build_inputs(rng: np.random.Generator) -> dict[str, Any]:
    features = int(rng.integers(20, 40))
    return {
        "features": features,
        # Odd, so that BatchNorm on the features never has as many parameters as on the hidden units.
        "hidden": 2 * int(rng.integers(24, 40)) + 1,
        "classes": int(rng.integers(3, 8)),
        "dropout": float(rng.choice([0.2, 0.3, 0.7])),  # not the usual half, and not what is left of it
        "x": rng.normal(1.0, 2.0, (64, features)).astype("float32"),
    }


PASSES = 20  # in training mode, so that a hidden unit is seen struck out and seen alive


def _build_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """What the head does, not what it is made of: layers, functions and classes of one's own all count."""
    x = np.asarray(inputs["x"], "float32")
    head = answer(inputs["features"], inputs["hidden"], inputs["classes"], inputs["dropout"])
    if framework == "torch":
        import torch

        if not isinstance(head, torch.nn.Module):
            return {"wrong": told(head)}

        def run(training: bool, part: np.ndarray) -> Any:
            head.train(training)
            with torch.no_grad():
                return head(torch.from_numpy(np.array(part, "float32")))

        def parameters() -> list[Any]:
            return list(head.parameters())

        def put(parameter: Any, value: np.ndarray) -> None:
            with torch.no_grad():
                parameter.copy_(torch.from_numpy(value.T.astype("float32").copy()))
    else:
        import keras

        if not isinstance(head, keras.Model):
            return {"wrong": told(head)}

        def run(training: bool, part: np.ndarray) -> Any:
            return head(np.array(part, "float32"), training=training)

        def parameters() -> list[Any]:
            return list(head.trainable_weights)

        def put(parameter: Any, value: np.ndarray) -> None:
            parameter.assign(value)

    first = plain_array(run(False, x))
    n, k, hidden = len(x), inputs["classes"], inputs["hidden"]
    if isinstance(first, str) or first.shape != (n, k):
        return {"first": first}
    training = np.stack([np.asarray(run(True, x), "float64") for _ in range(2)])
    half = (x[: n // 2] + x[n // 2 :]) / 2
    parts = [np.asarray(run(False, part), "float64") for part in (half, x[: n // 2], x[n // 2 :])]
    sizes = [tuple(int(v) for v in p.shape) for p in parameters()]
    out = {
        "first": first,
        "noisy": training[0],
        "noise": float(np.abs(training[0] - training[1]).max()),
        "bend": float(np.abs(parts[0] - (parts[1] + parts[2]) / 2).max()),  # 0 where all is linear
        "weights": int(sum(np.prod(size) for size in sizes)),
    }
    # The output layer is made to show the hidden units as they are, one each, but for the last output: 0.
    last = (k, hidden) if framework == "torch" else (hidden, k)
    found = [p for p, size in zip(parameters(), sizes, strict=True) if size == last]
    if len(found) != 1:
        return out
    window = np.zeros((hidden, k))
    window[np.arange(k - 1), np.arange(k - 1)] = 0.1
    put(found[0], window)
    for p, size in zip(parameters(), sizes, strict=True):
        if size == (k,):
            put(p, np.zeros(k))
    return out | {
        "hidden": np.stack([np.asarray(run(True, x), "float32") for _ in range(PASSES)]),
        "alone": np.stack([np.asarray(run(True, x[:16]), "float32") for _ in range(PASSES)]),
    }


def _units(shown: np.ndarray, softmax: bool) -> np.ndarray:
    """The hidden units (passes, rows, units) behind what the head gave through its window."""
    shown = np.asarray(shown, "float64")
    if softmax:  # the last logit is 0
        shown = np.log(np.maximum(shown, 1e-30))
        shown = shown - shown[..., -1:]
    return np.where(np.abs(shown) < 1e-5, 0.0, shown)[..., :-1]


def _build_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    if "wrong" in observed:
        why = f"`head` should give a model (a torch module, a Keras model); yours gave {observed['wrong']}."
        return Verdict(0.0, (Finding(False, why),))
    first = read_array(observed["first"], "The model that `head` gives")
    n, k = len(inputs["x"]), inputs["classes"]
    if first.shape != (n, k):
        why = f"For {n} rows of features and {k} classes your head gives an array of shape {first.shape}."
        return Verdict(0.0, (Finding(False, why),))
    softmax = bool((first >= 0).all() and np.abs(first.sum(1) - 1).max() < 1e-3)
    if softmax:
        logits = Finding(
            False,
            "Your head's outputs are above zero and add up to 1 in each row: there is a softmax"
            " at its end. The loss"
            " expects logits and applies its own.",
            "softmax in the head",
        )
    elif (first > 0).all() and (first < 1).all():
        logits = Finding(
            False,
            "All your head's outputs lie between 0 and 1: there is a sigmoid at its end. Logits may be any"
            " number.",
            "sigmoid in the head",
        )
    elif (first >= 0).all() and (first == 0).any():
        logits = Finding(
            False,
            "None of your head's outputs is below zero, and some are exactly zero. A ReLU after"
            " the last layer cuts"
            " off half of what a logit can say.",
            "ReLU on the logits",
        )
    else:
        logits = good("It gives logits, one for each class.")
    d, h = inputs["features"], inputs["hidden"]
    plain = d * h + h + h * k + k
    drop = _judge_drop(observed, inputs, softmax)
    depends = False  # on the other rows of the batch, as batch normalisation does and nothing else
    if "hidden" in observed:
        # The largest of all passes is the unit when it was not struck out.
        together = _units(observed["hidden"], softmax).max(0)[:16]
        alone = _units(observed["alone"], softmax).max(0)
        seen = (together > 0) & (alone > 0)
        depends = bool(seen.any() and np.median(np.abs(together - alone)[seen] / together[seen]) > 1e-3)
    # With BatchNorm's scale and shift; the dense layer before it may do without a bias.
    normalised = observed["weights"] in (plain + 2 * h, plain + h)
    if observed["weights"] < plain - h:
        layers = Finding(
            False,
            f"It has {observed['weights']:,} parameters: too few for a hidden layer of {h} and an"
            f" output layer of {k}.",
            "no hidden layer",
        )
    elif observed["bend"] < 1e-5:
        layers = Finding(
            False,
            "The mean of two rows gives the mean of their outputs: all of it is linear. Without a"
            " nonlinearity between them, two dense layers are one: a product of"
            " matrices is a matrix.",
            "no nonlinearity",
        )
    elif normalised and depends:
        layers = good("A hidden layer, batch normalisation and a nonlinearity come before the output layer.")
    elif observed["weights"] > plain + 2 * h:
        layers = Finding(
            False,
            f"It has {observed['weights']:,} parameters: more than a hidden layer of {h}, its batch"
            f" normalisation and an output layer of {k} need.",
            "a layer too many",
        )
    else:
        why = (
            "the hidden units of a row do not depend on the other rows of the batch"
            if "hidden" in observed and not depends
            else f"there are {observed['weights']:,} parameters, and {h} means and variances have a scale and"
            " a shift each"
        )
        layers = Finding(
            False,
            f"Batch normalisation after the hidden layer is missing: in training, {why}."
            if "depend on" in why
            else f"Batch normalisation after the hidden layer is missing: {why}.",
            "no BatchNorm",
        )
    return verdict(logits, drop, layers)


def _judge_drop(observed: dict[str, Any], inputs: dict[str, Any], softmax: bool) -> Finding:
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
            " answers. It belongs on the features.",
            "dropout on the logits",
        )
    if "hidden" not in observed:
        return Finding(
            False,
            "Its dropout can be judged when one dense layer leads from the hidden units to the classes.",
        )
    units = _units(observed["hidden"], softmax)
    alive = units.max(0) > 0
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
    return good("Dropout strikes out hidden units in training, and is silent when the head predicts.")


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
        Misconception(
            "ReLU on the logits",
            _layers((0, 1, 2, 3, 4), "nn.ReLU()", "layers.ReLU()"),
            expect=("A ReLU after the last"),
        ),
    ),
)

# ----------------------------------------------------------------------------------------------- dropout


def _dropout_inputs(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "x": rng.uniform(0.5, 2.0, (200, 60)).astype("float64"),
        "rate": float(rng.choice([0.2, 0.3, 0.7, 0.8])),
        "seed": int(rng.integers(1, 10_000)),
    }


def _dropout_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    x, rate = np.asarray(inputs["x"], "float64"), inputs["rate"]

    def run(training: bool, seed: int) -> Any:
        given = x.copy()
        value = plain_array(answer(given, rate, training, np.random.default_rng(seed)))
        kept.append(bool(np.array_equal(given, x)))
        return value

    kept: list[bool] = []
    return {
        "training": run(True, inputs["seed"]),
        "other": run(True, inputs["seed"] + 1),
        "still": run(False, 0),
        "kept": all(kept),
    }


def _dropout_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    x, rate = np.asarray(inputs["x"]), inputs["rate"]
    got, other = (read_array(observed[name], "In training `dropout`") for name in ("training", "other"))
    still = read_array(observed["still"], "In prediction `dropout`")
    for value in (got, other, still):
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
    if which.passed and not scaled and np.ptp(factors) > 1e-3 * abs(factor):
        low, high = show(float(factors.min())), show(float(factors.max()))
        why = f"What stays is multiplied by {low} here and {high} there."
        scale = Finding(False, f"{why} One factor is needed for all.", "not rescaled")
    elif which.passed and not scaled:
        why = f"What stays is multiplied by {show(factor)}."
        why += (
            " So the next layer sees smaller sums in training than when the head predicts."
            if abs(factor - 1) < 1e-9
            else " In training and in prediction the next layer should see sums of the same size on average."
        )
        scale = Finding(False, why, "not rescaled")
    elif not which.passed:
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
            f" {show(float(np.median(still / x)))}. If training scales"
            " up what stays, prediction leaves everything as it is.",
            "scales in prediction",
        )
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
