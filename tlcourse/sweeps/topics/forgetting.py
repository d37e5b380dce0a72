"""Chapter 10: what a network that knows photographs forgets while it learns solar cells, and what keeps it.

A linear head on frozen features knows six classes of photographs. Then the backbone learns to tell defective
solar cells from functional ones, with a head of their own, for :data:`STEPS` steps of :data:`BATCH` images.
On the way the old head is asked about photographs again. The ways to keep what was known are those of
`tlcourse.sweeps.shared.keeping`; ``lower rate`` is plain training at a lower one, and ``average`` averages
the weights that such a training has led to with the old ones, share by share in ``forgetting-average``.

``forgetting-strengths`` tries strengths for each way, by validation images of both tasks and seeds that the
comparison does not use; ``forgetting`` takes the best of each. ``forgetting-again`` repeats a part in Keras.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, partial

import numpy as np
import numpy.typing as npt

from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.shared import camera, keeping
from tlcourse.sweeps.shared.rates import chosen_rates

__all__ = [
    "BATCH",
    "LOOKS",
    "SEEDS",
    "SHARES",
    "STEPS",
    "STRENGTHS",
    "SWEEPS",
    "TUNING_SEEDS",
    "average_curve",
    "learn_and_keep",
    "try_strength",
]

SIZE = 64
"""Side of the images, in pixels."""
STEPS, BATCH = 240, 16
LOOKS = (15, 30, 60, 120, 240)
"""After so many steps photographs are looked at again."""
RATE, HEAD_RATE, LORA_RATE, AVERAGE_RATE = 3e-4, 1e-3, 1e-3, 1e-4
"""Of the backbone, of the new head, of what LoRA adds, and of the backbone that is averaged with the old one:
what :data:`RATE` has led to is too far away for a mean."""
SEEDS = (0, 1, 2, 3, 4)
TUNING_SEEDS = (100, 101)
STRENGTHS: dict[str, tuple[float, ...]] = {
    "plain": (RATE,),
    "lower rate": (1e-5, 3e-5, 1e-4),
    "rehearsal": (2, 4, 8),
    "l2-sp": (1.0, 10.0, 100.0),
    "ewc": (1e3, 1e4, 1e5),
    "lwf": (3.0, 10.0, 30.0),
    "lora": (1, 4, 16),
    "average": (0.25, 0.5, 0.75),
}
"""What is tried for each way. Of ``plain`` and ``lower rate`` it is the rate, of ``average`` the trained
weights' share."""
AGAIN = ("plain", "rehearsal", "l2-sp", "lora")
"""The ways that run in Keras as well."""
SHARES = tuple(np.linspace(0, 1, 9).tolist())
"""Of the trained weights, in the curve of ``average``."""
STRENGTH_OF_HEAD = 1e-2
"""scikit-learn's C of the head for photographs."""


@cache
def _scaled(dataset: str, split: str, seed: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    from tlcourse.models.images import scale

    part = camera.part(dataset, split, SIZE, seed)
    if dataset == "solar-cells" and split == "train":  # judged on as many of each, so learned from as many
        part = part.per_class(min(part.counts().values()), seed=seed)
    return np.ascontiguousarray(scale(part.images, "lite"), np.float32), part.labels


@cache
def _old_head(framework: str) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """A logistic regression on frozen features of photographs, as a linear layer for features as they are."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    from tlcourse import training
    from tlcourse.sweeps.shared import vision

    photos = camera.part("photos", "train", SIZE, 0)
    x = training.cache_features(vision.backbone(framework, SIZE), photos, progress=False)
    scaler = StandardScaler().fit(x)
    model = LogisticRegression(C=STRENGTH_OF_HEAD, max_iter=1000).fit(scaler.transform(x), photos.labels)
    weight = model.coef_ / scaler.scale_
    bias = model.intercept_ - weight @ scaler.mean_
    return weight.T.astype(np.float32), bias.astype(np.float32)


def _batches(seed: int, old_in_batch: int, answers: npt.NDArray[np.float32]) -> Iterator[keeping.Batch]:
    x, y = _scaled("solar-cells", "train", seed)
    old_x, old_y = _scaled("photos", "train", 0)
    rng = np.random.default_rng([seed, 29])
    rows = np.concatenate([rng.permutation(len(y)) for _ in range(1 + STEPS * BATCH // len(y))])
    new = BATCH - old_in_batch
    for step in range(STEPS):
        # A way that looks at old images looks at fewer new ones: the budget is the same.
        now = rows[step * BATCH : step * BATCH + new]
        then = rng.choice(len(old_y), old_in_batch, replace=False)
        yield keeping.Batch(x[now], y[now], answers[now], old_x[then], old_y[then])


class _Asked:
    """The network's scores on a split of both tasks."""

    def __init__(self, network: keeping.TwoTasks, split: str, seed: int) -> None:
        self.network = network
        self.photos, self.labels = _scaled("photos", split, 0)
        self.cells, self.defective = _scaled("solar-cells", split, seed)

    def old(self) -> float:
        """Accuracy on photographs."""
        return float((self.network.outputs(self.photos)[0].argmax(1) == self.labels).mean())

    def new(self) -> float:
        """Balanced accuracy on solar cells."""
        from sklearn.metrics import balanced_accuracy_score

        guess = self.network.outputs(self.cells)[1].argmax(1)
        return float(balanced_accuracy_score(self.defective, guess))


def _run(framework: str, way: str, strength: float, seed: int, split: str) -> dict[str, float]:
    network = keeping.two_tasks(framework, SIZE)
    trained_as = "plain" if way in ("lower rate", "average") else way
    rank = int(strength) if way == "lora" else 0
    network.start(*_old_head(framework), new=2, rank=rank)
    asked = _Asked(network, split, seed)
    looks = {"photos_0": asked.old()}
    if way == "ewc":
        network.weigh(*_scaled("photos", "train", 0))
    answers = network.outputs(_scaled("solar-cells", "train", seed)[0])[0]

    def look(step: int) -> None:
        if step in LOOKS:
            looks[f"photos_{step}"] = asked.old()

    rate = {"lower rate": strength, "lora": LORA_RATE, "average": AVERAGE_RATE}.get(way, RATE)
    old_in_batch = int(strength) if way == "rehearsal" else 0
    batches = _batches(seed, old_in_batch, answers)
    network.train(batches, trained_as, strength, rate, HEAD_RATE, look)
    if way == "average":
        network.blend(strength)
    return {**looks, "photos": asked.old(), "cells": asked.new()}


def try_strength(framework: str, way: str, strength: float, seed: int) -> dict[str, float]:
    """One row of ``forgetting-strengths``: scores on validation images, and their mean, ``both``."""
    scores = _run(framework, way, strength, seed, "val")
    photos, cells = scores["photos"], scores["cells"]
    return {"photos": photos, "cells": cells, "both": (photos + cells) / 2}


def learn_and_keep(framework: str, way: str, strength: float, seed: int) -> dict[str, float]:
    """One row of ``forgetting``.

    Parameters
    ----------
    framework : {"torch", "keras"}
    way : str
        One of :data:`STRENGTHS`.
    strength : float
        Of the way.
    seed : int
        Of the solar cells' division by modules and of the batches.

    Returns
    -------
    dict
        On test images: accuracy on ``photos`` (in training as ``photos_0``, ``photos_15`` ...) and balanced
        accuracy on solar ``cells``, 0 to 1.
    """
    return _run(framework, way, strength, seed, "test")


def average_curve(framework: str, seed: int) -> dict[str, float]:
    """One row of ``forgetting-average``: `learn_and_keep`'s scores for each of :data:`SHARES`.

    The backbone is trained once, plainly; ``photos_3`` and ``cells_3`` are with the share ``SHARES[3]``.
    """
    network = keeping.two_tasks(framework, SIZE)
    network.start(*_old_head(framework), new=2, rank=0)
    answers = np.zeros((len(_scaled("solar-cells", "train", seed)[1]), 0), np.float32)
    batches = _batches(seed, 0, answers)
    network.train(batches, "plain", 0.0, AVERAGE_RATE, HEAD_RATE, lambda step: None)
    asked = _Asked(network, "test", seed)
    scores: dict[str, float] = {}
    for number, share in enumerate(SHARES):
        network.blend(share)
        scores[f"photos_{number}"], scores[f"cells_{number}"] = asked.old(), asked.new()
    return scores


def _strengths_grid() -> list[Settings]:
    return [
        {"way": way, "strength": float(strength), "seed": seed}
        for way, strengths in STRENGTHS.items()
        for strength in strengths
        for seed in TUNING_SEEDS
    ]


def _grid(ways: Sequence[str], seeds: tuple[int, ...]) -> list[Settings]:
    return [{"way": way, "seed": seed} for way in ways for seed in seeds]


def _chosen(settings: Settings) -> Settings:
    chosen = chosen_rates("forgetting-strengths", ["way"], metric="both", rate="strength")
    return {"strength": chosen[(settings["way"],)]}


def _tolerance(settings: Settings) -> float:
    """How far a score may move when only the rounding does: 240 steps of the whole network add it up."""
    return 0.12


_LOOKS = {f"photos_{step}": _tolerance for step in (0, *LOOKS)}
_SCORES = {"photos": _tolerance, "cells": _tolerance}
_MODULE = "tlcourse.sweeps.topics.forgetting"


def _comparison(name: str, framework: str, ways: Sequence[str], seeds: tuple[int, ...], title: str) -> Sweep:
    return Sweep(
        name,
        f"{_MODULE}:learn_and_keep",
        partial(_grid, ways, seeds),
        {**_LOOKS, **_SCORES},
        frameworks=(framework,),
        cost=lambda settings: 60.0,
        given=_chosen,
        after=("forgetting-strengths",),
        title=title,
    )


SWEEPS: tuple[Sweep, ...] = (
    Sweep(
        "forgetting-strengths",
        f"{_MODULE}:try_strength",
        _strengths_grid,
        {**_SCORES, "both": _tolerance},
        frameworks=("torch",),
        cost=lambda settings: 60.0,
        title="Chapter 10: how strongly each way holds on to photographs, chosen on validation images",
    ),
    _comparison(
        "forgetting", "torch", tuple(STRENGTHS), SEEDS, "Chapter 10: solar cells learned, photographs kept"
    ),
    _comparison(
        "forgetting-again", "keras", AGAIN, SEEDS[:1], "Chapter 10: some ways of forgetting, in Keras"
    ),
    Sweep(
        "forgetting-average",
        f"{_MODULE}:average_curve",
        lambda: [{"seed": seed} for seed in SEEDS],
        {f"{task}_{number}": _tolerance for number in range(len(SHARES)) for task in ("photos", "cells")},
        frameworks=("torch",),
        cost=lambda settings: 60.0,
        title="Chapter 10: old and trained weights averaged, share by share",
    ),
)
