"""Photographs of five classes on grounds of any colour; the frozen part of the network has looked at them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import photographs

N_CLASSES = len(photographs.CLASSES)
KEPT = ("new_labels",)
"""What stays with the judge."""


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """What `photographs.drawn` gives, and a seed for the head."""
    sides = photographs.sides(rng)
    return {"seed": int(rng.integers(1, 10_000)), **photographs.drawn(rng, sides)}


def sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """What the answer's process gets."""
    return {name: value for name, value in inputs.items() if name not in KEPT}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``predicted``: float32 (60, 5), the trained model's outputs for the new images.

    For the words only: how far the ``block`` and the ``head`` went, as a share of the weights' length, and
    whether BatchNorm's ``statistics`` moved.
    """
    return (_torch if framework == "torch" else _keras)(answer, inputs)


def _scaled(images: Any) -> np.ndarray:
    return ((np.asarray(images, "float32") - 127) / 128).astype("float32")


def _start(seed: int) -> np.ndarray:
    """The head's first weights, float32 (1280, 5): small, so that every class begins alike."""
    return (0.01 * np.random.default_rng(seed).normal(size=(1280, N_CLASSES))).astype("float32")


def _seen(outputs: Any, before: dict[str, np.ndarray], after: dict[str, np.ndarray]) -> dict[str, Any]:
    def went(part: str) -> float:
        was, now = (
            np.concatenate([v for k, v in of.items() if k.startswith(part)]) for of in (before, after)
        )
        return float(np.linalg.norm(now - was)) / max(float(np.linalg.norm(was)), 1e-12)

    statistics = any(not np.array_equal(before[k], after[k]) for k in before if k.startswith("statistics"))
    return {
        "predicted": np.asarray(outputs, "float32"),
        "block": went("block"),
        "head": went("classifier"),
        "statistics": bool(statistics),
    }


def _torch(answer: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    from collections import OrderedDict

    import torch
    from torch import nn

    from tlcourse import models

    whole = models.load("efficientnet_lite0", "torch", num_classes=0).cpu().eval()

    @torch.inference_mode()
    def maps(images: Any) -> Any:
        x = torch.from_numpy(_scaled(images)).permute(0, 3, 1, 2)
        x = whole.bn1(whole.conv_stem(x))
        for block in whole.blocks[:-1]:
            x = block(x)
        return x.numpy().copy()

    old, new = (torch.from_numpy(maps(inputs[name])) for name in ("images", "new_images"))
    head = nn.Linear(1280, N_CLASSES)
    with torch.no_grad():
        head.weight.copy_(torch.from_numpy(_start(inputs["seed"]).T))
        head.bias.zero_()
    block = nn.Sequential(whole.blocks[-1], whole.conv_head, whole.bn2)
    parts = {"block": block, "pool": nn.AdaptiveAvgPool2d(1), "flat": nn.Flatten(), "classifier": head}
    model = nn.Sequential(OrderedDict(parts))

    def state() -> dict[str, np.ndarray]:
        arrays = {}
        for name, value in model.state_dict().items():
            kind = "statistics." if "running" in name else ""
            if "num_batches" not in name:
                arrays[kind + name] = value.detach().numpy().ravel().astype("float64")
        return arrays

    before = state()
    answer(model, old, torch.from_numpy(np.asarray(inputs["labels"], "int64")))
    model.eval()
    with torch.no_grad():
        outputs = model(new).numpy()
    return _seen(outputs, before, state())


def _keras(answer: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    import keras

    from tlcourse import models

    whole = models.load("efficientnet_lite0", "keras", num_classes=0, input_size=photographs.SIZE)
    inside = whole.get_layer("blocks.6.0.conv_pw").input
    front = keras.Model(whole.input, inside)
    old, new = (np.asarray(front(_scaled(inputs[name]), training=False)) for name in ("images", "new_images"))
    # New layers, called once: so the output of each belongs to this model, and a learner may cut it anywhere.
    cut = keras.Model(inside, whole.output)
    late = keras.models.clone_model(cut, keras.Input(inside.shape[1:]))
    late.set_weights(cut.get_weights())
    model = keras.Model(late.input, keras.layers.Dense(N_CLASSES, name="classifier")(late.output))
    model.get_layer("classifier").set_weights([_start(inputs["seed"]), np.zeros(N_CLASSES)])

    def state() -> dict[str, np.ndarray]:
        arrays = {}
        for variable in model.variables:
            moving = variable.path.rpartition("/")[2].startswith("moving")
            head = variable.path.startswith("classifier")
            kind = "statistics." if moving else "" if head else "block."
            arrays[kind + variable.path] = np.asarray(variable, "float64").ravel()
        return arrays

    before = state()
    answer(model, old, np.asarray(inputs["labels"], "int64").copy())
    return _seen(model(new, training=False), before, state())
