"""ImageNet's class names, and the most probable ones for an image."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from tlcourse.errors import ShapeError
from tlcourse.frameworks import framework_of
from tlcourse.models.cards import card
from tlcourse.models.images import as_batch
from tlcourse.models.loaded import name_of, predict_logits
from tlcourse.probabilities import softmax

__all__ = ["imagenet_classes", "top_k"]


@cache
def imagenet_classes() -> tuple[str, ...]:
    """The 1000 classes of ImageNet-1k, in the order of the model's outputs.

    The names are torchvision's (BSD-3-Clause, ``torchvision.models._meta``). Two pairs of classes share a
    name: "crane" (the bird and the machine) and "maillot".

    Examples
    --------
    >>> imagenet_classes()[281]
    'tabby'
    """
    text = files(__package__).joinpath("imagenet_classes.txt").read_text(encoding="utf-8")
    return tuple(text.splitlines())


def _published_size(model: Any, size: str) -> int:
    if size != "card":
        raise ShapeError(f"size is {size!r}.", 'Give the side in pixels, None, or "card".')
    name = name_of(model)
    entry = card(name) if name is not None else None
    return entry.input_size if entry is not None and entry.pretrained else 224


def top_k(
    model: Any,
    images: np.ndarray | Sequence[np.ndarray],
    k: int = 5,
    *,
    class_names: Sequence[str] | None = None,
    size: int | str | None = "card",
    batch_size: int = 32,
) -> list[list[tuple[str, float]]]:
    """The `k` most probable classes of each image, the most probable first.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
        Gives logits (N, C).
    images : (N, H, W, 3) uint8 array, or a list of (H, W, 3) uint8 arrays of any size
    k : int
        1 to C.
    class_names : sequence of C names, optional
        Default: ImageNet's.
    size : int, None or "card"
        Side in pixels the images are cropped and resized to; None leaves them; "card" (the default) is the
        size that the published weights were trained at, 224 for most.
    batch_size : int

    Returns
    -------
    list of N lists of k (name, probability) pairs

    Raises
    ------
    ShapeError
        If the images are not uint8 RGB, or the model does not have as many outputs as there are names.

    Examples
    --------
    In a notebook, after ``tlcourse.start``::

        model = tlcourse.models.load("efficientnet_lite0")
        tlcourse.models.top_k(model, [cat])[0][0]     # ('tabby', 0.4)
    """
    names = imagenet_classes() if class_names is None else tuple(class_names)
    framework_of(model)
    if isinstance(size, str):
        size = _published_size(model, size)
    batch = as_batch(images, size)
    logits = predict_logits(model, batch, batch_size)
    if logits.ndim != 2 or logits.shape[1] != len(names):
        raise ShapeError(
            f"The model gives outputs of shape {logits.shape} for {len(batch)} images, but there are "
            f"{len(names)} class names.",
            "Load it with its published head (num_classes=None), or pass class_names=, a name per output.",
        )
    if not isinstance(k, int) or not 1 <= k <= len(names):
        raise ShapeError(f"k is {k!r}.", f"Give a whole number from 1 to {len(names)}.")
    probabilities = softmax(logits.astype(np.float64))
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]
    rows = zip(probabilities, best, strict=True)
    return [[(names[j], float(row[j])) for j in order] for row, order in rows]
