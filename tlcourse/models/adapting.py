"""Published networks fitted to another task's input and output: no head, or one channel instead of three."""

from __future__ import annotations

from typing import Any

from .framework import framework_of

__all__ = ["cut_head", "one_channel"]


def cut_head(model: Any) -> Any:
    """The network without its last dense layer and what follows it: pictures to rows of features.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
        A classifier that ends in a dense layer on one row of features per picture, and perhaps an activation.

    Returns
    -------
    PyTorch: a copy whose last ``nn.Linear`` is an ``nn.Identity``. Keras: a new model up to the input of the
    last ``Dense`` layer, with the same layers and weights as the old one.

    Raises
    ------
    CourseError
        If there is no dense layer at its end.
    """
    return _side(model).cut_head(model)


def one_channel(model: Any) -> Any:
    """The network for grey pictures, with all its pretrained weights.

    The first convolution's weights are added up over the three input channels. A grey picture then gives the
    features that the same picture gives with its channel repeated three times, to rounding, if all three
    channels are scaled alike.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
        Its first layer with weights is a convolution of three channels.

    Returns
    -------
    A new model that takes (N, 1, H, W) in PyTorch and (N, H, W, 1) in Keras.

    Raises
    ------
    CourseError
        If the first layer is no convolution of three channels.
    """
    return _side(model).one_channel(model)


def _side(model: Any) -> Any:
    if framework_of(model) == "torch":
        from . import adapting_torch

        return adapting_torch
    from . import adapting_keras

    return adapting_keras
