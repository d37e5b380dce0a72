"""Two heads: one taken as it comes, one that shows its hidden units, since the judge knows its numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, plain_array

PASSES = 20  # in training mode, so that a hidden unit is seen struck out and seen alive


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Sizes of two heads, a dropout rate, features float32 (64, D), and numbers for the second head."""
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


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
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
