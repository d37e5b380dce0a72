"""Optimizers: ``_torch`` and ``_keras`` make the one that a recipe asks for, with the same function.

``make_optimizer(model, recipe)`` gives an optimizer over what is trainable in the model; "adam" and "sgd"
take the same steps in both frameworks. Keras' own optimizers have one rate for all layers; `LayerwiseAdam`
and `LayerwiseSGD` have one for each. They are imported from here in a process that runs Keras.
"""

from __future__ import annotations

from typing import Any

__all__ = ["LayerwiseAdam", "LayerwiseSGD"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from tlcourse.training.optimizers import layerwise_keras

        return getattr(layerwise_keras, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
