"""Training that fits on one screen, the same in PyTorch and in Keras.

`fit` checks what it is given, makes a `Recipe` of its settings and hands both to ``loop._torch`` or
``loop._keras``; both get the same batches in the same order (``batches``), and both answer with the same
`History`. Nothing here imports a framework: the one that made the model is already loaded, and the two cannot
share a process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from tlcourse.checks import whole
from tlcourse.errors import CourseError, ShapeError
from tlcourse.frameworks import resolve_framework, side
from tlcourse.models.architecture import linear_start
from tlcourse.models.loaded import name_of
from tlcourse.probabilities import softmax
from tlcourse.training.examples import Examples, check_tokens, examples_of, inputs_of, is_tokens, sized
from tlcourse.training.head import Head, head_problem
from tlcourse.training.history import History
from tlcourse.training.rates import LearningRate, Schedule
from tlcourse.training.recipe import Augment, Preprocess, Recipe

__all__ = ["Head", "History", "cache_features", "fit", "fit_head", "predict"]


def fit(
    model: Any,
    train: Any,
    val: Any = None,
    *,
    steps: int | None = None,
    epochs: int | None = None,
    batch_size: int = 16,
    lr: LearningRate = 1e-3,
    schedule: Schedule | None = None,
    optimizer: Any = "adam",
    weight_decay: float = 0.0,
    preprocess: Preprocess = None,
    size: int | None = None,
    patience: int | None = None,
    seed: int = 0,
    progress: bool = True,
    loss: Any = None,
    augment: Augment | None = None,
    after_step: Callable[[int, Any], None] | None = None,
) -> History:
    """Train a classifier of images or of texts, or a language model; only what is trainable moves.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
        Gives logits (N, C), no softmax. It is trained in place, on the device it is on, and left in
        inference mode. Keras models go through ``compile`` and ``model.fit``.
    train, val : Dataset, (images, labels) or (tokens, labels)
        Images uint8 (N, H, W, 3); tokens int (N, L), 0 where a text has ended; labels int64 (N,) from 0 to
        C-1. For a language model, which gives logits (N, L, V): labels int64 (N, L), the token after each;
        every position counts.
    steps, epochs : int
        How long: give one. With ``steps`` every batch is full: the passes over the data follow one
        another without a gap, and the history has a row for each ``ceil(N / batch_size)`` steps. With
        ``epochs`` the last batch of each pass may be smaller (but never a single image, of which
        BatchNorm cannot take a variance).
    batch_size : int
        Images in a step.
    lr, optimizer, weight_decay
        ``"adam"`` (Kingma and Ba 2015), ``"sgd"`` (momentum 0.9), or an optimizer of the framework, which
        brings its own rate and decay and must hold all that is trainable. Weight decay is decoupled in both
        frameworks (Loshchilov and Hutter 2019): each step shrinks the weights by ``lr * weight_decay``.
        ``lr`` is one rate, or a rate for each group of layers, as `tlcourse.freezing.discriminative_lrs`
        gives.
    schedule : callable, optional
        ``schedule(step, steps)``: what the rates are multiplied by in each step, counted from 0.
    preprocess : str or callable, optional
        Name of a model card, or a function of uint8 images (N, H, W, 3) to float32 of the same layout.
        Default: what the model was loaded as; for a model that the course does not know, as for
        "efficientnet_lite0".
    size : int, optional
        Crop the images to their central square and resize them to this many pixels first, as
        `tlcourse.models.preprocess` does.
    patience : int, optional
        Stop after this many epochs without a lower validation loss. Whenever it is given, the weights of
        the best epoch are restored at the end.
    seed : int
        Of the order of the examples (and of dropout and ``augment``).
    progress : bool
        Show a bar when it takes over two seconds.
    loss : callable, optional
        ``loss(logits, labels)`` in PyTorch, a Keras loss in Keras. Cross-entropy of the logits if None.
    augment : callable, optional
        ``augment(images, rng)``: a uint8 batch to a uint8 batch of the same shape; training only.
    after_step : callable, optional
        ``after_step(done, model)`` after each step, counted from 1: to look at the model (with `predict`,
        for instance) more often than once an epoch. It must not change the model.

    Returns
    -------
    History
        Losses in nats, accuracies from 0 to 1, one row per epoch, as ``model.fit`` gives them.

    Raises
    ------
    CourseError
        Nothing is trainable; neither or both of steps and epochs; patience without ``val``; an empty data
        set; a loss that is not finite (the learning rate is probably too high); a group of layers that
        would train and has no rate; an optimizer object made for other parameters than are trainable now.
    UnknownNameError
        A rate for a group of layers that the model does not have.
    ShapeError
        The labels do not fit the model's outputs, or the images its input.
    """
    settings = dict(locals())  # first of all: the arguments, and nothing else
    for name in ("model", "train", "val"):
        del settings[name]
    recipe = Recipe(**settings)
    if recipe.patience is not None and val is None:
        raise CourseError(
            "patience was given, but no validation data.",
            "Pass val=data.split('val'), or leave patience out.",
        )
    loop = side(f"{__name__}.loop", model)
    recipe = replace(recipe, preprocess=_rule(model, preprocess))
    train_set = _examples(model, train, "train", recipe)
    val_set = None if val is None else _examples(model, val, "val", recipe)
    return loop.fit(model, train_set, val_set, recipe)


def predict(
    model: Any,
    data: Any,
    *,
    size: int | None = None,
    batch_size: int = 64,
    preprocess: Preprocess = None,
    progress: bool = True,
) -> np.ndarray:
    """The probability of each class for each image or text (softmax of the model's logits).

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
        Gives logits (N, C); runs in inference mode, and its mode is put back afterwards.
    data : Dataset, uint8 array (N, H, W, 3), or tokens int (N, L)
    size, batch_size, preprocess, progress
        As for `fit`.

    Returns
    -------
    float32 array (N, C), each row summing to 1

    Raises
    ------
    ShapeError
        If the model's output is not (N, C).
    """
    logits = _forward(model, data, size, batch_size, preprocess, progress, "predict")
    if logits.ndim != 2:
        raise ShapeError(
            f"The model gives an array of shape {logits.shape} for {len(logits)} images; (N, C) is needed.",
            "Give it a classifier's head: models.load(..., num_classes=C).",
        )
    return softmax(logits)


def cache_features(
    backbone: Any,
    data: Any,
    *,
    size: int | None = None,
    batch_size: int = 64,
    preprocess: Preprocess = None,
    progress: bool = True,
) -> np.ndarray:
    """Run a frozen backbone once and keep its features.

    A backbone that does not learn gives the same features in every epoch, so one pass replaces all of
    them; what remains is a linear head, which `fit_head` trains in a moment.

    Parameters
    ----------
    backbone : torch.nn.Module or keras.Model
        For instance ``models.load("efficientnet_lite0", num_classes=0)``; runs in inference mode.
    data : Dataset, uint8 array (N, H, W, 3), or tokens int (N, L)
    size, batch_size, preprocess, progress
        As for `fit`.

    Returns
    -------
    float32 array (N, D)

    Raises
    ------
    ShapeError
        If the backbone's output is not one row of features per image.
    """
    features = _forward(backbone, data, size, batch_size, preprocess, progress, "features")
    if features.ndim != 2:
        raise ShapeError(
            f"The backbone gives shape {features.shape}; one row of features per image, (N, D), is needed.",
            "Load it with num_classes=0, which ends in global average pooling.",
        )
    return features


def fit_head(
    features: np.ndarray,
    labels: np.ndarray,
    num_classes: int,
    *,
    steps: int,
    batch_size: int = 16,
    lr: float = 1e-3,
    weight_decay: float = 0.0,
    optimizer: str = "adam",
    seed: int = 0,
    framework: str | None = None,
) -> Head:
    """Train a linear softmax head on cached features, by the current framework's optimizer.

    The head begins at the same numbers and sees the same batches in both frameworks.

    Parameters
    ----------
    features : float array (N, D)
    labels : int array (N,), from 0 to num_classes - 1
    num_classes : int
    steps, batch_size, lr, weight_decay, optimizer, seed
        As for `fit`; the same number of steps makes the same number of updates.
    framework : {"torch", "keras"}, optional
        The one that ``tlcourse.start`` chose, if None.

    Returns
    -------
    Head

    Raises
    ------
    ShapeError
        Features and labels do not fit one another, or contain NaN.
    CourseError
        A loss that is not finite.
    """
    recipe = Recipe(
        steps=whole("steps", steps, 1),
        batch_size=batch_size,
        lr=lr,
        weight_decay=weight_decay,
        optimizer=optimizer,
        seed=seed,
    )
    features, labels = head_problem(features, labels, num_classes)
    framework = resolve_framework(framework)
    rows = side(f"{__name__}.rows", framework)
    # A stream of its own: the order of the batches is drawn from [seed, epoch].
    start, _ = linear_start(features.shape[1], num_classes, [seed, 1 << 20, 1], deviation=0.01)
    model = rows.linear(start.T)
    history = rows.fit(model, features, labels, recipe)
    weights, bias = rows.weights_and_bias(model)
    return Head(weights, bias, framework, history)


def _examples(model: Any, data: Any, name: str, recipe: Recipe) -> Examples:
    """Images or tokens with their labels, checked against the model and the recipe."""
    examples = examples_of(data, name, recipe.size)
    check_tokens(model, examples.inputs)
    if recipe.augment is not None and is_tokens(examples.inputs):
        raise CourseError("augment changes images, and these are texts.", "Leave augment out.")
    return examples


def _forward(
    model: Any,
    data: Any,
    size: int | None,
    batch_size: int,
    preprocess: Preprocess,
    progress: bool,
    title: str,
) -> np.ndarray:
    loop = side(f"{__name__}.loop", model)
    batch_size = whole("batch_size", batch_size, 1)
    inputs = inputs_of(data)
    check_tokens(model, inputs)
    return loop.forward(
        model,
        sized(inputs, size),
        batch_size=batch_size,
        preprocess=_rule(model, preprocess),
        bar=progress,
        title=title,
    )


def _rule(model: Any, preprocess: Preprocess) -> str | Callable[[np.ndarray], Any]:
    """The preprocessing asked for, or the model's own."""
    return preprocess if preprocess is not None else name_of(model) or "efficientnet_lite0"
