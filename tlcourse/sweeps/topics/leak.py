"""Chapter 7's sweep of leaks: the same thing on both sides of the split.

``iterate-leak`` splits the emoji of all three styles by image, so that a thing can be on both sides in
different styles, or by thing.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.shared import vision
from tlcourse.sweeps.topics.iterate import SEEDS, STEPS

__all__ = ["SWEEPS", "leak"]


def leak(framework: str, split_by: str, seed: int) -> dict[str, float]:
    """One row of ``iterate-leak``: test accuracy of a linear head on the emoji of all styles.

    Parameters
    ----------
    framework : {"torch", "keras"}
    split_by : {"picture", "thing"}
        How 40 % of the images become the test set: any of them, or all three of a thing.
    seed : int
        Of the split, the head's start and the order of the batches.
    """
    from tlcourse import training

    x, y, things = _emoji(framework)
    rng = np.random.default_rng([seed, 10])
    if split_by == "thing":
        names = rng.permutation(np.unique(things))
        test = np.isin(things, names[: round(0.4 * len(names))])
    else:
        test = np.zeros(len(y), bool)
        test[rng.permutation(len(y))[: round(0.4 * len(y))]] = True
    head = training.fit_head(
        x[~test], y[~test], int(y.max()) + 1, steps=STEPS, lr=3e-3, seed=seed, framework=framework
    )
    both = np.isin(things[test], things[~test])
    return {
        "test_accuracy": float((head.logits(x[test]).argmax(1) == y[test]).mean()),
        "on_both_sides": float(both.mean()),
    }


@cache
def _emoji(framework: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    from tlcourse import data, training

    styles = [data.three_styles(name).resized(64) for name in data.STYLES]
    x = np.concatenate(
        [
            training.cache_features(vision.backbone(framework, 64), style.images, progress=False)
            for style in styles
        ]
    )
    return x, np.concatenate([s.labels for s in styles]), np.concatenate([np.array(s.ids) for s in styles])


def _leak_grid() -> list[Settings]:
    return [{"split_by": by, "seed": seed} for by in ("picture", "thing") for seed in SEEDS]


def _cost(settings: Settings) -> float:
    """CPU seconds, roughly."""
    return 8.0


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "iterate-leak",
        "tlcourse.sweeps.topics.leak:leak",
        _leak_grid,
        {"test_accuracy": 0.03, "on_both_sides": 1e-6},
        cost=_cost,
        title="Chapter 7: the same thing on both sides of the split",
    ),
)
