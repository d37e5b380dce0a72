"""A tiny network, validation images, and new images of which many are strange to it."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_array, tiny
from tlcourse.probabilities import softmax

SIZE, CLASSES, BLOCKS = 6, 4, 2
VALIDATION, NEW = 30, 24
KEEPS = (0.6, 0.7, 0.8)
LEAST = 7
"""So many of the new images at least are on either side of the limit."""
GAP = 0.01
"""So far are the highest probabilities of new images from where the limit may lie."""


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """The network's numbers, ``validation`` and ``new`` images float32 (N, 6, 6, 3), the share to ``keep``.

    Drawn again until no new image is near the limit, and each known wrong way answers otherwise.
    """
    while True:
        given: dict[str, Any] = {
            "blocks": tiny.block_names(rng, BLOCKS),
            "width": int(rng.integers(5, 9)),
            "seed": int(rng.integers(1, 10_000)),
            "keep": float(rng.choice(KEEPS)),
            "validation": tiny.batch(rng, VALIDATION, SIZE, CLASSES)["images"],
            "new": tiny.batch(rng, 3 * NEW, SIZE, CLASSES)["images"],
        }
        strange = rng.random(3 * NEW) < 0.5
        given["new"][strange] = rng.normal(0.2, 0.5, (int(strange.sum()), SIZE, SIZE, 3)).astype("float32")
        z_val, z = outputs(given, given["validation"]), outputs(given, given["new"])
        # New images away from the limit, so many above it and so many below.
        low, high = _limits(softmax(z_val), given["keep"])
        top = softmax(z).max(axis=1)
        above, below = np.flatnonzero(top > high + GAP), np.flatnonzero(top < low - GAP)
        least, most = max(LEAST, NEW - len(below)), min(len(above), NEW - LEAST)
        if least > most:
            continue
        count = int(rng.integers(least, most + 1))
        rows = rng.permutation(np.concatenate([above[:count], below[: NEW - count]]))
        ways = _ways(z_val, z[rows], given["keep"])
        far = all((one != two).sum() > 2 for one, two in itertools.combinations(ways.values(), 2))
        if not far or any((found >= 0).sum() < 3 for found in ways.values()):
            continue
        if any((ways["right"] != other).sum() < 3 for other in _others(z_val, z[rows], given["keep"])):
            continue
        given["new"] = given["new"][rows]
        in_training = outputs(given, given["new"], by_batch=True).argmax(axis=1)
        if ((ways["right"] >= 0) & (ways["right"] != in_training)).sum() > 3:
            return given


def outputs(given: dict[str, Any], images: np.ndarray, by_batch: bool = False) -> np.ndarray:
    """The logits in evaluation mode, or with the batch's statistics, float64 (N, 4)."""
    return tiny.logits(_arrays(given), given["blocks"], images, given["blocks"] if by_batch else ())


def _arrays(given: dict[str, Any]) -> dict[str, np.ndarray]:
    arrays = tiny.initial(given["blocks"], given["width"], CLASSES, given["seed"])
    # Surer than at first, and of some images more than of others.
    return arrays | {"classifier.weight": arrays["classifier.weight"] * 3}


def _limits(p_val: np.ndarray, keep: float) -> tuple[float, float]:
    """Between which two numbers the limit may lie: the share to keep of the validation images is above."""
    top = np.sort(p_val.max(axis=1))[::-1]
    kept = round(keep * len(top))
    return float(top[kept]), float(top[kept - 1])


def answers(given: dict[str, Any]) -> dict[str, np.ndarray]:
    """What comes out the right way and each known wrong way: classes, and -1 for no answer."""
    return _ways(outputs(given, given["validation"]), outputs(given, given["new"]), given["keep"])


def _ways(z_val: np.ndarray, z: np.ndarray, keep: float) -> dict[str, np.ndarray]:
    p_val, p = softmax(z_val), softmax(z)

    def of(scores: np.ndarray, limit: float) -> np.ndarray:
        return np.where(scores.max(axis=1) >= limit, scores.argmax(axis=1), -1)

    def kept(scores: np.ndarray, share: float = keep) -> float:
        return float(np.sort(scores.max(axis=1))[::-1][max(0, round(share * len(scores)) - 1)])

    return {
        "right": of(p, kept(p_val)),
        "limit from the new images": of(p, kept(p)),
        "the share taken for the limit": of(p, keep),
        "answers everything": p.argmax(axis=1),
        "the sure ones refused": np.where(p.max(axis=1) >= kept(p_val), -1, p.argmax(axis=1)),
    }


def _others(z_val: np.ndarray, z: np.ndarray, keep: float) -> list[np.ndarray]:
    """Ways that are wrong, too, and have no message of their own: by logits, and by other shares."""
    p_val, p = softmax(z_val), softmax(z)
    pairs = [(z_val, z, 1 - keep), (p_val, p, keep), (p_val, p, 0.5)]
    return [
        np.where(new.max(axis=1) >= np.quantile(known.max(axis=1), share), new.argmax(axis=1), -1)
        for known, new, share in pairs
    ]


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``classes``: what the answer gives for the new images."""
    model = tiny.build(framework, inputs["blocks"], inputs["width"], CLASSES, SIZE, inputs["seed"])
    tiny.put(model, framework, inputs["blocks"], _arrays(inputs))
    images = [np.array(inputs[name]) for name in ("validation", "new")]
    if framework == "torch":
        model.train()  # as a loop may have left it
        images = [tiny.torch_images(some) for some in images]
    return {"classes": plain_array(answer(model, *images, inputs["keep"]))}
