"""Keras optimizers with a learning rate for each layer.

PyTorch's optimizers take groups of parameters, each with its rate. Keras' have one rate. These scale it
variable by variable, at the one place where an optimizer uses it; the moments are kept as before.

A model that was compiled with one of them and saved is loaded, optimizer and all, in a process that has
imported this module. Without the course: ``keras.saving.load_model(path, compile=False)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras

__all__ = ["LayerwiseAdam", "LayerwiseSGD"]


class _Layerwise:
    """Mixed into an optimizer: ``factors`` maps a variable's path to what its rate is multiplied by."""

    def __init__(
        self,
        *args: Any,
        factors: Mapping[str, float] | None = None,
        built_on: Sequence[tuple[str, float]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.factors = dict(factors or {})
        self._built_on = [(str(path), float(factor)) for path, factor in built_on or ()]

    def build(self, variables: list[Any]) -> None:
        """Make the moments, and note each variable's factor in their order."""
        super().build(variables)  # type: ignore[misc]
        # A model that was saved and loaded may call its variables by other paths ("sequential/head/kernel"
        # becomes "head/kernel"); their order and the ends of their paths stay.
        same = [_end(path) for path, _ in self._built_on] == [_end(v.path) for v in variables]
        if same and self._built_on:
            known = zip(variables, self._built_on, strict=True)
            self.factors = {v.path: factor for v, (_, factor) in known if factor != 1}
        self._factor_at = tuple(float(self.factors.get(v.path, 1.0)) for v in variables)
        self._built_on = [(v.path, factor) for v, factor in zip(variables, self._factor_at, strict=True)]

    def _factor(self, variable: Any) -> float:
        return self._factor_at[self._get_variable_index(variable)]  # type: ignore[attr-defined]

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """One variable's step, at its own rate."""
        super().update_step(gradient, variable, learning_rate * self._factor(variable))  # type: ignore[misc]

    def _apply_weight_decay(self, variables: list[Any]) -> None:
        # Decoupled decay shrinks by rate times decay, so it follows each variable's own rate, as in PyTorch.
        if self.weight_decay is None:  # type: ignore[attr-defined]
            return
        for variable in variables:
            if self._use_weight_decay(variable):  # type: ignore[attr-defined]
                rate = keras.ops.cast(self.learning_rate, variable.dtype) * self._factor(variable)  # type: ignore[attr-defined]
                variable.assign(variable - variable * rate * self.weight_decay)  # type: ignore[attr-defined]

    def get_config(self) -> dict[str, Any]:
        """What Keras needs to make the optimizer again."""
        own = {"factors": dict(self.factors), "built_on": [list(pair) for pair in self._built_on]}
        return {**super().get_config(), **own}  # type: ignore[misc]


def _end(path: str) -> str:
    return "/".join(path.split("/")[-2:])


@keras.saving.register_keras_serializable("tlcourse")
class LayerwiseAdam(_Layerwise, keras.optimizers.Adam):
    """Adam (Kingma and Ba 2015) whose rate is multiplied by a factor for each variable.

    Parameters
    ----------
    *args, **kwargs
        As for ``keras.optimizers.Adam``.
    factors : mapping of str to float
        A variable's ``path`` to its factor; 1 for those that are not named.

    Examples
    --------
    >>> import numpy as np
    >>> slow, fast = keras.Variable(np.zeros(1), name="slow"), keras.Variable(np.zeros(1), name="fast")
    >>> optimizer = LayerwiseAdam(0.1, factors={slow.path: 0.01})
    >>> optimizer.apply([np.ones(1, "float32")] * 2, [slow, fast])
    >>> [round(float(v.numpy()[0]), 4) for v in (slow, fast)]
    [-0.001, -0.1]
    """


@keras.saving.register_keras_serializable("tlcourse")
class LayerwiseSGD(_Layerwise, keras.optimizers.SGD):
    """SGD whose rate is multiplied by a factor for each variable; see `LayerwiseAdam`."""
