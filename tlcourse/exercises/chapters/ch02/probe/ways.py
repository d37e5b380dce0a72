"""How well simple probes do on the candidates' features, and what other rules would say."""

from __future__ import annotations

from typing import Any

import numpy as np

from .probe import features

__all__ = ["GAP", "accuracies", "orders"]

GAP = 0.08
"""The validation accuracies of neighbours in the order are at least so far apart, for each of the probes."""


def _ridge(x: np.ndarray, y: np.ndarray, strength: float) -> Any:
    """A function of features with the classes that a least-squares fit with a penalty says."""
    mean, one_hot = x.mean(0), np.eye(y.max() + 1)[y]
    gram = (x - mean).T @ (x - mean) + strength * np.eye(x.shape[1])
    weights = np.linalg.solve(gram, (x - mean).T @ (one_hot - one_hot.mean(0)))
    return lambda z: ((z - mean) @ weights + one_hot.mean(0)).argmax(1)


def _centroids(x: np.ndarray, y: np.ndarray) -> Any:
    centres = np.stack([x[y == one].mean(0) for one in range(y.max() + 1)])
    return lambda z: ((z[:, None] - centres) ** 2).sum(-1).argmin(1)


def accuracies(inputs: dict[str, Any], judge: str = "val") -> list[list[float]]:
    """For each of four probes the accuracy of every candidate: fitted to "train", judged on these images."""
    found = []
    for spec in inputs["candidates"]:
        x, z = (features(spec, inputs[f"{split}_images"]) for split in ("train", judge))
        y, wanted = (np.asarray(inputs[f"{split}_labels"]) for split in ("train", judge))
        probes = [_ridge(x, y, strength) for strength in (1.0, 10.0, 100.0)] + [_centroids(x, y)]
        found.append([float((probe(z) == wanted).mean()) for probe in probes])
    return np.array(found).T.tolist()


def _order(values: Any) -> list[int]:
    return np.argsort(-np.asarray(values), kind="stable").tolist()


def orders(inputs: dict[str, Any]) -> dict[str, list[int]]:
    """Places of the candidates, best first: by the probes ("right"), and by rules that are wrong."""
    right = _order(np.mean(accuracies(inputs), axis=0))
    return {"right": right, "worst first": right[::-1], "as they came": list(range(len(right)))}
