"""A network's rule for scaling images, as three numbers for each channel that any graph can hold."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tlcourse.errors import ShapeError

__all__ = ["Scaling", "checked", "logits", "of"]


class Scaling(NamedTuple):
    """What a rule does to RGB bytes x: ``x[..., order] * factor + offset``.

    Attributes
    ----------
    order : tuple of int
        Of the channels.
    factor, offset : float32 array (3,)
    """

    order: tuple[int, ...]
    factor: npt.NDArray[np.float32]
    offset: npt.NDArray[np.float32]


def _rule(model: Any, rule: str | None) -> str:
    from tlcourse.frameworks import framework_of
    from tlcourse.models.cards import card
    from tlcourse.models.loaded import name_of

    if rule is not None:
        return rule
    name = name_of(model)
    return card(name).rule(framework_of(model)) if name else "lite"


def of(model: Any, rule: str | None = None) -> Scaling:
    """The scaling of a model, or of a rule by name, read off the rule itself.

    Raises
    ------
    UnknownNameError
        If there is no such rule.
    """
    from tlcourse.models import rules

    # Every rule is linear in each channel, so black and the three pure colours tell it whole.
    colours = np.concatenate([np.zeros((1, 3)), 255 * np.eye(3)]).astype(np.uint8)
    black, *pure = rules.apply(_rule(model, rule), colours).astype(np.float64)
    slopes = (np.stack(pure) - black) / 255  # a row for each channel in, a column for each channel out
    order = np.abs(slopes).argmax(axis=0)
    factor = slopes[order, range(3)]
    return Scaling(tuple(order.tolist()), factor.astype(np.float32), black.astype(np.float32))


def logits(model: Any, images: npt.NDArray[np.uint8], rule: str | None = None) -> npt.NDArray[np.float32]:
    """What a network says of images uint8 (N, H, W, 3) that NumPy scaled: float32 (N, C)."""
    from tlcourse.frameworks import side
    from tlcourse.models import rules

    ask = side("tlcourse.models.loaded", model).logits
    scaled = rules.apply(_rule(model, rule), images)
    return np.concatenate([ask(model, scaled[at : at + 32]) for at in range(0, len(scaled), 32)])


def checked(images: Any, size: int) -> npt.NDArray[np.uint8]:
    """Images, if they are uint8 (N, size, size, 3) and one at least.

    Raises
    ------
    ShapeError
        If they are anything else.
    """
    images = np.asarray(images)
    shape = images.shape
    if images.dtype == np.uint8 and shape[1:] == (size, size, 3) and len(images):
        return images
    raise ShapeError(
        f"The images are {images.dtype} of shape {shape}.",
        f"Give uint8 images as they are, RGB from 0 to 255, of shape (N, {size}, {size}, 3), one at least.",
    )
