"""Keras optimizers over what is trainable in a model; see `tlcourse.training.optimizers`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from tlcourse.errors import CourseError, UnknownNameError
from tlcourse.models.layers._keras import named_variables
from tlcourse.training.optimizers.layerwise_keras import LayerwiseAdam, LayerwiseSGD
from tlcourse.training.rates import highest, rate_of_each
from tlcourse.training.recipe import Recipe

__all__ = ["make_optimizer"]


def make_optimizer(model: keras.Model, recipe: Recipe) -> keras.optimizers.Optimizer:
    """The recipe's optimizer, built on what is trainable; an optimizer object is used as it is.

    Raises
    ------
    UnknownNameError
        For a name other than adam and sgd.
    CourseError
        For an object that was used on other variables.

    Examples
    --------
    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    >>> type(make_optimizer(model, Recipe(steps=1, optimizer="sgd", lr=0.1))).__name__
    'SGD'
    """
    optimizer = recipe.optimizer
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        optimizer = _by_name(model, recipe)
    if optimizer.built:
        check_held(model, optimizer)
    else:
        # Now: a step that makes variables is traced twice by TensorFlow, which for EfficientNet takes as long
        # again as some ten steps of training.
        optimizer.build(model.trainable_variables)
    return optimizer


def _by_name(model: keras.Model, recipe: Recipe) -> keras.optimizers.Optimizer:
    rate, decay = recipe.rate, recipe.weight_decay or None
    if recipe.optimizer not in ("adam", "sgd"):
        raise UnknownNameError("optimizer", recipe.optimizer, ("adam", "sgd"))
    own: dict[str, Any] = {"epsilon": 1e-7} if recipe.optimizer == "adam" else {"momentum": 0.9}
    if isinstance(recipe.lr, Mapping):
        kind = LayerwiseAdam if recipe.optimizer == "adam" else LayerwiseSGD
        return kind(rate, weight_decay=decay, factors=factors_of(model, recipe.lr), **own)
    plain = keras.optimizers.Adam if recipe.optimizer == "adam" else keras.optimizers.SGD
    return plain(rate, weight_decay=decay, **own)


def factors_of(model: Any, lr: Mapping[str, float]) -> dict[str, float]:
    """A variable's path to its rate as a share of the highest."""
    paths = {name: variable.path for name, _, variable in named_variables(model)}
    return {paths[name]: rate / highest(lr) for name, rate in rate_of_each(model, lr).items()}


def check_held(model: keras.Model, optimizer: keras.optimizers.Optimizer) -> None:
    """Refuse an optimizer that was built on other variables than are trainable now.

    Raises
    ------
    CourseError
        It names the variables.
    """
    known = {id(v) for v in optimizer._trainable_variables}
    missing = [v.path for v in model.trainable_variables if id(v) not in known]
    strange = known - {id(v) for v in model.variables}
    if missing or strange:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        left_out = f": it does not train {', '.join(missing[:3])}{more}" if missing else ""
        raise CourseError(
            f"The optimizer was used before, on other variables than are trainable now{left_out}.",
            "Make a new one after freezing and unfreezing: optimizer=keras.optimizers.Adam(1e-3).",
        )
