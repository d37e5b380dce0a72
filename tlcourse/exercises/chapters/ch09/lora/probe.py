"""Two layers of different sizes, and one step of training of each with its addition."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, plain_array, plain_number


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Two ``cases`` of different sizes and ranks: one addition for both is wrong for one of them."""
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


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """For each case the ``scale``; the addition's matrices ``before`` and ``after`` a step, and what it gives
    then and ``later``; the ``layer`` after the step. ``instead``, ``no scale``: what came in their place."""

    def ask(case: dict[str, Any]) -> dict[str, Any]:
        arrays = (np.asarray(case[name], "float32") for name in ("weight", "bias", "x", "pull"))
        return (_in_torch if framework == "torch" else _in_keras)(answer, case, *arrays)

    return {"cases": [ask(case) for case in inputs["cases"]]}


def _pair(given: Any, layer: type) -> tuple[Any, Any, dict[str, Any]]:
    """The addition and its scale; or, third, what the probe returns because there is no such pair."""
    if not (isinstance(given, tuple | list) and len(given) == 2 and isinstance(given[0], layer)):
        return None, None, {"instead": describe(given)}
    scale = plain_number(given[1])
    return given[0], scale, {"no scale": scale} if isinstance(scale, str) else {}


def _in_torch(answer: Any, case: dict[str, Any], weight: Any, bias: Any, x: Any, pull: Any) -> dict[str, Any]:
    import torch

    layer = torch.nn.Linear(*weight.shape)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(weight.T.copy()))
        layer.bias.copy_(torch.from_numpy(bias))
    addition, scale, instead = _pair(answer(layer, case["rank"], case["alpha"]), torch.nn.Module)
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
        torch.optim.SGD(parameters, lr=case["rate"]).step()
    with torch.no_grad():
        later = plain_array(addition(torch.from_numpy(x)))
    return found | {"after": arrays(addition), "layer": arrays(layer), "later": later}


def _in_keras(answer: Any, case: dict[str, Any], weight: Any, bias: Any, x: Any, pull: Any) -> dict[str, Any]:
    import keras
    import tensorflow as tf

    layer = keras.layers.Dense(weight.shape[1])
    layer.build((None, weight.shape[0]))
    layer.set_weights([weight, bias])
    addition, scale, instead = _pair(answer(layer, case["rank"], case["alpha"]), keras.layers.Layer)
    if instead:
        return instead
    found: dict[str, Any] = {"scale": scale, "says": plain_array(np.array(addition(x)))}
    found["before"] = [plain_array(np.array(w)) for w in addition.weights]
    variables = [*layer.trainable_variables, *addition.trainable_variables]
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((layer(x) + scale * addition(x)) * pull)
    for variable, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
        if gradient is not None:
            variable.assign_sub(case["rate"] * gradient)
    return found | {
        "after": [plain_array(np.array(w)) for w in addition.weights],
        "layer": [plain_array(np.array(w)) for w in layer.weights],
        "later": plain_array(np.array(addition(x))),
    }
