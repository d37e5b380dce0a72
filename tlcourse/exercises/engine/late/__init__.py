"""The late part of a pretrained network and a new head, trained by an answer, used on new images.

For probes. The early part looks at all images once; what it gives, the maps, is what the answer trains on. So
a check takes seconds, and what it trains is real.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tlcourse.frameworks import side

__all__ = ["LITE0", "SQUEEZENET", "Network", "trained"]

_MEAN = (0.485, 0.456, 0.406)
_DEVIATION = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Network:
    """A network, and where it is cut.

    Attributes
    ----------
    name : str
        As `tlcourse.models.load` knows it.
    features : int
        Numbers for each image, before the head.
    kept : int
        How many of its blocks (Lite0) or layers (SqueezeNet) belong to the early part.
    late : str
        What the late part is called in PyTorch's model.
    mean, deviation : tuple of float
        What is taken from an image of 0 to 1, and what it is divided by.
    """

    name: str
    features: int
    kept: int
    late: str
    mean: tuple[float, ...]
    deviation: tuple[float, ...]


LITE0 = Network("efficientnet_lite0", 1280, 6, "block", (127 / 255,) * 3, (128 / 255,) * 3)
"""Cut before its last block."""
SQUEEZENET = Network("squeezenet", 512, 9, "fires", _MEAN, _DEVIATION)
"""Cut behind its last pooling: four fire modules are late. It has no BatchNorm."""


class State(NamedTuple):
    """The numbers of a model, float64, by part."""

    late: npt.NDArray[np.float64]
    head: npt.NDArray[np.float64]
    statistics: npt.NDArray[np.float64]


def trained(
    answer: Any, inputs: Mapping[str, Any], framework: str, network: Network, frozen: bool = False
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
    network : Network
    frozen : bool
        Whether the late part comes frozen: ``requires_grad`` or ``trainable`` false.

    Returns
    -------
    dict
        ``predicted``: float32 (M, classes), the model's outputs for the new images. For a judge's words only:
        how far the ``late`` part and the ``head`` went, as a share of the weights' length, and whether
        BatchNorm's ``statistics`` moved.
    """
    here = side(__name__, framework)
    size, n_classes = inputs["images"].shape[1], int(inputs["n_classes"])
    front, model = here.halves(network, size, _start(int(inputs["seed"]), network.features, n_classes))
    known, new = (front(_scaled(inputs[name], network)) for name in ("images", "new_images"))
    if frozen:
        here.freeze(model)
    before = here.state(model)
    here.let_train(answer, model, known, np.array(inputs["labels"], "int64"))
    outputs = here.outputs(model, new)
    return _seen(outputs, before, here.state(model))


def _scaled(images: Any, network: Network) -> npt.NDArray[np.float32]:
    part = np.asarray(images, "float32") / 255
    mean, deviation = np.array([network.mean, network.deviation], "float32")
    return np.asarray((part - mean) / deviation, "float32")


def _start(seed: int, features: int, n_classes: int) -> npt.NDArray[np.float32]:
    """The head's first weights: small, so that every class begins alike."""
    return (0.01 * np.random.default_rng(seed).normal(size=(features, n_classes))).astype("float32")


def _seen(outputs: Any, before: State, after: State) -> dict[str, Any]:
    def went(part: str) -> float:
        was, now = getattr(before, part), getattr(after, part)
        return float(np.linalg.norm(now - was)) / max(float(np.linalg.norm(was)), 1e-12)

    return {
        "predicted": np.asarray(outputs, "float32"),
        "late": went("late"),
        "head": went("head"),
        "statistics": not np.array_equal(before.statistics, after.statistics),
    }
