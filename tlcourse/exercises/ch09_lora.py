"""Chapter 9: the low-rank addition to a layer that stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tlcourse.exercises.engine.judging import close, describe, plain_array, plain_number, score, show
from tlcourse.exercises.engine.model import (
    Exercise,
    Finding,
    Misconception,
    Verdict,
    WrongAnswerError,
    swapped,
)

__all__ = ["LORA"]


def _lora_inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Two layers of other sizes: who gives one addition for both has a wrong one."""
    first, second = _layer(rng), _layer(rng)
    while first["weight"].shape == second["weight"].shape or first["rank"] == second["rank"]:
        second = _layer(rng)
    return {"cases": [first, second]}


def _layer(rng: np.random.Generator) -> dict[str, Any]:
    rank = int(rng.integers(2, 5))
    features, outputs = int(rng.integers(11, 18)), int(rng.integers(5, 11))
    alpha = 0.0
    # alpha, alpha / rank, rank / alpha and 1 are numbers that differ, from seed to seed too.
    while min(abs(alpha - other) for other in (0, 1, rank, rank**0.5, rank**2)) < 0.3:
        alpha = round(float(rng.uniform(1.5, 25)), 1)
    return {
        "weight": rng.normal(0, 0.5, (features, outputs)).astype("float32"),
        "bias": rng.normal(0, 0.5, outputs).astype("float32"),
        "x": rng.normal(0, 1, (9, features)).astype("float32"),
        "pull": rng.normal(0, 1, (9, outputs)).astype("float32"),
        "rank": rank,
        "alpha": alpha,
        "rate": round(float(rng.uniform(0.02, 0.06)), 3),
    }


def _lora_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    def ask(case: dict[str, Any]) -> dict[str, Any]:
        weight, bias = np.asarray(case["weight"], "float32"), np.asarray(case["bias"], "float32")
        x, pull = np.asarray(case["x"], "float32"), np.asarray(case["pull"], "float32")
        observe = _in_torch if framework == "torch" else _in_keras
        return observe(answer, case, weight, bias, x, pull)

    return {"cases": [ask(case) for case in inputs["cases"]]}


def _pair(given: Any, layer: type) -> tuple[Any, Any, dict[str, Any]]:
    """The addition and its scale; or, third, what the probe returns because it is no such pair."""
    if not (isinstance(given, tuple | list) and len(given) == 2 and isinstance(given[0], layer)):
        return None, None, {"instead": describe(given)}
    scale = plain_number(given[1])
    return given[0], scale, {"no scale": scale} if isinstance(scale, str) else {}


def _in_torch(
    answer: Any, inputs: dict[str, Any], weight: Any, bias: Any, x: Any, pull: Any
) -> dict[str, Any]:
    import torch

    layer = torch.nn.Linear(*weight.shape)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(weight.T.copy()))
        layer.bias.copy_(torch.from_numpy(bias))
    addition, scale, instead = _pair(answer(layer, inputs["rank"], inputs["alpha"]), torch.nn.Module)
    if instead:
        return instead

    def arrays(module: Any) -> list[Any]:
        return [plain_array(p.detach().numpy().T.copy()) for p in module.parameters()]

    found: dict[str, Any] = {"scale": scale, "before": arrays(addition)}
    found["says"] = plain_array(addition(torch.from_numpy(x)).detach())
    parameters = [p for module in (layer, addition) for p in module.parameters() if p.requires_grad]
    if parameters:
        said = layer(torch.from_numpy(x)) + scale * addition(torch.from_numpy(x))
        (said * torch.from_numpy(pull)).sum().backward()
        torch.optim.SGD(parameters, lr=inputs["rate"]).step()
    with torch.no_grad():
        later = plain_array(addition(torch.from_numpy(x)))
    return found | {"after": arrays(addition), "layer": arrays(layer), "later": later}


def _in_keras(
    answer: Any, inputs: dict[str, Any], weight: Any, bias: Any, x: Any, pull: Any
) -> dict[str, Any]:
    import keras
    import tensorflow as tf

    layer = keras.layers.Dense(weight.shape[1])
    layer.build((None, weight.shape[0]))
    layer.set_weights([weight, bias])
    addition, scale, instead = _pair(answer(layer, inputs["rank"], inputs["alpha"]), keras.layers.Layer)
    if instead:
        return instead
    found: dict[str, Any] = {"scale": scale, "says": plain_array(np.array(addition(x)))}
    found["before"] = [plain_array(np.array(w)) for w in addition.weights]
    variables = [*layer.trainable_variables, *addition.trainable_variables]
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((layer(x) + scale * addition(x)) * pull)
    for variable, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
        if gradient is not None:
            variable.assign_sub(inputs["rate"] * gradient)
    after = [plain_array(np.array(w)) for w in addition.weights]
    later = plain_array(np.array(addition(x)))
    return found | {
        "after": after,
        "layer": [plain_array(np.array(w)) for w in layer.weights],
        "later": later,
    }


def _lora_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    verdicts = [
        _judge_case(seen, case) for seen, case in zip(observed["cases"], inputs["cases"], strict=True)
    ]
    return min(verdicts, key=lambda verdict: verdict.points)  # it has to be right for both layers


def _judge_case(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    if "instead" in observed:
        raise WrongAnswerError(
            f"A pair was asked for, the addition (a layer) and its scale; you give {observed['instead']}.",
            "not a pair",
        )
    if "no scale" in observed:
        raise WrongAnswerError(f"The scale is a number; yours is {observed['no scale']}.", "not a pair")
    weight, bias, x, pull = (np.asarray(inputs[n], "float64") for n in ("weight", "bias", "x", "pull"))
    rank, rate = inputs["rank"], inputs["rate"]
    held = observed["layer"]
    still = len(held) == 2 and close(held[0], weight, 1e-6) and close(held[1], bias, 1e-6)
    parts: list[tuple[float, Finding]] = [
        (
            1,
            Finding(True, "The layer stays as it was.")
            if still
            else Finding(
                False,
                "A step of training has changed the layer itself. Freeze it: only the addition learns.",
                "the layer learns too",
            ),
        )
    ]
    right_scale = inputs["alpha"] / rank
    scale = observed["scale"]
    names = {
        inputs["alpha"]: "not divided by the rank",
        1.0: "no scale",
        rank / inputs["alpha"]: "turned over",
        inputs["alpha"] / rank**0.5: "divided by the root of the rank",
    }
    name = next((said for value, said in names.items() if close(scale, value, 1e-6)), None)
    parts.append(
        (
            1,
            Finding(True, "The scale is alpha / rank.")
            if close(scale, right_scale, 1e-6)
            else Finding(
                False,
                f"The scale is {show(scale, 2)}. Divide alpha by the rank: then another rank needs no other"
                " learning rate.",
                *([name] if name else []),
            ),
        )
    )
    return score(*parts, *_addition(observed, weight.shape, rank, rate, scale, x, pull))


def _named(held: list[Any], wanted: list[tuple[int, int]]) -> list[np.ndarray]:
    """The matrices, the one at the inputs first and each turned as wanted, where their shapes allow it.

    x @ A and A @ x are both usual, and which of the two a class makes first means nothing.
    """
    arrays = [np.asarray(a, "float64") for a in held]
    arrays = [a.T if a.shape not in wanted and a.shape[::-1] in wanted else a for a in arrays]
    return sorted(arrays, key=lambda a: wanted.index(a.shape) if a.shape in wanted else -1)


def _addition(
    observed: dict[str, Any],
    shape: tuple[int, ...],
    rank: int,
    rate: float,
    scale: float,
    x: np.ndarray,
    pull: np.ndarray,
) -> list[tuple[float, Finding]]:
    """What is to say about the two matrices: their shapes, their start, and that they learn."""
    features, outputs = shape
    wanted = [(features, rank), (rank, outputs)]
    before, after = (_named(observed[when], wanted) for when in ("before", "after"))
    shapes = [a.shape for a in before]
    if shapes != wanted:
        name = None
        if shapes and shapes[0] == (features, outputs):
            why = "It is one full matrix, as large as the layer's own. Two thin ones make it small."
            name = "a full matrix"
        elif any(len(s) == 1 for s in shapes):
            why = "It has biases. LoRA adds two matrices and nothing else: the layer has its bias already."
            name = "biases"
        else:
            why = "First a matrix from the layer's inputs to the rank, then one from the rank to its outputs."
        sizes = ", ".join("x".join(map(str, s)) for s in shapes) or "nothing"
        return [(2, Finding(False, f"The addition holds {sizes}. {why}", *([name] if name else [])))]
    a, b = before
    strange = _not_linear(observed["says"], x, a, b, scale)
    strange = strange or _not_linear(observed["later"], x, after[0], after[1], scale)
    if strange is not None:
        return [(2, strange)]
    if np.abs(b).max() > 0 and np.abs(a).max() > 0:
        why = "At its start the addition is not 0, so the network no longer says what it was trained to say."
        start = Finding(False, f"{why} The second matrix begins at zeros.", "starts elsewhere")
    else:
        start = Finding(True, "The network begins as it was.")
    step_b = b - rate * scale * (x @ a).T @ pull
    step_a = a - rate * scale * x.T @ (pull @ b.T)
    if np.abs(a).max() == 0 and np.abs(b).max() == 0:
        why = "Both matrices begin at zeros. Then the gradient of each is 0 too, and neither ever learns."
        learns = Finding(False, f"{why} The first one begins at random.", "both at nought")
    elif close(after[0], step_a, 1e-3) and close(after[1], step_b, 1e-3):
        learns = Finding(True, "The addition learns.")
    elif close(after[0], a, 1e-7) and close(after[1], b, 1e-7):
        why = "A step of training moves neither matrix. The layer is to be frozen, and the addition is not."
        learns = Finding(False, why, "the addition is frozen")
    else:
        learns = Finding(False, "A step of training does not move the addition as its gradient says.")
    return [(1, start), (1, learns)]


_BETWEEN: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "a ReLU": lambda z: np.maximum(z, 0),
    "a tanh": np.tanh,
    "a sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}


def _not_linear(says: Any, x: np.ndarray, a: np.ndarray, b: np.ndarray, scale: float) -> Finding | None:
    """What is wrong with an addition that is not x times its two matrices."""
    right = x @ a @ b
    if isinstance(says, str) or close(says, right, 1e-4):
        return None if not isinstance(says, str) else Finding(False, f"The addition gives {says}.")
    between = next((name for name, act in _BETWEEN.items() if close(says, act(x @ a) @ b, 1e-4)), None)
    if between is not None:
        why = f"There is {between} between the two matrices. LoRA adds a product of two matrices, and nothing"
        return Finding(
            False, f"{why} between them: so it can be added into the layer's own afterwards.", "not linear"
        )
    if close(says, scale * right, 1e-4):
        why = "The addition multiplies by the scale itself. It is given beside it, and would count twice."
        return Finding(False, why, "scaled twice")
    why = "The addition does not give x times its two matrices. Is there an activation or dropout in it?"
    return Finding(False, why, "not linear")


_LORA = {
    "torch": """
import torch

def lora(layer, rank, alpha):
    layer.requires_grad_(False)
    down = torch.nn.Linear(layer.in_features, rank, bias=False)
    up = torch.nn.Linear(rank, layer.out_features, bias=False)
    torch.nn.init.zeros_(up.weight)
    return torch.nn.Sequential(down, up), alpha / rank
""",
    "keras": """
import keras

def lora(layer, rank, alpha):
    layer.trainable = False
    features, outputs = layer.kernel.shape
    down = keras.layers.Dense(rank, use_bias=False)
    up = keras.layers.Dense(outputs, use_bias=False, kernel_initializer="zeros")
    return keras.Sequential([keras.Input((features,)), down, up]), alpha / rank
""",
}


def _both(torch: tuple[str, str], keras: tuple[str, str]) -> dict[str, str]:
    return {"torch": swapped(_LORA["torch"], *torch), "keras": swapped(_LORA["keras"], *keras)}


LORA = Exercise(
    id="ch09-lora",
    title="A low-rank addition",
    points=4,
    answer="lora",
    inputs=_lora_inputs,
    probe=_lora_probe,
    judge=_lora_judge,
    solved_by=(
        "tlcourse.language.lora.add_lora",
        "tlcourse.language.lora._torch.add",
        "tlcourse.language.lora._keras.add",
    ),
    hints=(
        "Four things: freeze the layer; a layer down to `rank`; a layer up again, beginning at zeros; the"
        " scale alpha / rank.",
        "PyTorch: `layer.requires_grad_(False)`, two `torch.nn.Linear(…, bias=False)` in a"
        " `torch.nn.Sequential`. Keras: `layer.trainable = False`, two `Dense(…, use_bias=False)` in a"
        " `keras.Sequential` that begins with `keras.Input((features,))`.",
        'Zeros: PyTorch `torch.nn.init.zeros_(up.weight)`, Keras `kernel_initializer="zeros"`. Only the'
        " second matrix: if both were zeros, neither would have a gradient.",
    ),
    misconceptions=(
        Misconception(
            "the layer learns too",
            _both(("    layer.requires_grad_(False)\n", ""), ("    layer.trainable = False\n", "")),
            expect="has changed the layer itself",
        ),
        Misconception(
            "not divided by the rank",
            _both(("alpha / rank", "alpha"), ("alpha / rank", "alpha")),
            expect="Divide alpha by the rank",
        ),
        Misconception(
            "starts elsewhere",
            _both(("    torch.nn.init.zeros_(up.weight)\n", ""), (', kernel_initializer="zeros"', "")),
            expect="At its start the addition is not 0",
        ),
        Misconception(
            "both at nought",
            _both(
                ("zeros_(up.weight)\n", "zeros_(up.weight)\n    torch.nn.init.zeros_(down.weight)\n"),
                ("Dense(rank, use_bias=False)", 'Dense(rank, use_bias=False, kernel_initializer="zeros")'),
            ),
            expect="Both matrices begin at zeros",
        ),
        Misconception(
            "biases",
            _both((", bias=False", ""), ("use_bias=False", "use_bias=True")),
            expect="LoRA adds two matrices and nothing else",
        ),
        Misconception(
            "not linear",
            _both(
                ("(down, up)", "(down, torch.nn.ReLU(), up)"),
                ("Dense(rank, ", 'Dense(rank, activation="relu", '),
            ),
            expect="There is a ReLU between the two matrices",
        ),
        Misconception(
            "a full matrix",
            {
                "torch": """
import torch

def lora(layer, rank, alpha):
    layer.requires_grad_(False)
    addition = torch.nn.Linear(layer.in_features, layer.out_features, bias=False)
    torch.nn.init.zeros_(addition.weight)
    return addition, alpha / rank
""",
                "keras": """
import keras

def lora(layer, rank, alpha):
    layer.trainable = False
    features, outputs = layer.kernel.shape
    addition = keras.layers.Dense(outputs, use_bias=False, kernel_initializer="zeros")
    addition.build((None, features))
    return addition, alpha / rank
""",
            },
            expect="one full matrix",
        ),
    ),
)
