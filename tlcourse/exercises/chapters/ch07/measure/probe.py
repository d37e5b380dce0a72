"""Networks with BatchNorm and dropout for yes or no, and batches in a new order on each pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, plain, shuffled, tiny

CLASSES, SIZE = 2, 8
CASES = 2
NAMES = ("accuracy", "precision", "recall", "f1", "auc")


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``cases``: a network's numbers, images (N, 8, 8, 3) and labels, the batch size, the order of passes."""
    sizes = shuffled(rng, [5, 6, 7, 8, 9])[:CASES]
    return {"cases": [_case(rng, batch) for batch in sizes]}


def _case(rng: np.random.Generator, batch: int) -> dict[str, Any]:
    blocks, width = tiny.block_names(rng, 2), int(rng.integers(4, 7))
    while True:
        seed, n = int(rng.integers(1, 10_000)), batch * int(rng.integers(6, 8)) + 2
        # Images of any colour: a network whose weights are random tells these apart.
        images = rng.normal(0, 1, (120, SIZE, SIZE, 3)) + rng.normal(0, 2, (120, 1, 1, 3))
        images = images.astype("float32")
        gap = margin(tiny.logits(tiny.initial(blocks, width, CLASSES, seed), blocks, images))
        rows = _rows(rng, gap, n)
        if rows is None:
            continue
        gap = gap[rows]
        labels = (gap > 0).astype("int64")
        # More of the zeros are called one than the other way round: precision and recall differ.
        for of_class, share in ((0, rng.uniform(0.1, 0.16)), (1, rng.uniform(0.3, 0.42))):
            said = rng.permutation(np.flatnonzero((gap > 0) == of_class))
            labels[said[: max(2, int(share * len(said)))]] = 1 - of_class
        if _told_apart(measures(labels, gap), measures(1 - labels, -gap)):
            return {
                "blocks": blocks,
                "width": width,
                "seed": seed,
                "batch": batch,
                "order": int(rng.integers(1, 10_000)),
                "images": images[rows],
                "labels": labels,
            }


def _rows(rng: np.random.Generator, gap: np.ndarray, n: int) -> np.ndarray | None:
    """``n`` rows, a third or more of them called either, whose class and order hang on no rounding."""
    order = np.argsort(gap)
    apart = np.concatenate([[True], np.diff(gap[order]) > 2e-4])
    clear = order[apart & (np.abs(gap[order]) > 0.02)]
    yes, no = (rng.permutation(clear[(gap[clear] > 0) == one]) for one in (True, False))
    few = n // 3
    if len(yes) < few or len(no) < few or len(clear) < n:
        return None
    others = rng.permutation(np.concatenate([yes[few:], no[few:]]))[: n - 2 * few]
    return rng.permutation(np.concatenate([yes[:few], no[:few], others]))


def margin(logits: np.ndarray) -> np.ndarray:
    """How far the logit of class 1 is above that of class 0."""
    return np.asarray(logits[:, 1] - logits[:, 0], "float64")


def measures(labels: np.ndarray, gap: np.ndarray) -> dict[str, float]:
    """The five numbers for the class 1, and ``auc of classes``: what hard decisions give."""
    said = gap > 0
    both = float((said & (labels == 1)).sum())
    precision, recall = both / max(said.sum(), 1), both / max(labels.sum(), 1)
    return {
        "accuracy": float((said == labels).mean()),
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / max(precision + recall, 1e-9),
        "auc": _auc(labels, gap),
        "auc of classes": _auc(labels, said.astype(float)),
    }


def _auc(labels: np.ndarray, scores: np.ndarray) -> float:
    yes, no = scores[labels == 1][:, None], scores[labels == 0]
    return float(((yes > no) + 0.5 * (yes == no)).mean())


def _told_apart(one: dict[str, float], zero: dict[str, float]) -> bool:
    """Whether every known mistake gives other numbers than the right answer."""
    pairs = [
        (one["precision"], one["recall"]),
        *((one[name], zero[name]) for name in ("precision", "recall", "f1")),
        (one["auc"], one["auc of classes"]),
        (one["auc"], one["accuracy"]),
        (one["auc"], 1 - one["auc"]),
    ]
    return all(abs(a - b) > 0.012 for a, b in pairs)


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``cases``: of each the ``found`` numbers, all arrays ``after``, and how often the batches were read."""
    return {"cases": [_measured(answer, case, framework) for case in inputs["cases"]]}


def _measured(answer: Any, case: dict[str, Any], framework: str) -> dict[str, Any]:
    model = tiny.build(framework, case["blocks"], case["width"], CLASSES, SIZE, case["seed"])
    if framework == "torch":
        model.train()  # as training leaves it
    batches, begun = tiny.batches(case, framework)
    given = answer(model, batches)
    found: Any = describe(given)
    if isinstance(given, Mapping):
        found = {name: plain(given[name]) for name in NAMES if name in given}
    return {
        "found": found,
        "after": tiny.arrays(model, framework, case["blocks"]),
        "passes": len(begun),
    }
