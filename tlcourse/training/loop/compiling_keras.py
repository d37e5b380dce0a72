"""``model.compile``, only when something changed: a training step that was traced is used again.

TensorFlow traces a step after each ``compile``, which for EfficientNet-Lite0 takes longer than twenty steps.
What a trace holds for good is what `Compiled` notes: the layers with their settings, which of them train, the
optimizer's kind, the loss and the shapes. The weights, the learning rate and the optimizer's moments are
variables, which a trace reads anew at each step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import keras
import numpy as np

from tlcourse.training.optimizers._keras import factors_of, make_optimizer
from tlcourse.training.recipe import Recipe

__all__ = ["compile_for"]

_PLAIN = (bool, int, float, str, FunctionType)
#: What Keras itself keeps on every layer and model, and changes while it works.
_BOOKKEEPING = {*vars(keras.layers.Identity()), *vars(keras.Sequential())} - {"_trainable"}
_BOOKKEEPING |= {"loss", "stop_training", "stop_evaluating", "stop_predicting"}


@dataclass
class Compiled:
    """What a compiled model was made for, noted on the model (``tl_compiled``).

    Attributes
    ----------
    signature : tuple
        Everything that the traced step holds for good.
    optimizer : keras.optimizers.Optimizer
    held : tuple
        The objects whose ids are in the signature: as long as they are here, no other object has their ids.
    step : callable or None
        The model's ``train_function``. ``compile`` takes it away: so a model that somebody else compiled
        since is known.
    """

    signature: tuple[Any, ...]
    optimizer: keras.optimizers.Optimizer
    held: tuple[Any, ...]
    step: Any = None

    def serves(self, model: keras.Model, signature: tuple[Any, ...]) -> bool:
        """Whether the model's step, as it was traced, does what this signature asks for."""
        untouched = self.step is not None and self.step is model.train_function
        return untouched and self.optimizer is model.optimizer and self.signature == signature


def compile_for(
    model: keras.Model, recipe: Recipe, x: np.ndarray, y: np.ndarray, *, accuracy: bool = True
) -> Compiled:
    """Make the model ready to be fitted by the recipe, with an optimizer that begins afresh.

    An optimizer object of the caller's goes on where it stopped, as it does in ``model.fit``.

    Parameters
    ----------
    x, y : arrays
        One example or more, for their shapes.
    accuracy : bool
        Whether the accuracy is measured: ``y`` holds labels.

    Returns
    -------
    Compiled
        To be passed to `note` when the model has been fitted.
    """
    layers = list(model._flatten_layers())
    signature = _signature(model, layers, recipe, x, y)
    before = getattr(model, "tl_compiled", None)
    if before is not None and _may_be_kept(recipe) and before.serves(model, signature):
        if not isinstance(recipe.optimizer, keras.optimizers.Optimizer):
            _begin_afresh(before.optimizer, recipe.rate)
        return before
    optimizer = make_optimizer(model, recipe)
    model.compile(
        optimizer=optimizer,
        # The models give logits, as in PyTorch; Keras' default would take them for probabilities.
        loss=recipe.loss or keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")] if accuracy else None,
        # XLA compiles for longer than a short run on a CPU takes.
        jit_compile=False,
    )
    held = (*layers[1:], *model.trainable_variables, recipe.optimizer)
    return Compiled(signature, optimizer, held)


def note(model: keras.Model, compiled: Compiled) -> None:
    """Remember what the model was compiled for, once it has been fitted and its step is traced."""
    compiled.step = model.train_function
    model.tl_compiled = compiled


def _signature(
    model: keras.Model, layers: list[Any], recipe: Recipe, x: np.ndarray, y: np.ndarray
) -> tuple[Any, ...]:
    return (
        tuple((id(layer), *_settings(layer)) for layer in layers),
        tuple(id(variable) for variable in model.trainable_variables),
        _optimizer(model, recipe),
        _loss(recipe.loss),
        (x.shape[1:], x.dtype.str, y.shape[1:], y.dtype.str),
    )


def _settings(part: Any) -> tuple[Any, ...]:
    """The numbers, words and functions that a layer carries: a trace has them as they were."""
    own = ((name, value) for name, value in vars(part).items() if name not in _BOOKKEEPING)
    return tuple((name, value) for name, value in own if isinstance(value, _PLAIN))


def _optimizer(model: keras.Model, recipe: Recipe) -> tuple[Any, ...]:
    """The optimizer's kind and constants; its rate and its moments are variables."""
    optimizer = recipe.optimizer
    if isinstance(optimizer, keras.optimizers.Optimizer):
        public = ((k, v) for k, v in vars(optimizer).items() if not k.startswith("_") and k != "built")
        constants = tuple((k, v) for k, v in public if isinstance(v, _PLAIN))
        return (id(optimizer), id(optimizer._learning_rate), constants)
    shares = factors_of(model, recipe.lr) if isinstance(recipe.lr, Mapping) else {}
    return (optimizer, recipe.weight_decay, tuple(sorted(shares.items())))


def _loss(loss: Any) -> Any:
    """Keras's own losses by their settings; a string as it is."""
    if isinstance(loss, keras.losses.Loss):
        return (type(loss), repr(loss.get_config()))
    return loss


def _may_be_kept(recipe: Recipe) -> bool:
    """Whether the loss is surely what it was: one's own may read what has changed since it was traced."""
    loss = recipe.loss
    return loss is None or isinstance(loss, str) or type(loss).__module__.startswith("keras.")


def _begin_afresh(optimizer: keras.optimizers.Optimizer, rate: float) -> None:
    for variable in optimizer.variables:
        variable.assign(np.zeros(variable.shape, variable.dtype))
    optimizer.learning_rate = rate
