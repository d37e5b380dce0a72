"""Candidates of different width, and images whose classes only some of their features tell."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import mixed, plain, shuffled, words

SIDE = 4
PIXELS = 3 * SIDE * SIDE
CLASSES = 3
# How much of the classes' difference a candidate's features hold, and how many there are: the less, the more.
KINDS = ((2.0, 4), (0.75, 6), (0.4, 10), (0.0, 60))


def _images(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Images float32 (N, 3, SIDE, SIDE), whose first pixels differ by class, and labels int64 (N,)."""
    labels = np.array(mixed(rng, n, range(CLASSES)))
    flat = rng.normal(0, 1, (n, PIXELS))
    flat[:, :CLASSES] += 2.5 * np.eye(CLASSES)[labels]
    return flat.reshape(n, 3, SIDE, SIDE).astype("float32"), labels


def _candidate(rng: np.random.Generator, name: str, signal: float, width: int) -> dict[str, Any]:
    """A linear map of pixels whose first columns hold the classes, among noise as loud."""
    weight = rng.normal(0, 1, (PIXELS, width)) / np.sqrt(PIXELS)
    weight[:CLASSES] = 0
    weight[:CLASSES, :CLASSES] = signal * np.eye(CLASSES)
    # The scale of the features tells nothing.
    return {"name": name, "weight": (weight * rng.uniform(0.5, 2.0)).astype("float32")}


def features(spec: dict[str, Any], images: np.ndarray) -> np.ndarray:
    """What a candidate gives in inference mode: float64 (N, D)."""
    flat = np.asarray(images, "float64").reshape(len(images), -1)
    return flat @ np.asarray(spec["weight"], "float64")


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``candidates`` by name and weight; images float32 (N, 3, H, W) and labels, to train and to validate."""
    from .ways import GAP, accuracies, orders  # not in the sandbox: it knows what is right

    while True:
        kinds = shuffled(rng, [list(kind) for kind in KINDS])
        names = words(rng, len(kinds))
        train, val = _images(rng, int(rng.integers(45, 54))), _images(rng, int(rng.integers(240, 300)))
        drawn = {
            "candidates": [
                _candidate(rng, str(name), signal, int(width))
                for name, (signal, width) in zip(names, kinds, strict=True)
            ],
            "train_images": train[0],
            "train_labels": train[1],
            "val_images": val[0],
            "val_labels": val[1],
        }
        ways = orders(drawn)
        right = ways.pop("right")
        steps = -np.diff(np.array(accuracies(drawn))[:, right], axis=1)
        # On the training images the one that knows least is the best, and the order is not the reverse.
        seen = np.array(accuracies(drawn, "train"))
        clear = seen[0, right[-1]] - np.delete(seen[0], right[-1]).max() > 0.06
        apart = right not in ways.values() and (seen[:, right[0]] > seen[:, right[1]] + 0.05).all()
        if steps.min() > GAP and clear and apart:
            return drawn


def _torch(spec: dict[str, Any]) -> Any:
    import torch
    from torch import nn

    weight = torch.from_numpy(np.array(spec["weight"], "float32").T.copy())
    width = len(weight)
    model = nn.Sequential(
        nn.Flatten(), nn.Linear(PIXELS, width, bias=False), nn.BatchNorm1d(width), nn.Dropout(0.5)
    )
    with torch.no_grad():
        model[1].weight.copy_(weight)
    return model


def _keras(spec: dict[str, Any]) -> Any:
    import keras

    weight = np.array(spec["weight"], "float32")
    images = keras.Input((SIDE, SIDE, 3))
    # Channels last: the rows of the weights follow.
    rows = np.arange(PIXELS).reshape(3, SIDE, SIDE).transpose(1, 2, 0).ravel()
    dense = keras.layers.Dense(weight.shape[1], use_bias=False)
    norm = keras.layers.BatchNormalization()
    x = norm(dense(keras.layers.Flatten()(images)))
    model = keras.Model(images, keras.layers.Dropout(0.5)(x))
    dense.set_weights([weight[rows]])
    return model


def _arrays(model: Any, framework: str) -> list[np.ndarray]:
    """The statistics of BatchNorm, and whether the network is in training mode."""
    if framework == "torch":
        return [model[2].running_mean.numpy().copy(), model[2].running_var.numpy().copy()]
    return [np.asarray(value) for value in model.layers[3].get_weights()[2:]]


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``order``: what came back; ``statistics``: BatchNorm's mean and variance of each candidate then."""
    build = _torch if framework == "torch" else _keras
    models = {spec["name"]: build(spec) for spec in inputs["candidates"]}
    given: list[Any] = []
    for split in ("train", "val"):
        images = np.array(inputs[f"{split}_images"], "float32")
        labels = np.array(inputs[f"{split}_labels"], "int64")
        if framework == "torch":
            import torch

            given += [torch.from_numpy(images), torch.from_numpy(labels)]
        else:
            given += [images.transpose(0, 2, 3, 1).copy(), labels]
    found = plain(answer(dict(models), *given))
    return {
        "order": found,
        "statistics": [_arrays(models[spec["name"]], framework) for spec in inputs["candidates"]],
    }
