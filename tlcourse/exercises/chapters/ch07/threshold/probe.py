"""Networks for yes or no with BatchNorm and dropout, validation images, and two costs."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_number, tiny

CLASSES, SIZE, CASES = 2, 8, 3
NEVER = 2.0
"""Above every probability."""


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``cases``: a network's numbers, images (N, 8, 8, 3), labels, what a miss and a needless yes cost."""
    dear = rng.permutation(["miss", "needless", str(rng.choice(["miss", "needless"]))])
    return {"cases": [_case(rng, str(kind)) for kind in dear]}


def _case(rng: np.random.Generator, dear: str) -> dict[str, Any]:
    blocks, width = tiny.block_names(rng, 2), int(rng.integers(4, 7))
    while True:
        seed, n = int(rng.integers(1, 10_000)), int(rng.integers(45, 60))
        # Images of any colour: a network whose weights are random tells these apart.
        images = rng.normal(0, 1, (100, SIZE, SIZE, 3)) + rng.normal(0, 2, (100, 1, 1, 3))
        images = images.astype("float32")
        p = shares(tiny.logits(tiny.initial(blocks, width, CLASSES, seed), blocks, images))
        rows = _apart(rng, p, n)
        if rows is None:
            continue
        for _ in range(20):
            found = _question(rng, p[rows], dear)
            if found is not None:
                return {"blocks": blocks, "width": width, "seed": seed, "images": images[rows], **found}


def _question(rng: np.random.Generator, p: np.ndarray, dear: str) -> dict[str, Any] | None:
    """Labels and costs for which each known mistake is a mistake; None if these are none."""
    # The network is right about the order, more or less, and wrong about the probabilities.
    n, rank = len(p), p.argsort().argsort() / len(p)
    middle = rng.uniform(0.55, 0.7) if dear == "miss" else rng.uniform(0.3, 0.45)
    labels = (rank + rng.normal(0, 0.22, n) > middle).astype("int64")
    costs = float(rng.choice([6, 8, 10, 12])), float(rng.choice([1, 2]))
    missed, needless = costs if dear == "miss" else costs[::-1]
    if not 6 <= labels.sum() <= n - 6 or not _told_apart(labels, p, missed, needless):
        return None
    return {"labels": labels, "missed": missed, "needless": needless}


def _apart(rng: np.random.Generator, p: np.ndarray, n: int) -> np.ndarray | None:
    """``n`` rows whose probabilities no rounding brings into another order, on both sides of one half."""
    order = np.argsort(p)
    clear = order[np.concatenate([[True], np.diff(p[order]) > 2e-4])]
    yes, no = (rng.permutation(clear[(p[clear] > 0.5) == one]) for one in (True, False))
    few = n // 5
    if len(yes) < few or len(no) < few or len(clear) < n:
        return None
    others = rng.permutation(np.concatenate([yes[few:], no[few:]]))[: n - 2 * few]
    return rng.permutation(np.concatenate([yes[:few], no[:few], others]))


def shares(logits: np.ndarray) -> np.ndarray:
    """The probability of class 1: float64 (N,)."""
    return np.asarray(1 / (1 + np.exp(logits[:, 0] - logits[:, 1])), "float64")


def cost(labels: np.ndarray, p: np.ndarray, t: float, missed: float, needless: float) -> float:
    """Of all images together, if a probability of at least ``t`` means yes."""
    yes = p >= t
    return float((missed * ((labels == 1) & ~yes) + needless * ((labels == 0) & yes)).sum())


def tried(p: np.ndarray) -> np.ndarray:
    """Every threshold that makes a difference."""
    return np.append(np.unique(p), NEVER)


def _told_apart(y: np.ndarray, p: np.ndarray, missed: float, needless: float) -> bool:
    """Whether every known mistake costs more than the best threshold."""

    at = tried(p)
    yes = p >= at[:, None]
    misses, alarms = ((y == 1) & ~yes).sum(1), ((y == 0) & yes).sum(1)

    def cheapest(a: float, b: float) -> list[float]:
        costs = a * misses + b * alarms
        return [float(t) for t in at[costs == costs.min()]]

    best_ones = cheapest(missed, needless)
    # A threshold for logits must not pass for one for probabilities.
    if any(0.49 < t < 0.74 for t in best_ones):
        return False
    best = cost(y, p, best_ones[0], missed, needless)
    others = [
        0.5,
        p.min(),
        p.max(),
        p[y == 1].min(),
        NEVER,
        needless / (needless + missed),
        missed / (needless + missed),
    ]
    others += cheapest(1.0, 1.0) + cheapest(needless, missed)
    turned = cost(y, p, cheapest(needless, missed)[0], needless, missed)
    even = cost(y, p, cheapest(1.0, 1.0)[0], 1.0, 1.0)
    # A mistake must not be the cheapest under the costs of another.
    none_missed = p[y == 1].min()
    swapped = all(cost(y, p, t, needless, missed) > turned for t in [*cheapest(1.0, 1.0), none_missed, 0.5])
    fewest = all(cost(y, p, t, 1.0, 1.0) > even for t in (none_missed, 0.5))
    return swapped and fewest and all(cost(y, p, t, missed, needless) > best + 0.9 for t in others)


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``cases``: of each the threshold ``found``, and all arrays ``after``."""
    return {"cases": [_asked(answer, case, framework) for case in inputs["cases"]]}


def _asked(answer: Any, case: dict[str, Any], framework: str) -> dict[str, Any]:
    model = tiny.build(framework, case["blocks"], case["width"], CLASSES, SIZE, case["seed"])
    images, labels = case["images"].copy(), case["labels"].copy()
    if framework == "torch":
        import torch

        model.train()  # as training leaves it
        images, labels = tiny.torch_images(images), torch.from_numpy(labels)
    found = plain_number(answer(model, images, labels, case["missed"], case["needless"]))
    return {"found": found, "after": tiny.arrays(model, framework, case["blocks"])}
