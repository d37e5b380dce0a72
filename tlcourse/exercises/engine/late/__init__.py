"""The late part of a pretrained network and a new head, trained by an answer, used on new images.

For probes. The early part looks at all images once; what it gives, the maps, is what the answer trains on. So
a check takes seconds, and what it trains is real. `taught` does the same with a model that knows one task and
is taught another. `Trained` and the rows beside it read for a judge what came of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from tlcourse.exercises.engine.frozen import given, remembered
from tlcourse.exercises.engine.late.reading import (
    FALLS_SHORT,
    HARDLY_TRAINED,
    ONE_CLASS,
    Trained,
    judged,
    no_better_than_guessing,
)
from tlcourse.exercises.engine.late.state import State
from tlcourse.exercises.engine.late.two_tasks import taught
from tlcourse.frameworks import side

__all__ = [
    "FALLS_SHORT",
    "HARDLY_TRAINED",
    "ONE_CLASS",
    "Trained",
    "head_start",
    "judged",
    "no_better_than_guessing",
    "taught",
    "trained",
]


def trained(
    answer: Any, inputs: Mapping[str, Any], framework: str, network: str, frozen: bool = False
) -> dict[str, Any]:
    """Call ``answer(model, maps, labels)`` and use the model on new images.

    Parameters
    ----------
    answer : callable
        Trains the model that it gets. What it returns does not matter.
    inputs : mapping
        ``images`` uint8 (N, S, S, 3) with ``labels`` int64 (N,), ``new_images`` alike, ``seed`` of the head's
        first weights and ``n_classes``.
    framework : {"torch", "keras"}
    network : {"efficientnet_lite0", "squeezenet"}
        Cut before its last block, or behind its last pooling: then four fire modules are late, and there is
        no BatchNorm.
    frozen : bool
        Whether the late part comes frozen: ``requires_grad`` or ``trainable`` false.

    Returns
    -------
    dict
        ``predicted``: float32 (M, classes), the model's outputs for the new images. For a judge's words only:
        how far the ``late`` part and the ``head`` went, as a share of the weights' length, and whether
        BatchNorm's ``statistics`` moved.
    """
    from tlcourse import models

    here = side(__name__, framework)
    head = head_start(int(inputs["seed"]), models.card(network).features, int(inputs["n_classes"]))
    front, model = here.halves(network, inputs["images"].shape[1], head)

    def maps(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        def make() -> npt.NDArray[np.float32]:
            return np.asarray(front(models.preprocess(images, network, framework=framework)))

        return remembered(images, (network, framework, "early"), make)

    known, new = maps(inputs["images"]), maps(inputs["new_images"])
    if frozen:
        here.freeze(model)
    before = here.state(model)
    answer(model, *given(framework, known, np.asarray(inputs["labels"], "int64")))
    outputs = here.outputs(model, new)
    return _seen(outputs, before, here.state(model))


def head_start(seed: int, features: int, n_classes: int) -> npt.NDArray[np.float32]:
    """The head's first weights (features, classes): small, so that every class begins alike."""
    return (0.01 * np.random.default_rng(seed).normal(size=(features, n_classes))).astype("float32")


def _seen(outputs: Any, before: State, after: State) -> dict[str, Any]:
    return {
        "predicted": np.asarray(outputs, "float32"),
        "late": _went(before.late, after.late),
        "head": _went(before.head, after.head),
        "statistics": not np.array_equal(before.statistics, after.statistics),
    }


def _went(was: npt.NDArray[np.float64], now: npt.NDArray[np.float64]) -> float:
    return float(np.linalg.norm(now - was)) / max(float(np.linalg.norm(was)), 1e-12)
