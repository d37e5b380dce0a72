"""Chapter 3: the network loses its head, takes one channel, and gives maps of known sizes."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from tlcourse.exercises.engine import tiny
from tlcourse.exercises.engine.cases import shuffled
from tlcourse.exercises.engine.judging import describe, good, plain_array, read_array, show, verdict
from tlcourse.exercises.engine.model import Exercise, Finding, Misconception, Verdict

__all__ = ["CUT", "GREY", "SHAPES"]

BLOCKS = ("stem", "block1")


# -------------------------------------------------------------------------------------------- the head


def _cut_inputs(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "width": int(rng.integers(6, 10)),
        "classes": int(rng.integers(3, 5)),
        "seed": int(rng.integers(1, 10_000)),
        **tiny.batch(rng, 5, 8, 3),
    }


def _cut_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    model = tiny.build(framework, BLOCKS, inputs["width"], inputs["classes"], 8, inputs["seed"])
    x = np.asarray(inputs["images"], "float32")
    if framework == "torch":
        import torch

        images = tiny.torch_images(x)
        model.eval()
        found = answer(model)
        found = model if found is None else found
        if not isinstance(found, torch.nn.Module):
            return {"wrong": describe(found)}
        found.eval()
        with torch.no_grad():
            value = found(images)
        if not isinstance(value, torch.Tensor):
            return {"wrong": f"one that gives {describe(value)}"}
        value = value.numpy()
    else:
        import keras

        found = answer(model)
        found = model if found is None else found
        if not isinstance(found, keras.Model):
            return {"wrong": describe(found)}
        value = found(x, training=False)
        if isinstance(value, dict | list | tuple):
            return {"wrong": f"one that gives {describe(value)}"}
        value = np.asarray(value)
    return {"value": value}


def _cut_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    if "wrong" in observed:
        why = f"`cut` should give a model from images to an array; yours gave {observed['wrong']}."
        return Verdict(0.0, (Finding(False, why),))
    got = np.asarray(observed["value"])
    whole = tiny.initial(BLOCKS, inputs["width"], inputs["classes"], inputs["seed"])
    right = tiny.features(whole, BLOCKS, inputs["images"])
    logits = tiny.logits(whole, BLOCKS, inputs["images"])
    said = f"For {len(right)} pictures your model gives an array of shape {got.shape}"
    if got.shape == logits.shape and np.allclose(got, logits, atol=1e-4):
        why = f"{said}, and these are the old logits: the head is still there."
        return Verdict(0.0, (Finding(False, why, "the head is still there"),))
    if got.ndim > 2 and got.size == right.size:
        why = f"{said}. There is a row in it for each picture, but in a shape of its own: make it flat."
        return Verdict(0.0, (Finding(False, why, "not flat"),))
    if got.ndim > 2:
        why = (
            f"{said}: a map of features for each picture. Too much is gone; the pooling belongs"
            " to the backbone here."
        )
        return Verdict(0.0, (Finding(False, why, "the pooling is gone too"),))
    if got.shape != right.shape:
        why = f"{said}. That is neither the features nor the logits."
        if got.shape == logits.shape:
            why = (
                f"{said}, as many as there were classes. A fresh head is not what was asked for: it"
                " comes later."
            )
        return Verdict(0.0, (Finding(False, why, "a new head"),))
    shape = good("It gives one row of features for each picture.")
    if np.allclose(got, right, atol=1e-4):
        values = good("They are the features that the old head read.")
    else:  # any network of this width gives such rows
        why = (
            f"The rows have the right length, but they differ from what the old head read by up to"
            f" {show(float(np.abs(got - right).max()), 2)}. The weights of the backbone have to stay."
        )
        return Verdict(0.0, (Finding(False, why, "other weights"),))
    return verdict(shape, values)


CUT = Exercise(
    id="ch03-cut",
    title="Take the head off",
    points=2,
    answer="cut",
    inputs=_cut_inputs,
    probe=_cut_probe,
    judge=_cut_judge,
    solved_by=(
        "tlcourse.models.adapting.cut_head",
        "tlcourse.models.adapting.cut_at",
        "tlcourse.models.adapting._torch.cut_head",
        "tlcourse.models.adapting._torch.cut_at",
        "tlcourse.models.adapting._torch.CutNetwork.__init__",
        "tlcourse.models.adapting._keras.cut_head",
        "tlcourse.models.adapting._keras.cut_at",
    ),
    returns=False,  # a model may be cut in place
    hints=(
        "Everything up to the last layer stays; the last layer becomes nothing.",
        (
            "PyTorch: `nn.Identity()` is a layer that does nothing; a layer is replaced by"
            " assigning to its name. Keras:"
            " a new `keras.Model` from the old input to the output of the layer before the last."
        ),
        (
            "PyTorch: `model.classifier = nn.Identity()`, and return the model. Keras:"
            " `keras.Model(model.input, model.layers[-2].output)`."
        ),
    ),
    misconceptions=(
        Misconception(
            "the head is still there",
            {
                "torch": """
def cut(model):
    model.head = None
    return model
""",
                "keras": """
def cut(model):
    model.layers.pop()
    return model
""",
            },
            expect="the head is still there",
        ),
        Misconception(
            "the pooling is gone too",
            {
                "torch": """
from torch import nn

def cut(model):
    return nn.Sequential(model.stem, model.block1)
""",
                "keras": """
import keras

def cut(model):
    return keras.Model(model.input, model.get_layer("block1").output)
""",
            },
            expect="Too much is gone",
        ),
        Misconception(
            "a new head",
            {
                "torch": """
from torch import nn

def cut(model):
    model.classifier = nn.Linear(model.classifier.in_features, model.classifier.out_features)
    return model
""",
                "keras": """
import keras

def cut(model):
    out = keras.layers.Dense(model.output.shape[-1])(model.layers[-2].output)
    return keras.Model(model.input, out)
""",
            },
            expect="A fresh head is not what was asked for",
        ),
        Misconception(
            "other weights",
            {
                "torch": """
from torch import nn

def cut(model):
    model.classifier = nn.Identity()
    for layer in model.modules():
        if hasattr(layer, "reset_parameters"):
            layer.reset_parameters()
    return model
""",
                "keras": """
import keras

def cut(model):
    return keras.models.clone_model(keras.Model(model.input, model.layers[-2].output))
""",
            },
            expect="The weights of the backbone have to stay",
        ),
    ),
)

# ---------------------------------------------------------------------------------------- one channel


def _grey_inputs(rng: np.random.Generator) -> dict[str, Any]:
    return {"weights": rng.normal(0.2, 0.5, (3, 3, 3, int(rng.integers(4, 7)))).round(3)}


def _grey_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    weights = np.asarray(inputs["weights"], "float64")  # (height, width, in, out), as Keras keeps them
    given = weights.transpose(3, 2, 0, 1).copy() if framework == "torch" else weights.copy()
    value = plain_array(answer(given))
    if isinstance(value, str):
        return {"value": value}
    shape = list(value.shape)
    if framework == "torch" and value.ndim == 4:
        value = value.transpose(2, 3, 1, 0)
    return {"value": value, "shape": shape, "given": list(given.shape)}


def _grey_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    weights, got = np.asarray(inputs["weights"]), read_array(observed["value"], "`grey`")
    right = weights.sum(2, keepdims=True)
    if got.shape != right.shape:
        why = f"From weights of shape {tuple(observed['given'])} you make {tuple(observed['shape'])}."
        why += (
            " The axis of the input channels has to stay, with one entry."
            if got.ndim == 3
            else " Only the axis of the input channels should change, from three entries to one."
        )
        return Verdict(0.0, (Finding(False, why, "another axis"),))
    shape = good("The shape is right: one input channel, all else as it was.")
    if np.allclose(got, right, atol=1e-5):
        return verdict(shape, good("A grey picture gives what it gave with its channel repeated."))
    spread = float(np.abs(got).mean() / np.abs(right).mean())
    if np.allclose(got * 3, right, atol=1e-5):
        why, name = (
            f"On average your weights are {spread:.0%} as large as needed: you took the mean."
            " Repeating a channel adds the three"
            " up, so every later layer would now see a third of what it knows.",
            "mean of the channels",
        )
    elif any(np.allclose(got[:, :, 0], weights[:, :, c], atol=1e-6) for c in range(3)):
        why, name = (
            "You kept the weights of one colour and threw two away. A grey picture has all three in it.",
            "one colour kept",
        )
    else:
        why, name = (
            "With these weights a grey picture does not give what it gave with its channel repeated. What was"
            " learned about each of the three has to stay, all of it.",
            "fresh weights",
        )
    given = weights.transpose(2, 0, 1, 3).reshape(3, -1).T
    mixed = np.linalg.lstsq(given, got.ravel(), rcond=None)[0]
    made = np.abs(given @ mixed - got.ravel()).max() < 1e-5 and np.abs(got).max() > 1e-6
    if not made:  # the shape alone is nothing, where the weights that were given are not in it
        return Verdict(0.0, (Finding(False, why, name),))
    return verdict(shape, Finding(False, why, name))


def _grey(torch_line: str, keras_line: str) -> dict[str, str]:
    text = "\nimport numpy as np\n\ndef grey(weights):\n    return {}\n"
    return {"torch": text.format(torch_line), "keras": text.format(keras_line)}


GREY = Exercise(
    id="ch03-grey",
    title="One channel, and nothing lost",
    points=2,
    answer="grey",
    inputs=_grey_inputs,
    probe=_grey_probe,
    judge=_grey_judge,
    solved_by=(
        "tlcourse.models.adapting.one_channel",
        "tlcourse.models.adapting._torch.one_channel",
        "tlcourse.models.adapting._keras.one_channel",
    ),
    hints=(
        "Write the convolution as a sum over the three channels, and put the same number into all three.",
        "a·x + b·x + c·x = (a + b + c)·x. Which axis holds a, b and c in your framework?",
        "PyTorch: `weights.sum(1, keepdims=True)`. Keras: `weights.sum(2, keepdims=True)`.",
    ),
    misconceptions=(
        Misconception(
            "mean of the channels",
            _grey("weights.mean(1, keepdims=True)", "weights.mean(2, keepdims=True)"),
            expect="you took the mean",
        ),
        Misconception(
            "one colour kept", _grey("weights[:, :1]", "weights[:, :, :1]"), expect="threw two away"
        ),
        Misconception(
            "another axis",
            _grey("weights.sum(0, keepdims=True)", "weights.sum(3, keepdims=True)"),
            expect="Only the axis of the input channels",
        ),
        Misconception(
            "fresh weights",
            _grey(
                "np.random.default_rng(0).normal(0, 0.1, weights[:, :1].shape)",
                "np.random.default_rng(0).normal(0, 0.1, weights[:, :, :1].shape)",
            ),
            expect="has to stay, all of it",
        ),
    ),
)

# --------------------------------------------------------------------------------------------- shapes


def _shapes_inputs(rng: np.random.Generator) -> dict[str, Any]:
    strides = [2, *shuffled(rng, [1, 1, 2, 2, 2, *[1] * int(rng.integers(0, 3))])]
    sides: list[int] = []
    while len(sides) < 3:  # an odd one, which every way of rounding takes elsewhere
        side = 2 * int(rng.integers(14, 60)) + 1
        up = _up(side, strides)
        if side not in sides and up != _floor(side, strides) and up[-1] > side // 16:
            sides.append(side)
    return {"sides": sides, "strides": strides}


def _up(side: int, strides: list[int]) -> list[int]:
    out, now = [], side
    for stride in strides:
        now = -(-now // stride)
        out.append(now)
    return out


def _shapes_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    out = []
    for side in inputs["sides"]:
        found = answer(side, list(inputs["strides"]))
        if isinstance(found, (str, bytes, dict)) or not hasattr(found, "__iter__"):
            return {"wrong": describe(found)}
        try:
            out.append([float(v) for v in itertools.islice(found, 50)])  # a generator may never end
        except (TypeError, ValueError):
            return {"wrong": describe(found)}
    return {"sizes": out}


def _shapes_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    if "wrong" in observed:
        why = f"`sides` should give a list of numbers, one for each layer; yours gave {observed['wrong']}."
        return Verdict(0.0, (Finding(False, why),))
    strides = inputs["strides"]
    for side, got in zip(inputs["sides"], observed["sizes"], strict=True):
        shown = [int(v) if np.isfinite(v) and v == int(v) else v for v in got]
        said = f"For {side} pixels you give {show(shown)}."
        right = _up(side, strides)
        if got == right:
            continue
        if len(got) == len(right) + 1 and got[1:] == right:
            why, name = "The picture itself is not among the layers' outputs.", "counts the input"
        elif len(got) != len(right):
            why, name = (
                (
                    f"There are {len(right)} layers, and each gives a map; you give {len(got)} numbers"
                    + (" or more." if len(got) == 50 else ".")
                ),
                None,
            )
        elif not np.isfinite(got).all():
            why, name = "A side is a whole number of pixels; NaN and infinity are none.", "not finite"
        elif any(v != int(v) for v in got):
            why, name = (
                ("A map has whole rows. Where half a row is left over, padding makes it a whole one."),
                "half rows",
            )
        elif all(v == side // int(np.prod(strides[: i + 1])) for i, v in enumerate(got)) or got == _floor(
            side, strides
        ):
            why, name = (
                'You round down. With "same" padding a row that is left over is padded, not dropped.',
                "rounds down",
            )
        elif got == [-(-side // s) for s in strides]:
            why, name = (
                "Each layer reads the map of the layer before it, not the picture.",
                ("always from the picture"),
            )
        else:
            why, name = "Each layer divides what it gets by its stride, and rounds up.", None
        return Verdict(0.0, (Finding(False, f"{said} {why}", name),))
    return Verdict(2.0, (good("Each layer's map has the right size."),))


def _floor(side: int, strides: list[int]) -> list[int]:
    out, now = [], side
    for stride in strides:
        now //= stride
        out.append(now)
    return out


SHAPES = Exercise(
    id="ch03-shapes",
    title="How large is the map?",
    points=2,
    answer="sides",
    inputs=_shapes_inputs,
    probe=_shapes_probe,
    judge=_shapes_judge,
    hints=(
        "Keep the side of the current map in a variable, and let each layer change it.",
        "With stride 2 and a side of 5 the filter sits on rows 0, 2 and 4: three positions.",
        "`side = -(-side // stride)` divides and rounds up; `math.ceil(side / stride)` does the same.",
    ),
    misconceptions=(
        Misconception(
            "rounds down",
            """
def sides(side, strides):
    out = []
    for stride in strides:
        side = side // stride
        out.append(side)
    return out
""",
            expect="You round down",
        ),
        Misconception(
            "always from the picture",
            """
import math

def sides(side, strides):
    return [math.ceil(side / stride) for stride in strides]
""",
            expect="not the picture",
        ),
        Misconception(
            "half rows",
            """
def sides(side, strides):
    out = []
    for stride in strides:
        side = side / stride
        out.append(side)
    return out
""",
            expect="A map has whole rows",
        ),
        Misconception(
            "counts the input",
            """
import math

def sides(side, strides):
    out = [side]
    for stride in strides:
        out.append(math.ceil(out[-1] / stride))
    return out
""",
            expect="is not among the layers",
        ),
    ),
)
