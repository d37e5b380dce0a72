"""Published networks fitted to another task: no head, an end at some depth, one channel instead of three."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tlcourse.checks import whole
from tlcourse.errors import CourseError, UnknownNameError
from tlcourse.frameworks import side
from tlcourse.models.architecture import linear_start
from tlcourse.models.layers import group, layers_of

__all__ = ["HeadStart", "cut_at", "cut_head", "one_channel"]

#: The number of features to a fresh head's weight (C, D) and bias (C,).
HeadStart = Callable[[int], tuple[np.ndarray, np.ndarray]]


def cut_at(model: Any, block: str, *, num_classes: int = 0, seed: int | None = None) -> Any:
    """The network up to and including a block, then the mean over the image: images to rows of features.

    What is kept is everything before the next group of layers: the features are what that group reads. So a
    convolution keeps its BatchNorm and its activation, and a residual block its addition.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
        In Keras a functional model. Not changed.
    block : str
        A group of layers, as `tlcourse.freezing.layer_groups` names them: "conv_stem", "blocks.2",
        "conv_head". The last one is the whole network.
    num_classes : int
        0: features (N, D). k: with a fresh linear head of k logits, the layer "classifier". Its weights are
        uniform in +-1/sqrt(D) and its bias 0, the same numbers in both frameworks.
    seed : int, optional
        Of the fresh head. Default: drawn from numpy's global generator, which :func:`tlcourse.start` seeds.

    Returns
    -------
    PyTorch: a copy, in the mode of the old one. Keras: a new model with the same layers and weights as the
    old one, so that training or freezing one does so to the other. Layers keep their names.

    Raises
    ------
    UnknownNameError
        If no group has that name; it suggests the closest.
    SettingError
        For an impossible number of classes.
    ShapeError
        If there is no feature map or row to take at the cut.
    CourseError
        If a layer before the cut has the head's name, or the network cannot be cut there.

    Examples
    --------
    In a notebook, after ``tlcourse.start``::

        shallow = models.cut_at(models.load(), "blocks.2")
        training.cache_features(shallow, train).shape       # (N, 40)
    """
    classes = whole("num_classes", num_classes, 0)
    groups = group(layers_of(model))
    names = [one.name for one in groups]
    if block not in names:
        raise UnknownNameError("block", block, names)
    before, after = groups[: names.index(block) + 1], groups[names.index(block) + 1 :]
    if classes and any(f"{name}.".startswith("classifier.") for one in before for name in one.layers):
        raise CourseError(
            f"The part up to {block!r} has a layer 'classifier' already, and the fresh head needs the name.",
            "Cut before it, or leave num_classes out.",
        )
    later = tuple(name for one in after for name in one.layers)
    if seed is None:
        seed = int(np.random.randint(2**31))

    def head(features: int) -> tuple[np.ndarray, np.ndarray]:
        # A stream of its own: random weights of the network itself are drawn from the bare seed.
        return linear_start(features, classes, [seed, 2])

    return side(__name__, model).cut_at(model, block, later, head if classes else None)


def cut_head(model: Any) -> Any:
    """The network without its last dense layer and what follows it: images to rows of features.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
        A classifier that ends in a dense layer on one row of features per image, and perhaps an activation.

    Returns
    -------
    PyTorch: a copy whose last ``nn.Linear`` is an ``nn.Identity``. Keras: a new model up to the input of the
    last ``Dense`` layer, with the same layers and weights as the old one.

    Raises
    ------
    CourseError
        If there is no dense layer at its end.
    """
    return side(__name__, model).cut_head(model)


def one_channel(model: Any) -> Any:
    """The network for grey images, with all its pretrained weights.

    The first convolution's weights are added up over the three input channels. A grey image then gives the
    features that the same image gives with its channel repeated three times, to rounding, if all three
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
        If the first layer is not a convolution with three input channels.
    """
    return side(__name__, model).one_channel(model)
