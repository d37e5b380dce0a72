"""A late part and a head for two tasks: it knows the old one, and an answer teaches it the new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from tlcourse.exercises.engine.frozen import given, remembered
from tlcourse.frameworks import side

__all__ = ["STRENGTH", "taught"]

STRENGTH = 1.0
"""scikit-learn's C of the old task's head."""


def taught(answer: Any, inputs: Mapping[str, Any], framework: str, network: str) -> dict[str, Any]:
    """Call ``answer(model, maps, labels, old_maps, old_labels)`` and use the model on new images of both
    tasks.

    The model's first outputs are the classes of the old task, the rest those of the new one.

    Parameters
    ----------
    answer : callable
        Trains the model that it gets. What it returns does not matter.
    inputs : mapping
        Of the old task ``old_images`` uint8 (N, S, S, 3) and ``old_labels`` int64 (N,), from which the old
        head is fitted, and ``few``, the rows of them that the answer gets; of the new task ``images`` and
        ``labels``; ``new_images`` of the new and ``new_old_images`` of the old task; ``seed`` of the new
        head's first weights; ``n_classes`` and ``n_old_classes``.
    framework : {"torch", "keras"}
    network : {"efficientnet_lite0", "squeezenet"}
        As for `tlcourse.exercises.engine.late.trained`.

    Returns
    -------
    dict
        The model's outputs for new images, float32: ``old`` (M, old classes) and ``new`` (K, classes), and
        ``old_before``, those of the old task before the answer's turn. For a judge's words: how far the
        ``late`` part went, as a share of its weights' length.
    """
    from tlcourse import models, training
    from tlcourse.exercises.engine import late  # which exports this function

    here = side(late.__name__, framework)
    features, n_old = models.card(network).features, int(inputs["n_old_classes"])
    size = inputs["images"].shape[1]

    def read() -> npt.NDArray[np.float32]:
        whole = models.load(network, framework, num_classes=0, input_size=size)
        return training.cache_features(whole, inputs["old_images"], progress=False)

    known = remembered(inputs["old_images"], (network, framework, "features"), read)
    old_head = _fitted(known, np.asarray(inputs["old_labels"]))
    new_head = late.head_start(int(inputs["seed"]), features, int(inputs["n_classes"]))
    front, model = here.halves(network, size, np.concatenate([old_head, new_head], axis=1))

    def maps(name: str) -> npt.NDArray[np.float32]:
        def make() -> npt.NDArray[np.float32]:
            return np.asarray(front(models.preprocess(inputs[name], network, framework=framework)))

        return remembered(inputs[name], (network, framework, "early"), make)

    before, new_old = here.state(model), maps("new_old_images")
    old_before = here.outputs(model, new_old)[:, :n_old]
    few = np.asarray(inputs["few"])
    memory = maps("old_images")[few], np.array(inputs["old_labels"], "int64")[few]
    labels = np.array(inputs["labels"], "int64")
    answer(model, *given(framework, maps("images"), labels, *memory))
    old, new = here.outputs(model, new_old)[:, :n_old], here.outputs(model, maps("new_images"))[:, n_old:]
    after = here.state(model)
    went = float(np.linalg.norm(after.late - before.late) / np.linalg.norm(before.late))
    arrays = {"old": old, "new": new, "old_before": old_before}
    return {**{name: np.asarray(array, "float32") for name, array in arrays.items()}, "late": went}


def _fitted(features: npt.NDArray[np.float32], labels: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """A logistic regression without a constant, for three classes or more: (features, classes)."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=STRENGTH, fit_intercept=False, max_iter=500).fit(features, labels)
    return np.asarray(model.coef_.T, "float32")
