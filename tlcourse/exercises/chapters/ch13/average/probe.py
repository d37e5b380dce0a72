"""Three markets' networks with BatchNorm, and the one that they are averaged into."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_array

EPS = 1e-3
"""Of BatchNorm, in both frameworks."""


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Sizes, a seed for all weights, how many payments each market has, and rows to ask about."""
    many = int(rng.integers(3, 5))
    counts = rng.choice([200, 300, 500, 900, 1600, 2500, 4000], many, replace=False)
    features = int(rng.integers(4, 7))
    return {
        "features": features,
        "wide": int(rng.integers(5, 9)),
        "seed": int(rng.integers(1, 10_000)),
        "counts": [int(n) for n in counts],
        "x": rng.normal(0, 1, (40, features)).astype("float32"),
    }


def arrays(inputs: dict[str, Any], place: int) -> list[np.ndarray]:
    """Weights of one network: of the market `place`, or, with -1, of the shared one before the averaging.

    In the order of Keras: kernel and bias; gamma, beta, mean and variance; kernel and bias.
    """
    rng = np.random.default_rng([inputs["seed"], place + 1])
    features, wide = inputs["features"], inputs["wide"]
    return [
        array.astype("float32")
        for array in (
            rng.normal(0, 1, (features, wide)),
            rng.normal(0, 0.5, wide),
            rng.uniform(0.5, 2, wide),
            rng.normal(0, 0.5, wide),
            rng.normal(0, 1, wide),
            rng.uniform(0.2, 3, wide),
            rng.normal(0, 1, (wide, 1)),
            rng.normal(0, 0.5, 1),
        )
    ]


def asked(weights: list[np.ndarray], x: np.ndarray) -> np.ndarray:
    """What a network with these arrays says in evaluation mode: float64 (N,)."""
    w = [array.astype("float64") for array in weights]
    hidden = (x @ w[0] + w[1] - w[4]) / np.sqrt(w[5] + EPS) * w[2] + w[3]
    return np.asarray((np.maximum(hidden, 0) @ w[6] + w[7])[:, 0])


def build(framework: str, weights: list[np.ndarray]) -> Any:
    """The network with these arrays."""
    features, wide = weights[0].shape
    if framework == "torch":
        import torch
        from torch import nn

        model = nn.Sequential(
            nn.Linear(features, wide), nn.BatchNorm1d(wide, eps=EPS), nn.ReLU(), nn.Linear(wide, 1)
        )
        names = (
            "0.weight",
            "0.bias",
            "1.weight",
            "1.bias",
            "1.running_mean",
            "1.running_var",
            "3.weight",
            "3.bias",
        )
        state = {name: torch.from_numpy(a.T.copy()) for name, a in zip(names, weights, strict=True)}
        model.load_state_dict({**state, "1.num_batches_tracked": torch.tensor(7)})
        return model
    import keras

    network = keras.Sequential(
        [
            keras.Input((features,)),
            keras.layers.Dense(wide),
            keras.layers.BatchNormalization(epsilon=EPS),
            keras.layers.ReLU(),
            keras.layers.Dense(1),
        ]
    )
    network.set_weights(weights)
    return network


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``shared``: what the shared network says afterwards; ``models``: what those of the markets say."""
    models = [build(framework, arrays(inputs, place)) for place in range(len(inputs["counts"]))]
    shared = build(framework, arrays(inputs, -1))
    answer(shared, models, list(inputs["counts"]))
    return {
        "shared": _said(shared, inputs["x"], framework),
        "models": [_said(model, inputs["x"], framework) for model in models],
    }


def _said(model: Any, x: np.ndarray, framework: str) -> Any:
    if framework == "torch":
        import torch

        with torch.no_grad():
            return plain_array(model.eval()(torch.from_numpy(x.copy()))[:, 0])
    return plain_array(np.array(model(x, training=False))[:, 0])
