"""A head in mid-training; the answer opens a block; two more steps show who learns, and how fast."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, tiny


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """The network's blocks, which of them ``opens`` and at which ``lr``, the head's rate, and a batch."""
    blocks = tiny.block_names(rng, 4)
    return {
        "width": int(rng.integers(4, 6)),
        "seed": int(rng.integers(1, 10_000)),
        "blocks": blocks,
        "opens": blocks[int(rng.integers(1, 4))],
        "head_lr": round(float(rng.uniform(0.04, 0.09)), 4),
        "lr": round(float(rng.uniform(0.002, 0.006)), 5),
        **tiny.batch(rng, 12, 8, 3),
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """All arrays ``before`` and after two steps, the rates that the optimizer says it has, and the loss."""
    model = tiny.build(framework, inputs["blocks"], inputs["width"], 3, 8, inputs["seed"])
    tiny.drop_nothing(model, framework)
    return (_in_torch if framework == "torch" else _in_keras)(answer, inputs, model)


def _in_torch(answer: Any, inputs: dict[str, Any], model: Any) -> dict[str, Any]:
    import torch

    x, y = tiny.torch_images(inputs["images"]), torch.from_numpy(np.asarray(inputs["labels"]))
    model.requires_grad_(False)
    model.classifier.requires_grad_(True)
    model.eval()
    optimizer = torch.optim.SGD(model.classifier.parameters(), lr=inputs["head_lr"], momentum=0.9)

    def one(which: Any) -> dict[str, np.ndarray]:
        model.eval()  # statistics are not the question here
        which.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()
        which.step()
        return tiny.arrays(model, "torch", inputs["blocks"])

    before = one(optimizer)
    returned = answer(model, optimizer, inputs["opens"], inputs["lr"])
    if returned is not None and not isinstance(returned, torch.optim.Optimizer):
        return {"wrong": describe(returned)}
    used = optimizer if returned is None else returned
    block = [p for p in model.get_submodule(inputs["opens"]).parameters() if p.requires_grad]
    return {
        "before": before,
        "after": [one(used), one(used)],
        "open": len(block),
        "rates": tiny.rate_of(used, block),
        "head_rates": tiny.rate_of(used, list(model.classifier.parameters())),
        "compiled": True,
    }


def _in_keras(answer: Any, inputs: dict[str, Any], model: Any) -> dict[str, Any]:
    import keras

    blocks = inputs["blocks"]
    for name in blocks:
        model.get_layer(name).trainable = False
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(inputs["head_lr"]), loss=loss, run_eagerly=True)
    model.train_on_batch(inputs["images"], inputs["labels"])
    old = model.optimizer
    answer(model, inputs["opens"], inputs["lr"])
    block = model.get_layer(inputs["opens"]).trainable_weights
    out: dict[str, Any] = {"open": len(block), "head_rates": [], "compiled": model.optimizer is not old}
    if model.loss is None:
        return {**out, "loss": "none"}
    model.run_eagerly = True  # quicker for two steps
    out |= {"before": tiny.arrays(model, "keras", blocks), "after": [], "loss": 0.0}
    try:
        for number in range(2):
            seen = model.train_on_batch(inputs["images"], inputs["labels"])
            if not number:
                out["loss"] = float(np.ravel(seen)[0])
            out["after"].append(tiny.arrays(model, "keras", blocks))
    except Exception as error:
        return {**out, "failed": type(error).__name__}
    return {**out, "rates": [float(np.asarray(model.optimizer.learning_rate))] * len(block)}
