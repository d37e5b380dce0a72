"""Clothes of 14 pixels a side: a few with labels, many that a teacher looked at, and new ones."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from tlcourse.exercises.engine import frozen, gauge, plain_array

SIZE, CLASSES, HIDDEN = 14, 10, 24
FEW, MANY, NEW = 3, 80, 60
"""Images of each class: with labels, for the teacher alone, and new."""
TEACHERS = 150
"""Images of each class from which the teacher learned."""
KEPT = ("new_labels",)


@functools.cache
def _data() -> tuple[np.ndarray, np.ndarray]:
    from tlcourse import data

    clothes = data.fashion_mnist()
    images = clothes.images[..., 0] if clothes.images.ndim == 4 else clothes.images
    return images.reshape(-1, SIZE, 2, SIZE, 2).mean((2, 4)).astype("uint8"), clothes.labels


@functools.cache
def _teacher() -> tuple[np.ndarray, np.ndarray]:
    """The teacher's logits for all images, and the rows that it did not learn from."""
    from sklearn.neural_network import MLPClassifier

    images, labels = _data()
    rng = np.random.default_rng(0)
    learned = np.concatenate(
        [rng.permutation(np.flatnonzero(labels == label))[:TEACHERS] for label in range(CLASSES)]
    )
    x = images.reshape(len(images), -1) / 255.0
    model = MLPClassifier((128,), alpha=1e-2, max_iter=40, random_state=0).fit(x[learned], labels[learned])
    logits = np.log(np.clip(model.predict_proba(x), 1e-9, 1)).astype("float32")
    return logits, np.setdiff1d(np.arange(len(labels)), learned)


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Images uint8, labels, and the teacher's logits; which piece has which number comes from the seed."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the teacher stops after so many passes, on purpose
        logits, free = _teacher()
    images, labels = _data()
    numbers = rng.permutation(CLASSES)
    parts: list[list[np.ndarray]] = [[], [], []]
    for label in range(CLASSES):
        rows = rng.permutation(free[labels[free] == label])[: FEW + MANY + NEW]
        for part, some in zip(parts, np.split(rows, [FEW, FEW + MANY]), strict=True):
            part.append(some)
    few, many, new = (rng.permutation(np.concatenate(part)) for part in parts)
    return {
        "seed": int(rng.integers(1, 10_000)),
        "images": images[few],
        "labels": numbers[labels[few]].astype("int64"),
        "more_images": images[many],
        "told": logits[many][:, np.argsort(numbers)],
        "new_images": images[new],
        "new_labels": numbers[labels[new]].astype("int64"),
    }


def sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """What the answer's process gets."""
    return {name: value for name, value in inputs.items() if name not in KEPT}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``predicted``: the student's outputs for the new images; ``gauge``: what it was fed with."""
    model = _student(framework, inputs["seed"])
    watch = gauge.on(model, framework)
    images, more, new = (
        inputs[name].astype("float32")[..., None] / 255 for name in ("images", "more_images", "new_images")
    )
    if framework == "torch":
        images, more, new = (x.transpose(0, 3, 1, 2) for x in (images, more, new))
    answer(model, *frozen.given(framework, images, inputs["labels"], more, inputs["told"]))
    seen = watch.seen()
    if framework == "torch":
        import torch

        with torch.no_grad():
            outputs: Any = model.eval()(torch.from_numpy(np.ascontiguousarray(new)))
    else:
        outputs = model(new, training=False)
    return {"outputs": plain_array(outputs), "gauge": seen}


def _student(framework: str, seed: int) -> Any:
    """Two dense layers, the same numbers in both frameworks."""
    rng = np.random.default_rng(seed)
    arrays = []
    for wide, narrow in ((SIZE * SIZE, HIDDEN), (HIDDEN, CLASSES)):
        arrays += [
            rng.normal(0, (2 / wide) ** 0.5, (wide, narrow)).astype("float32"),
            np.zeros(narrow, "float32"),
        ]
    if framework == "torch":
        import torch
        from torch import nn

        model = nn.Sequential(
            nn.Flatten(), nn.Linear(SIZE * SIZE, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, CLASSES)
        )
        with torch.no_grad():
            for parameter, array in zip(model.parameters(), arrays, strict=True):
                parameter.copy_(torch.from_numpy(array.T.copy()))
        return model
    import keras

    network = keras.Sequential(
        [
            keras.Input((SIZE, SIZE, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(HIDDEN, activation="relu"),
            keras.layers.Dense(CLASSES),
        ]
    )
    network.set_weights(arrays)
    return network
