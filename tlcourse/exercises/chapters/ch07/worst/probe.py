"""Networks with BatchNorm and dropout, and images of which some are classified wrongly."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_array, shuffled, tiny

CLASSES, SIZE, CASES = 3, 8, 2


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``cases``: a network's numbers, images (N, 8, 8, 3), labels, and ``n``, how many are asked for."""
    counts = shuffled(rng, [4, 5, 6, 7])[:CASES]
    return {"cases": [_case(rng, n) for n in counts]}


def _case(rng: np.random.Generator, n: int) -> dict[str, Any]:
    blocks, width = tiny.block_names(rng, 2), int(rng.integers(4, 7))
    while True:
        seed, size = int(rng.integers(1, 10_000)), int(rng.integers(40, 60))
        # Images of any colour: a network whose weights are random tells these apart.
        images = rng.normal(0, 1, (size, SIZE, SIZE, 3)) + rng.normal(0, 2, (size, 1, 1, 3))
        images = images.astype("float32")
        p = shares(tiny.logits(tiny.initial(blocks, width, CLASSES, seed), blocks, images))
        best = np.sort(p, axis=1)
        labels = p.argmax(1)
        missed = rng.permutation(size)[: int(size * rng.uniform(0.4, 0.5))]
        labels[missed] = (labels[missed] + rng.integers(1, CLASSES, len(missed))) % CLASSES
        clear = (best[:, -1] - best[:, -2]).min() > 1e-3 and np.diff(np.sort(best[:, -1])).min() > 2e-5
        if clear and len(set(labels)) == CLASSES and _told_apart(p, labels, n):
            return {
                "blocks": blocks,
                "width": width,
                "seed": seed,
                "n": n,
                "images": images,
                "labels": labels.astype("int64"),
            }


def shares(logits: np.ndarray) -> np.ndarray:
    """The softmax: float64 (N, C)."""
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(powers / powers.sum(1, keepdims=True), "float64")


def ranked(p: np.ndarray, labels: np.ndarray, n: int) -> dict[str, list[int]]:
    """The rows that are asked for (``right``), and those that known mistakes give."""
    rows, said = np.arange(len(labels)), p.argmax(1)
    wrong, confidence, true = said != labels, p.max(1), p[rows, labels]

    def of(keep: np.ndarray, by: np.ndarray) -> list[int]:
        return [int(row) for row in rows[keep][np.argsort(-by[keep], kind="stable")][:n]]

    everything = np.ones(len(labels), bool)
    return {
        "right": of(wrong, confidence),
        "least confident": of(wrong, -confidence),
        "of all images": of(everything, confidence),
        "in the order of the images": of(wrong, -rows),
        "the right ones": of(~wrong, confidence),
        "true class": of(wrong, -true),
    }


def _told_apart(p: np.ndarray, labels: np.ndarray, n: int) -> bool:
    lists = ranked(p, labels, n)
    right = lists.pop("right")
    # Nor may the most confident mistakes be the same in another order of confidence.
    return len(right) == n and all(set(other) != set(right) for other in lists.values())


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``cases``: of each the rows that were ``found``, asked ``twice``, and all arrays ``after``."""
    return {"cases": [_asked(answer, case, framework) for case in inputs["cases"]]}


def _asked(answer: Any, case: dict[str, Any], framework: str) -> dict[str, Any]:
    model = tiny.build(framework, case["blocks"], case["width"], CLASSES, SIZE, case["seed"])
    images, labels = case["images"].copy(), case["labels"].copy()
    if framework == "torch":
        import torch

        model.train()  # as training leaves it
        images, labels = tiny.torch_images(images), torch.from_numpy(labels)
    found = plain_array(answer(model, images, labels, case["n"]))
    return {"found": found, "after": tiny.arrays(model, framework, case["blocks"])}
