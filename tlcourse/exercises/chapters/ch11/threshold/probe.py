"""Tiny networks, each with validation scans, their labels, and the specificity that is asked for."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain, tiny
from tlcourse.probabilities import softmax

SIZE, CLASSES, BLOCKS = 6, 2, 2
WANTED = (0.7, 0.8, 0.9)
GAP = 4e-3
"""Between the probabilities beside the threshold, and between what wrong ways give and the right range."""


CASES = 3


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``cases``: the numbers of a network, ``images`` float32 (N, 6, 6, 3), ``labels`` (N,), ``specificity``.

    No threshold is right for two of them, so that none is right by luck.
    """
    while True:
        cases = [_case(rng) for _ in range(CASES)]
        ranges = sorted(limits(probabilities(one), one["labels"], one["specificity"]) for one in cases)
        if all(one[1] + GAP < other[0] for one, other in itertools.pairwise(ranges)):
            return {"cases": cases}


def _case(rng: np.random.Generator) -> dict[str, Any]:
    """Drawn again until every known wrong way raises other alarms."""
    while True:
        given: dict[str, Any] = {
            "blocks": tiny.block_names(rng, BLOCKS),
            "width": int(rng.integers(5, 9)),
            "seed": int(rng.integers(1, 10_000)),
            "specificity": float(rng.choice(WANTED)),
        }
        healthy, ill = int(rng.choice([20, 30])), int(rng.integers(14, 26))
        images = rng.normal(0.5, 0.9, (healthy + ill, SIZE, SIZE, 3))
        images = (images + rng.normal(0, 0.7, (healthy + ill, 1, 1, 3))).astype("float32")
        given["images"] = images
        p = probabilities(given)
        # Those with a higher probability are ill more often, and not always.
        odds = np.argsort(np.argsort(p)) / len(p) + rng.normal(0, 0.25, len(p))
        labels = (odds >= np.sort(odds)[healthy]).astype("int64")
        given["labels"] = labels
        if labels.sum() == ill and _tells_apart(given, p):
            return given


def arrays(given: dict[str, Any]) -> dict[str, np.ndarray]:
    """The network's numbers: surer than a tiny network is at first."""
    first = tiny.initial(given["blocks"], given["width"], CLASSES, given["seed"])
    return first | {"classifier.weight": first["classifier.weight"] * 3}


def logits(given: dict[str, Any], by_batch: bool = False) -> np.ndarray:
    """In evaluation mode, or with the batch's statistics: float64 (N, 2)."""
    blocks = given["blocks"]
    return tiny.logits(arrays(given), blocks, given["images"], blocks if by_batch else ())


def probabilities(given: dict[str, Any], by_batch: bool = False) -> np.ndarray:
    """Of class 1: float64 (N,)."""
    return np.asarray(softmax(logits(given, by_batch))[:, 1])


def limits(p: np.ndarray, labels: np.ndarray, specificity: float) -> tuple[float, float]:
    """Above the first and up to the second number, a threshold raises the right alarms."""
    healthy = np.sort(p[labels == 0])
    spared = int(np.ceil(specificity * len(healthy) - 1e-9))
    low = healthy[spared - 1]
    above = p[p > low]
    return float(low), float(above.min()) if len(above) else 1.0


def _tells_apart(given: dict[str, Any], p: np.ndarray) -> bool:
    y, share = np.asarray(given["labels"]), given["specificity"]
    low, high = limits(p, y, share)
    between = np.diff(np.sort(p))
    found, alarms = (p[y == 1] >= high).mean(), (p >= high).mean()
    if high - low < GAP or between.min() < 1e-5 or not 0.2 < found < 0.95:
        return False
    if high not in p[y == 0]:  # else a quantile between two healthy scans could lie beyond an ill one
        return False
    if min(abs(found - alarms), abs(found - 0.5)) < 0.02:
        return False
    by_batch = probabilities(given, by_batch=True)
    z = logits(given)
    others = (
        0.5,
        share,
        np.quantile(p, share),
        np.quantile(p[y == 1], 1 - share),
        np.quantile(p[y == 1], share),
        np.quantile(p[y == 0], 1 - share),
        np.quantile(by_batch[y == 0], share),
        np.quantile(z[y == 0, 1], share),
        np.quantile(1 - p[y == 0], share),
    )
    return all(other < low - GAP / 2 or other > high + GAP / 2 for other in others)


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``given``: the pairs that came back, case by case."""
    return {"given": [_asked(answer, case, framework) for case in inputs["cases"]]}


def _asked(answer: Any, inputs: dict[str, Any], framework: str) -> Any:
    model = tiny.build(framework, inputs["blocks"], inputs["width"], CLASSES, SIZE, inputs["seed"])
    tiny.put(model, framework, inputs["blocks"], arrays(inputs))
    images, labels = np.array(inputs["images"]), np.array(inputs["labels"])
    if framework == "torch":
        import torch

        model.train()  # as a loop may have left it
        images, labels = tiny.torch_images(images), torch.from_numpy(labels)
    return plain(answer(model, images, labels, inputs["specificity"]))
