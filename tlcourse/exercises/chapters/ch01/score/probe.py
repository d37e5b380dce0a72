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


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``cases``: of each the ``value``, all arrays ``after``, and how often the batches were gone through."""
    return {"cases": [_scored(answer, case, framework) for case in inputs["cases"]]}


def _scored(answer: Any, case: dict[str, Any], framework: str) -> dict[str, Any]:
    model = tiny.build(framework, case["blocks"], case["width"], CLASSES, SIZE, case["seed"])
    if framework == "torch":
        model.train()  # as training leaves it
    batches, begun = tiny.batches(case, framework)
    value = plain_number(answer(model, batches))
    return {"value": value, "after": tiny.arrays(model, framework, case["blocks"]), "passes": len(begun)}
