"""Three heads with batch normalisation and dropout, as training left them, and rows of features."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_array, shuffled

KINDS = ("exactly one", "yes or no", "a number")
EPSILON = 1e-5
ROWS = 40


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """For each of `KINDS` a head's numbers and features ``x`` float32 (40, D), none near a decision."""
    return {"order": shuffled(rng, KINDS), **{kind: _head(rng, kind) for kind in KINDS}}


def _head(rng: np.random.Generator, kind: str) -> dict[str, np.ndarray]:
    features, hidden = int(rng.integers(12, 19)), int(rng.integers(10, 15))
    outputs = int(rng.integers(3, 6)) if kind == "exactly one" else 1
    head = {
        "kernel": rng.normal(0, 1 / np.sqrt(features), (features, hidden)),
        "bias": rng.normal(0, 0.3, hidden),
        "scale": rng.uniform(0.6, 1.4, hidden),
        "shift": rng.normal(0, 0.3, hidden),
        "mean": rng.normal(0, 0.3, hidden),
        "variance": rng.uniform(0.5, 1.5, hidden),
        "out": rng.normal(0, 1.2, (hidden, outputs)),
        "end": np.zeros(outputs),
    }
    many = rng.normal(0.2, 1.0, (1200, features))
    z = raw(head, many)
    # Half of the rows say yes; each class wins somewhere; numbers are far from 0 and 1.
    head["end"] = -np.median(z, axis=0) + (20 if kind == "a number" else 0)
    z = z + head["end"]
    head["x"] = many[_clear(rng, kind, z)].astype("float32")
    return {name: value.astype("float32") for name, value in head.items()}


def _clear(rng: np.random.Generator, kind: str, z: np.ndarray) -> np.ndarray:
    """Rows whose answer no rounding changes; for yes or no, a third of the logits lie between 0 and 1/2."""
    if kind == "a number":
        return np.arange(ROWS)
    if kind == "yes or no":
        z = z[:, 0]
        low = np.flatnonzero((z > 0.08) & (z < 0.42))[: ROWS // 3]
        rest = np.flatnonzero((np.abs(z) > 0.2) & ((z < 0) | (z > 0.7)))[: ROWS - len(low)]
        return rng.permutation(np.concatenate([low, rest]))
    best = np.sort(z, axis=1)
    rows = np.flatnonzero(best[:, -1] - best[:, -2] > 0.15)
    won = z[rows].argmax(1)
    firsts = np.array([rows[won == k][0] for k in range(z.shape[1]) if (won == k).any()])
    others = rows[~np.isin(rows, firsts)][: ROWS - len(firsts)]
    return rng.permutation(np.concatenate([firsts, others]))


def raw(head: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    """What a head gives in evaluation mode: float64 (N, outputs)."""
    of = {name: np.asarray(value, "float64") for name, value in head.items()}
    hidden = np.asarray(x, "float64") @ of["kernel"] + of["bias"]
    hidden = (hidden - of["mean"]) / np.sqrt(of["variance"] + EPSILON) * of["scale"] + of["shift"]
    return np.maximum(hidden, 0) @ of["out"] + of["end"]


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """What came back for each of `KINDS`, and ``again``: the numbers of a second head like the first."""
    found = {kind: _asked(answer, inputs[kind], kind, framework) for kind in inputs["order"]}
    return {**found, "again": _asked(answer, inputs["a number"], "a number", framework)}


def _asked(answer: Any, head: dict[str, np.ndarray], kind: str, framework: str) -> np.ndarray | str:
    x = np.asarray(head["x"]).copy()
    if framework == "torch":
        import torch

        return plain_array(answer(_in_torch(head), torch.from_numpy(x), kind))
    return plain_array(answer(_in_keras(head), x, kind))


def _in_torch(head: dict[str, np.ndarray]) -> Any:
    """In training mode, as a loop leaves it."""
    import torch
    from torch import nn

    features, hidden = head["kernel"].shape
    model = nn.Sequential(
        nn.Linear(features, hidden),
        nn.BatchNorm1d(hidden, eps=EPSILON),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(hidden, head["out"].shape[1]),
    )
    dense, norm, _, _, out = model
    put = {
        dense.weight: head["kernel"].T,
        dense.bias: head["bias"],
        norm.weight: head["scale"],
        norm.bias: head["shift"],
        norm.running_mean: head["mean"],
        norm.running_var: head["variance"],
        out.weight: head["out"].T,
        out.bias: head["end"],
    }
    with torch.no_grad():
        for place, value in put.items():
            place.copy_(torch.from_numpy(np.array(value)))
    return model.train()


def _in_keras(head: dict[str, np.ndarray]) -> Any:
    import keras
    from keras import layers

    features, hidden = head["kernel"].shape
    model = keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(hidden),
            layers.BatchNormalization(epsilon=EPSILON),
            layers.ReLU(),
            layers.Dropout(0.5),
            layers.Dense(head["out"].shape[1]),
        ]
    )
    dense, norm, _, _, out = model.layers
    dense.set_weights([head["kernel"], head["bias"]])
    norm.set_weights([head["scale"], head["shift"], head["mean"], head["variance"]])
    out.set_weights([head["out"], head["end"]])
    return model
