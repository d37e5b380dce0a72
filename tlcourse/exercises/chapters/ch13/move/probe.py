"""A network trained in one simulated market, known payments of another one, and payments to judge it on."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from tlcourse.exercises.engine import frozen, gauge, plain_array

FEATURES, HIDDEN = 15, 32
FRAUDS, OTHERS = 80, 1600
"""Known payments of the new market: all frauds up to here, and a sample of the others."""
NEW_FRAUDS, NEW_OTHERS = 250, 6000
KEPT = ("new_labels",)


def _prepared(name: str, seed: int, days: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features with logarithms, unscaled; labels; days."""
    from tlcourse import data, tabular

    table = data.transactions(name, seed=seed, days=days)
    features = tabular.payment_features(table)
    x = features.to_numpy().copy()
    wide = [place for place, column in enumerate(features) if not column.startswith(("weekend", "night"))]
    wide = [place for place in wide if "risk" not in features.columns[place]]
    x[:, wide] = np.log1p(x[:, wide])
    day = (table["time"] - table["time"].min().normalize()).dt.days.to_numpy()
    return x, table["fraud"].to_numpy(), day


@functools.cache
def old_network() -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    """Weights (in, out) and biases of three layers, trained in ``north``; means and deviations there."""
    import warnings

    from sklearn.neural_network import MLPClassifier

    x, y, day = _prepared("north", 987_654, 80)
    week = (day >= 30) & (day < 37)
    mean, std = x[week].mean(0), x[week].std(0)
    rng = np.random.default_rng(0)
    frauds = np.flatnonzero((day >= 37) & (y == 1))
    others = rng.permutation(np.flatnonzero((day >= 37) & (y == 0)))[: 15 * len(frauds)]
    rows = np.concatenate([frauds, others])
    model = MLPClassifier(
        (HIDDEN, HIDDEN), max_iter=15, learning_rate_init=3e-3, batch_size=200, random_state=0
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it stops after so many passes, on purpose
        model.fit((x[rows] - mean) / std, y[rows])
    pairs = zip(model.coefs_, model.intercepts_, strict=True)
    return [np.asarray(array, "float32") for pair in pairs for array in pair], mean, std


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Known and new payments of a market of the seed's own, and the order of its columns."""
    arrays, mean, std = old_network()
    x, y, day = _prepared("south", int(rng.integers(1_000_000, 2_000_000)), 120)
    x = ((x - mean) / std).astype("float32")  # as in the north: of the south's currency nobody told
    known, new = np.flatnonzero((day >= 37) & (day < 72)), np.flatnonzero(day >= 79)
    parts = []
    for rows, frauds, others in ((known, FRAUDS, OTHERS), (new, NEW_FRAUDS, NEW_OTHERS)):
        yes, no = (rng.permutation(rows[y[rows] == label]) for label in (1, 0))
        parts.append(rng.permutation(np.concatenate([yes[:frauds], no[:others]])))
    columns = rng.permutation(FEATURES)
    weights = [array.copy() for array in arrays]
    weights[0] = weights[0][columns]
    few, many = parts
    return {
        "weights": weights,
        "x": x[few][:, columns],
        "labels": y[few].astype("int64"),
        "new_x": x[many][:, columns],
        "new_labels": y[many].astype("int64"),
    }


def sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """What the answer's process gets."""
    return {name: value for name, value in inputs.items() if name not in KEPT}


def asked(weights: list[np.ndarray], x: np.ndarray) -> np.ndarray:
    """What a network with these arrays says: (N,)."""
    hidden = np.asarray(x, "float64")
    for layer in range(3):
        hidden = hidden @ weights[2 * layer] + weights[2 * layer + 1]
        if layer < 2:
            hidden = np.maximum(hidden, 0)
    return np.asarray(hidden[:, 0])


def average_precision(labels: np.ndarray, scores: np.ndarray) -> float:
    """The mean of the precision at each fraud, from the highest score down; equal scores share a place."""
    order = np.argsort(-scores, kind="stable")
    y, s = labels[order], scores[order]
    last = np.append(np.flatnonzero(np.diff(s)), len(s) - 1)
    found = y.cumsum()[last]
    return float((np.diff(np.append(0, found)) * found / (last + 1)).sum() / y.sum())


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``outputs``: what the network says of the new payments; ``gauge``: what it was fed with."""
    model = _network(framework, inputs["weights"])
    watch = gauge.on(model, framework)
    labels = inputs["labels"].astype("float32")
    answer(model, *frozen.given(framework, inputs["x"], labels))
    seen = watch.seen()
    if framework == "torch":
        import torch

        with torch.no_grad():
            outputs: Any = model.eval()(torch.from_numpy(inputs["new_x"]))
    else:
        outputs = model(inputs["new_x"], training=False)
    return {"outputs": plain_array(outputs), "gauge": seen}


def _network(framework: str, weights: list[np.ndarray]) -> Any:
    if framework == "torch":
        import torch
        from torch import nn

        model = nn.Sequential(
            nn.Linear(FEATURES, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 1)
        )
        with torch.no_grad():
            for parameter, array in zip(model.parameters(), weights, strict=True):
                parameter.copy_(torch.from_numpy(array.T.copy()))
        return model
    import keras

    network = keras.Sequential(
        [
            keras.Input((FEATURES,)),
            keras.layers.Dense(HIDDEN, activation="relu"),
            keras.layers.Dense(HIDDEN, activation="relu"),
            keras.layers.Dense(1),
        ]
    )
    network.set_weights(weights)
    return network
