"""What is known of a model at hand: its card, and what it predicts for an image."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.frameworks import framework_of, side
from tlcourse.models.cards import card, known
from tlcourse.models.images import scale

__all__ = ["image_input", "name_of", "of_input", "predict_logits"]

_INPUT = "_image"


def image_input(name: str) -> str:
    """The name of a Keras model's input layer, by which :func:`name_of` knows the model.

    It stays where the model is cut, wrapped, extended, cloned, or saved and loaded again.
    """
    return name + _INPUT


def of_input(layer: str) -> str | None:
    """The card whose network's input layer is called so, if there is one.

    Examples
    --------
    >>> of_input(image_input("vgg16")), of_input("vgg16"), of_input("an_image")
    ('vgg16', None, None)
    """
    name = layer.removesuffix(_INPUT)
    return name if name != layer and known(name) else None


def name_of(model: Any) -> str | None:
    """The name of the card that a model was loaded from, if it is known.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
        A model of :func:`tlcourse.models.load`, or one that holds it. PyTorch: the module itself has to be
        in it; its layers taken one by one are not recognised. Keras: its input has to be.

    Returns
    -------
    str or None

    Raises
    ------
    CourseError
        If it is a model of neither framework.
    """
    name: str | None = side(__name__, model).name_of(model)
    return name


def _rule(model: Any) -> str:
    """How this model's images are scaled; for an unknown model, as for EfficientNet-Lite0."""
    name = name_of(model)
    if name is None:
        return "lite"
    return card(name).rule(framework_of(model))


def predict_logits(model: Any, batch: np.ndarray, batch_size: int = 32) -> np.ndarray:
    """The model's outputs for uint8 images (N, H, W, 3), in inference mode, as float32 (N, C)."""
    rule = _rule(model)
    chunks = [batch[i : i + batch_size] for i in range(0, len(batch), batch_size)] or [batch]
    ask = side(__name__, model).logits
    return np.concatenate([ask(model, scale(chunk, rule)) for chunk in chunks])
