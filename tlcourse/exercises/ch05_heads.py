"""Chapter 5: a head is built, and dropout works in training only."""

from __future__ import annotations

from typing import Any

import numpy as np

from .judging import show
from .model import Exercise, Finding, Misconception, Verdict

__all__ = ["BUILD", "DROPOUT"]


def _good(message: str) -> Finding:
    return Finding(True, message)


def _verdict(*parts: Finding) -> Verdict:
    return Verdict(float(sum(part.passed for part in parts)), parts)


# ------------------------------------------------------------------------------------------- build a head


def _build_inputs(rng: np.random.Generator) -> dict[str, Any]:
    features = int(rng.integers(20, 40))
    return {
        "features": features,
        "hidden": int(rng.integers(48, 80)),
        "classes": int(rng.integers(3, 8)),
        "dropout": 0.5,
        "x": rng.normal(1.0, 2.0, (64, features)).astype("float32"),
    }


def _build_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    x = np.asarray(inputs["x"], "float32")
    head = answer(inputs["features"], inputs["hidden"], inputs["classes"], inputs["dropout"])
    if framework == "torch":
        import torch
        from torch import nn

        if not isinstance(head, nn.Module):
            return {"wrong": f"{head!r:.60} ({type(head).__name__})"}
        rows = torch.from_numpy(x)

        def run(training: bool, part: Any) -> np.ndarray:
            head.train(training)
            with torch.no_grad():
                return head(part).numpy()

        first = run(False, rows)
        with torch.random.fork_rng():
            torch.manual_seed(0)
            noisy, noisy_again = run(True, rows), run(True, rows)
        # Every dropout at rate 0, so that BatchNorm alone tells training from evaluation.
        dropouts = [m for m in head.modules() if isinstance(m, nn.Dropout)]
        for module in dropouts:
            module.p, rate = 0.0, module.p
        calm = run(True, rows)
        again = run(False, rows)
        weights = sum(p.numel() for p in head.parameters())
        rates = [rate] if dropouts else []
        order = [type(m).__name__ for m in head.modules() if not list(m.children())]
    else:
        import keras

        if not isinstance(head, keras.Model):
            return {"wrong": f"{head!r:.60} ({type(head).__name__})"}
        first = np.asarray(head(x, training=False))
        noisy, noisy_again = np.asarray(head(x, training=True)), np.asarray(head(x, training=True))
        dropouts = [layer for layer in head.layers if isinstance(layer, keras.layers.Dropout)]
        rates = [float(layer.rate) for layer in dropouts]
        for layer in dropouts:
            layer.rate = 0
        calm = np.asarray(head(x, training=True))
        again = np.asarray(head(x, training=False))
        weights = sum(int(np.prod(w.shape)) for w in head.trainable_weights)
        order = [type(layer).__name__ for layer in head.layers]
    return {
        "first": first,
        "noisy": noisy,
        "noise": float(np.abs(noisy - noisy_again).max()),
        "calm": calm,
        "again": again,
        "rates": [float(r) for r in rates],
        "weights": weights,
        "order": order,
    }


def _build_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    if "wrong" in observed:
        why = f"`head` should give a model (a torch module, a Keras model); yours gave {observed['wrong']}."
        return Verdict(0.0, (Finding(False, why),))
    first, noisy = np.asarray(observed["first"]), np.asarray(observed["noisy"])
    n, k = len(inputs["x"]), inputs["classes"]
    if first.shape != (n, k):
        why = f"For {n} rows of features and {k} classes your head gives an array of shape {first.shape}."
        return Verdict(0.0, (Finding(False, why),))
    sums = first.sum(1)
    if (first >= 0).all() and np.abs(sums - 1).max() < 1e-3:
        logits = Finding(
            False,
            "Your head's outputs are above zero and add up to 1 in each row: there is a softmax"
            " at its end. The loss"
            " expects logits and applies its own.",
            "softmax in the head",
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
        logits = _good("It gives logits, one for each class.")
    order, rates = observed["order"], observed["rates"]
    zeros = (np.asarray(noisy) == 0).mean()
    if not rates:
        drop = Finding(False, f"There is no dropout in it. Its layers are {show(order)}.", "no dropout")
    elif zeros > 0.1:
        drop = Finding(
            False,
            f"In training {zeros:.0%} of the logits are exactly zero: dropout comes after the"
            " last layer, and strikes out"
            " answers. It belongs on the features.",
            "dropout on the logits",
        )
    elif abs(rates[0] - inputs["dropout"]) > 1e-6:
        drop = Finding(
            False, (f"Its dropout has the rate {show(rates[0])}, and you were given another."), "another rate"
        )
    elif observed["noise"] == 0:
        drop = Finding(
            False, ("Two passes in training mode give the same outputs, so its dropout does nothing."), None
        )
    else:
        drop = _good("Dropout works in training, and is silent when the head predicts.")
    d, h = inputs["features"], inputs["hidden"]
    plain = d * h + h + h * k + k
    # With BatchNorm's scale and shift; the dense layer before it may do without a bias.
    normalised = observed["weights"] in (plain + 2 * h, plain + h)
    shifts = float(np.abs(np.asarray(observed["calm"]) - np.asarray(observed["again"])).max())
    if observed["weights"] < plain - h:
        layers = Finding(
            False,
            f"It has {observed['weights']:,} parameters: too few for a hidden layer of {h} and an"
            f" output layer of {k}.",
            "no hidden layer",
        )
    elif not any(name.lower() in _NONLINEAR for name in order):
        layers = Finding(
            False,
            f"Its layers are {show(order)}. Without a nonlinearity between them, two dense layers"
            " are one: a product of"
            " matrices is a matrix.",
            "no nonlinearity",
        )
    elif not normalised or shifts == 0:
        layers = Finding(
            False,
            "Batch normalisation after the hidden layer is missing: there are"
            f" {observed['weights']:,} parameters, and in"
            f" training mode, dropout apart, the outputs differ by {show(shifts)} from those in"
            " evaluation mode.",
            "no BatchNorm",
        )
    else:
        layers = _good("A hidden layer, batch normalisation and a nonlinearity come before the output layer.")
    return _verdict(logits, drop, layers)


_NONLINEAR = ("relu", "leakyrelu", "gelu", "elu", "silu", "tanh", "selu", "activation", "sigmoid")

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
        value = np.asarray(answer(x.copy(), rate, training, np.random.default_rng(seed)), "float64")
        return value if value.ndim else np.zeros(0)

    return {
        "training": run(True, inputs["seed"]),
        "other": run(True, inputs["seed"] + 1),
        "still": run(False, 0),
    }


def _dropout_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    x, rate = np.asarray(inputs["x"]), inputs["rate"]
    got, other, still = (np.asarray(observed[name]) for name in ("training", "other", "still"))
    for value in (got, other, still):
        if value.shape != x.shape:
            why = f"For features of shape {x.shape} you give an array of shape {value.shape}."
            return Verdict(0.0, (Finding(False, why),))
    struck = got == 0
    share = float(struck.mean())
    said = f"At rate {rate} in training, {share:.0%} of your features are zero"
    if not struck.any():
        which = Finding(False, "In training nothing is struck out.", "nothing is dropped")
    elif (struck == struck[0]).all() or (struck == struck[:, :1]).all():
        which = Finding(
            False,
            f"{said}, and they are the same for every"
            f" {'picture' if (struck == struck[0]).all() else 'feature'}. Each"
            " number is to be struck out or kept on its own.",
            "one mask for all",
        )
    elif abs(share - rate) > 0.08:
        which = Finding(
            False,
            (f"{said}. The rate is the share that is struck out, not the share that stays."),
            "keeps the rate",
        )
    elif np.array_equal(struck, other == 0):
        which = Finding(
            False, (f"{said}, the same ones for another generator. Draw from `rng`."), "one mask for all"
        )
    else:
        which = _good("In training each number is struck out with the given chance, on its own.")
    kept = ~struck
    factor = float(np.median(got[kept] / x[kept])) if kept.any() else 0.0
    if which.passed and abs(factor - 1 / (1 - rate)) > 1e-6:
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
        scale = _good("What stays is scaled up, so that sums keep their size on average.")
    if np.array_equal(still, x):
        calm = _good("When the head predicts, the features pass as they are.")
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
    return _verdict(which, scale, calm)


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
