"""Chapter 7's sweep of optimism: the score that a model was picked for, and what the model is worth.

``iterate-optimism`` trains many heads and picks one of them, on validation images or on the test images
themselves, and asks a large set of further images what the picked one is worth.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.topics.iterate import SEEDS, clothes, draw, features, fit_head

__all__ = ["SWEEPS", "optimism"]

TRIED: tuple[dict[str, Any], ...] = tuple(
    {"head": head, "lr": lr, "weight_decay": decay, "steps": steps}
    for head in ("linear", "256")
    for lr in (3e-4, 1e-3, 3e-3, 1e-2)
    for decay in (0.0, 1.0)
    for steps in (50, 200)
)
"""The heads that are tried: 32 of them."""
JUDGED = 100
"""Images in the small validation set, and as many in the small test set."""
DRAWN = 200


def optimism(framework: str, seed: int) -> dict[str, float]:
    """One row of ``iterate-optimism``: what picked heads say of themselves, and what they are worth.

    The heads are trained once. Then small validation and test sets are drawn :data:`DRAWN` times from the
    images that none of them has seen; all the rest of these images tell the truth.

    Returns
    -------
    dict
        Means over the draws. For picking on the ``val`` and on the ``test`` images: the accuracy of the
        picked head on those images (``_says``), on the test images (``_test``), and in truth (``_true``).
    """
    from tlcourse import heads

    x = np.concatenate([features(framework, 32, split) for split in ("train", "val", "test")])
    y = np.concatenate([clothes(32).split(split).labels for split in ("train", "val", "test")])
    rng = np.random.default_rng([seed, 9])
    learn = draw(y, 20, seed)
    rest = np.setdiff1d(np.arange(len(y)), learn)
    right = []
    for settings in TRIED:
        head = fit_head(
            framework,
            x[learn],
            y[learn],
            {**settings, "batch_size": 16, "optimizer": "adam"},
            seed,
            steps=settings["steps"],
        )
        right.append(heads.outputs(head, x[rest]).argmax(1) == y[rest])
    table = np.array(right)  # (heads, images)
    means: dict[str, list[float]] = {}
    for _ in range(DRAWN):
        rows = rng.permutation(len(rest))
        parts = {"val": rows[:JUDGED], "test": rows[JUDGED : 2 * JUDGED], "true": rows[2 * JUDGED :]}
        scores = {name: table[:, part].mean(1) for name, part in parts.items()}
        for picked_on in ("val", "test"):
            best = int(np.argmax(scores[picked_on]))
            for what, on in (("says", picked_on), ("test", "test"), ("true", "true")):
                means.setdefault(f"{picked_on}_{what}", []).append(float(scores[on][best]))
    return {name: float(np.mean(values)) for name, values in means.items()}


def _cost(settings: Settings) -> float:
    """CPU seconds, roughly."""
    return 8.0


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "iterate-optimism",
        "tlcourse.sweeps.topics.optimism:optimism",
        lambda: [{"seed": seed} for seed in SEEDS],
        {f"{picked}_{what}": 0.03 for picked in ("val", "test") for what in ("says", "test", "true")},
        cost=_cost,
        title="Chapter 7: how far picking on the test set flatters",
    ),
)
