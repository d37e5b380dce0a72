"""Networks with BatchNorm and dropout, and batches in a new order on each pass, the last with one image."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_number, shuffled, tiny

CLASSES, SIZE = 4, 8
CASES = 3


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``cases``: a network's numbers, images (N, 8, 8, 3) and labels, the batch size, the order of passes."""
    sizes = shuffled(rng, [5, 6, 7, 8, 9])[:CASES]
    return {"cases": [_case(rng, batch) for batch in sizes]}


def _case(rng: np.random.Generator, batch: int) -> dict[str, Any]:
    blocks, width, n = tiny.block_names(rng, 2), int(rng.integers(4, 7)), batch * int(rng.integers(4, 8)) + 1
    chosen, seed = None, 0
    while chosen is None:
        seed = int(rng.integers(1, 10_000))
        # Images of any colour: a network whose weights are random tells these apart.
        images = rng.normal(0, 1, (400, SIZE, SIZE, 3)) + rng.normal(0, 2, (400, 1, 1, 3))
        logits = tiny.logits(tiny.initial(blocks, width, CLASSES, seed), blocks, images.astype("float32"))
        chosen = _of_several_classes(rng, logits, n)
    best = logits[chosen].argmax(axis=1)
    # Somewhat more than half are right, in each class.
    missed = rng.permutation(n)[: int(n * rng.uniform(0.3, 0.45))]
    labels = best.copy()
    labels[missed] = (best[missed] + rng.integers(1, CLASSES, len(missed))) % CLASSES
    return {
        "blocks": blocks,
        "width": width,
        "seed": seed,
        "batch": batch,
        "order": int(rng.integers(1, 10_000)),
        "images": images[chosen].astype("float32"),
        "labels": labels.astype("int64"),
    }


def _of_several_classes(rng: np.random.Generator, logits: np.ndarray, n: int) -> np.ndarray | None:
    """``n`` rows whose class does not hang on rounding, as many of each of three classes; None without."""
    ordered = np.sort(logits)
    clear = ordered[:, -1] - ordered[:, -2] > 0.02
    rows = [np.flatnonzero(clear & (logits.argmax(axis=1) == one)) for one in range(CLASSES)]
    rows = sorted(rows, key=len)[-3:]
    if len(rows[0]) < n // 3 + 1:
        return None
    return rng.permutation(np.concatenate([each[: n // 3 + 1] for each in rows]))[:n]


def passes(case: dict[str, Any], number: int) -> list[int]:
    """The order of the images in one pass over the batches, 0 for the first."""
    rows = np.random.default_rng([case["order"], number]).permutation(len(case["labels"]))
    return [int(row) for row in rows]


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``cases``: of each the ``value``, all arrays ``after``, and how often the batches were gone through."""
    return {"cases": [_scored(answer, case, framework) for case in inputs["cases"]]}


def _scored(answer: Any, case: dict[str, Any], framework: str) -> dict[str, Any]:
    model = tiny.build(framework, case["blocks"], case["width"], CLASSES, SIZE, case["seed"])
    begun: list[int] = []
    if framework == "torch":
        model.train()  # as training leaves it
        batches = _torch_batches(case, begun)
    else:
        batches = _keras_batches(case, begun)
    value = plain_number(answer(model, batches))
    return {"value": value, "after": tiny.arrays(model, framework, case["blocks"]), "passes": len(begun)}


def _torch_batches(case: dict[str, Any], begun: list[int]) -> Any:
    import torch
    from torch.utils.data import DataLoader, Sampler, TensorDataset

    class Order(Sampler):  # type: ignore[type-arg]
        """Another order for each pass."""

        def __iter__(self) -> Any:
            begun.append(1)
            return iter(passes(case, len(begun) - 1))

        def __len__(self) -> int:
            return len(case["labels"])

    dataset = TensorDataset(tiny.torch_images(case["images"]), torch.from_numpy(case["labels"].copy()))
    return DataLoader(dataset, batch_size=case["batch"], sampler=Order())


def _keras_batches(case: dict[str, Any], begun: list[int]) -> Any:
    import tensorflow as tf

    def rows() -> Any:
        begun.append(1)
        yield from ((case["images"][row], case["labels"][row]) for row in passes(case, len(begun) - 1))

    n, shape = len(case["labels"]), case["images"].shape[1:]
    signature = tf.TensorSpec(shape, "float32"), tf.TensorSpec((), "int64")
    dataset = tf.data.Dataset.from_generator(rows, output_signature=signature)
    return dataset.apply(tf.data.experimental.assert_cardinality(n)).batch(case["batch"])
