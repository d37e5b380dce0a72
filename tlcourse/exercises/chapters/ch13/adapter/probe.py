"""A network of two hidden layers, and what the answer makes of it: at the start and after some training."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, plain_array

ROWS, STEPS, RATE = 80, 25, 0.02


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Sizes, a seed for the weights, rows of features, labels."""
    wide = int(rng.integers(9, 14))
    features = int(rng.integers(5, 8))
    x = rng.normal(0, 1, (ROWS, features)).astype("float32")
    return {
        "features": features,
        "wide": wide,
        "narrow": int(rng.integers(2, 4)),
        "seed": int(rng.integers(1, 10_000)),
        "x": x,
        "y": (x[:, 0] * x[:, 1] + x[:, 2] > 0.3).astype("float32"),
    }


def arrays(inputs: dict[str, Any]) -> list[np.ndarray]:
    """Weights (in, out) and biases of the three layers."""
    rng = np.random.default_rng(inputs["seed"])
    features, wide = inputs["features"], inputs["wide"]
    made = []
    for one, other in ((features, wide), (wide, wide), (wide, 1)):
        made += [
            rng.normal(0, (2 / one) ** 0.5, (one, other)).astype("float32"),
            rng.normal(0, 0.2, other).astype("float32"),
        ]
    return made


def build(framework: str, weights: list[np.ndarray]) -> Any:
    """Layers `first`, `second` and `last`."""
    features, wide = weights[0].shape
    if framework == "torch":
        from collections import OrderedDict

        import torch
        from torch import nn

        model = nn.Sequential(
            OrderedDict(
                first=nn.Linear(features, wide),
                relu=nn.ReLU(),
                second=nn.Linear(wide, wide),
                relu_2=nn.ReLU(),
                last=nn.Linear(wide, 1),
            )
        )
        with torch.no_grad():
            for parameter, array in zip(model.parameters(), weights, strict=True):
                parameter.copy_(torch.from_numpy(array.T.copy()))
        return model
    import keras

    network = keras.Sequential(
        [
            keras.Input((features,)),
            keras.layers.Dense(wide, activation="relu", name="first"),
            keras.layers.Dense(wide, activation="relu", name="second"),
            keras.layers.Dense(1, name="last"),
        ]
    )
    network.set_weights(weights)
    return network


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """What the answer's network does, or ``other``, what came instead.

    ``start`` and ``after`` training: its outputs; ``learned``: how many numbers training may change;
    ``matrices``: of each matrix that was trained, its sides, the shorter one first, and its largest number.
    """
    made = answer(build(framework, arrays(inputs)), inputs["narrow"])
    x, y = inputs["x"], inputs["y"][:, None]
    if framework == "torch":
        import torch
        from torch import nn

        if not isinstance(made, nn.Module):
            return {"other": describe(made)}
        rows, targets = torch.from_numpy(x.copy()), torch.from_numpy(y.copy())
        learned = [parameter for parameter in made.parameters() if parameter.requires_grad]
        with torch.no_grad():
            start = made.eval()(rows).numpy()
        made.train()
        optimizer = torch.optim.Adam(learned, lr=RATE) if learned else None
        for _ in range(STEPS if optimizer else 0):
            loss = nn.functional.binary_cross_entropy_with_logits(made(rows), targets)
            optimizer.zero_grad()  # type: ignore[union-attr]
            loss.backward()
            optimizer.step()  # type: ignore[union-attr]
        with torch.no_grad():
            after = made.eval()(rows).numpy()
        size = sum(parameter.numel() for parameter in learned)
        matrices = [one.detach().numpy() for one in learned if one.ndim == 2]
    else:
        import keras

        if not isinstance(made, keras.Model):
            return {"other": describe(made)}
        start = np.array(made(x, training=False))
        size = sum(int(np.prod(one.shape)) for one in made.trainable_variables)
        if size:
            _trained_in_keras(made, x, y)
        after = np.array(made(x, training=False))
        matrices = [np.array(one) for one in made.trainable_variables if len(one.shape) == 2]
    trained = [[*sorted(one.shape), float(np.abs(one).max())] for one in matrices]
    return {"start": plain_array(start), "after": plain_array(after), "learned": size, "matrices": trained}


def _trained_in_keras(model: Any, x: np.ndarray, y: np.ndarray) -> None:
    """As many steps as in PyTorch. A bare step is traced faster than `fit`, and a check has two seconds."""
    import keras
    import tensorflow as tf

    loss, optimizer = keras.losses.BinaryCrossentropy(from_logits=True), keras.optimizers.Adam(RATE)
    rows, targets, learned = tf.constant(x), tf.constant(y), model.trainable_variables
    optimizer.build(learned)

    @tf.function
    def step() -> None:
        with tf.GradientTape() as tape:
            lost = loss(targets, model(rows, training=True))
        pairs = zip(tape.gradient(lost, learned), learned, strict=True)
        optimizer.apply_gradients((slope, one) for slope, one in pairs if slope is not None)

    for _ in range(STEPS):
        step()
