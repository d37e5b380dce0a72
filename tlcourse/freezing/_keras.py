"""Freezing in Keras. Imported only in a process that runs Keras."""

from __future__ import annotations

import collections
from collections.abc import Iterator
from typing import Any

from tlcourse.errors import CourseError
from tlcourse.models.layers._keras import is_statistic, leaf_layers, named_variables, variables_of

__all__ = ["check_optimizer", "set_frozen"]


def set_frozen(model: Any, names: set[str], frozen: bool) -> None:
    """Freeze or unfreeze the named layers.

    A frozen ``BatchNormalization`` runs in inference mode, even when called with ``training=True``. Variables
    that several layers share follow the layers that are named here.

    Examples
    --------
    >>> import keras
    >>> import numpy as np
    >>> model = keras.Sequential([keras.Input((3,)), keras.layers.BatchNormalization(name="bn")])
    >>> set_frozen(model, {"bn"}, True)
    >>> _ = model(np.random.rand(8, 3), training=True)
    >>> float(abs(np.asarray(model.layers[0].moving_mean)).max())
    0.0
    """
    layers = list(leaf_layers(model))
    chosen = {id(layer) for name, layer in layers if name in names}
    flags = {**_opened(model), **dict.fromkeys(chosen, not frozen)}
    tied = _tied(layers)
    shared = {id(v) for one, v in tied if one in chosen}
    trained = {id(v) for v in model.trainable_variables}
    # A container's own flag, once False, hides its layers' flags; setting it rewrites them. So containers are
    # opened first and the layers set one by one.
    for container in _containers(model):
        if not container.trainable:
            container.trainable = True
    for _ in range(2):  # a layer inside another takes its flag, and then its own
        for _, layer in layers:
            if layer.trainable != flags[id(layer)]:
                layer.trainable = flags[id(layer)]
    for _, variable in tied:
        variable.trainable = (not frozen) if id(variable) in shared else id(variable) in trained
    # The compiled training step keeps the layers that were trainable when it was traced: drop it.
    for container in _containers(model):
        if getattr(container, "train_function", None) is not None:
            container.train_function = None


def _opened(model: Any, trains: bool = True) -> dict[int, bool]:
    """For each layer (by id) whether it trains: its own flag and those of all the models around it."""
    trains = trains and bool(model.trainable)
    flags = {id(model): trains}
    for layer in getattr(model, "layers", []):
        flags.update(_opened(layer, trains))
    return flags


def _containers(model: Any) -> Iterator[Any]:
    """The model and every model inside it."""
    yield model
    for layer in getattr(model, "layers", []):
        if getattr(layer, "layers", None):
            yield from _containers(layer)


def _tied(layers: list[tuple[str, Any]]) -> list[tuple[int, Any]]:
    """(layer's id, variable) of each variable that several layers share, statistics left out."""
    distinct = {id(layer): layer for _, layer in layers}
    held = [
        (one, v) for one, layer in distinct.items() for s, v in variables_of(layer) if not is_statistic(s)
    ]
    count = collections.Counter(id(v) for _, v in held)
    return [(one, v) for one, v in held if count[id(v)] > 1]


def check_optimizer(model: Any, optimizer: Any = None) -> None:
    """Raise if the model must be compiled (again) for what is trainable now."""
    optimizer = optimizer if optimizer is not None else getattr(model, "optimizer", None)
    if optimizer is None:
        raise CourseError(
            "The model has not been compiled, so it has no optimizer.",
            "Call model.compile(...) after freezing.",
        )
    again = "Call model.compile(...) again, with a new optimizer, after every freeze or unfreeze."
    if optimizer.built:
        held = {id(v) for v in getattr(optimizer, "_trainable_variables", [])}
        trainable = {id(v) for v in model.trainable_variables}
        missing = [n for n, _, v in named_variables(model) if id(v) in trainable and id(v) not in held]
        if missing:
            more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
            raise CourseError(f"The optimizer does not train {', '.join(missing[:3])}{more}.", again)
    compiled = getattr(model, "_compiled_trainable_state", None) or {}
    stale = [
        name for name, layer in leaf_layers(model) if layer in compiled and compiled[layer] != layer.trainable
    ]
    if stale:
        more = f" and {len(stale) - 3} more" if len(stale) > 3 else ""
        raise CourseError(
            f"The model was compiled before the freezing of {', '.join(stale[:3])}{more} changed.",
            again,
        )
