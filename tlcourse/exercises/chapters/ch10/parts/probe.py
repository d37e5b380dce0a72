"""Batches in parts of several sizes, and where one step on each leads."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import shuffled, tiny

CLASSES, SIZE = 3, 8


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """The blocks, and for each case a batch, the sizes of its parts and a rate."""
    cases = []
    for _ in range(2):
        sizes = shuffled(rng, [2, 5, 9])[: int(rng.integers(2, 4))]
        images = tiny.batch(rng, sum(sizes), SIZE, CLASSES)
        order = rng.permutation(sum(sizes))
        cases.append(
            {
                "images": images["images"][order],
                "labels": images["labels"][order],
                "sizes": sizes,
                "lr": float(rng.uniform(0.05, 0.15)),
                "seed": int(rng.integers(1, 10_000)),
            }
        )
    return {"width": int(rng.integers(4, 7)), "blocks": tiny.block_names(rng, 2), "cases": cases}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``cases``: all arrays after one call."""
    blocks, cases = inputs["blocks"], []
    for case in inputs["cases"]:
        model = tiny.build(framework, blocks, inputs["width"], CLASSES, SIZE, case["seed"])
        ends = np.cumsum(case["sizes"])[:-1]
        parts = list(zip(np.split(case["images"], ends), np.split(case["labels"], ends), strict=True))
        if framework == "torch":
            import torch

            model.eval()  # statistics of a part are not those of the batch
            optimizer = torch.optim.SGD(model.parameters(), lr=case["lr"])
            # What a loop before may have left there.
            for weight in model.parameters():
                weight.grad = torch.ones_like(weight)
            given = [(tiny.torch_images(x), torch.from_numpy(y)) for x, y in parts]
            answer(model, optimizer, given)
        else:
            import keras

            answer(model, keras.optimizers.SGD(case["lr"]), [(x.copy(), y.copy()) for x, y in parts])
        cases.append(tiny.arrays(model, framework, blocks))
    return {"cases": cases}
