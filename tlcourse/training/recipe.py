"""How a model is trained: the settings of a run in one value, checked where it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tlcourse.checks import whole
from tlcourse.errors import SettingError
from tlcourse.training.batches import Plan
from tlcourse.training.rates import LearningRate, Schedule, check_rate, highest

__all__ = ["Augment", "Preprocess", "Recipe"]

#: A function from uint8 images (N, H, W, 3) to what the model reads, or the name of a model card, or None:
#: the card of the model at hand.
Preprocess = str | Callable[[np.ndarray], Any] | None

#: ``augment(images, rng)``: a uint8 batch to a uint8 batch of the same shape.
Augment = Callable[[np.ndarray, np.random.Generator], np.ndarray]


@dataclass(frozen=True)
class Recipe:
    """The settings of `tlcourse.training.fit`, where they are described, with the same names and defaults.

    Raises
    ------
    SettingError
        For numbers that cannot drive a training run, each with its name.

    Examples
    --------
    >>> Recipe(epochs=2, lr={"classifier": 1e-3, "conv_stem": 1e-5}).rate
    0.001
    >>> Recipe(epochs=2, steps=9)
    Traceback (most recent call last):
        ...
    tlcourse.errors.SettingError: How long to train is not clear: both steps and epochs were given.
      What to do: Give one: steps=120 or epochs=5.
    """

    steps: int | None = None
    epochs: int | None = None
    batch_size: int = 16
    lr: LearningRate = 1e-3
    schedule: Schedule | None = None
    optimizer: Any = "adam"
    weight_decay: float = 0.0
    preprocess: Preprocess = None
    size: int | None = None
    patience: int | None = None
    seed: int = 0
    progress: bool = True
    loss: Any = None
    augment: Augment | None = None
    after_step: Callable[[int, Any], None] | None = None

    def __post_init__(self) -> None:
        if (self.steps is None) == (self.epochs is None):
            given = "neither steps nor epochs was" if self.steps is None else "both steps and epochs were"
            raise SettingError(
                f"How long to train is not clear: {given} given.", "Give one: steps=120 or epochs=5."
            )
        for name in ("steps", "epochs", "batch_size", "patience"):
            value = getattr(self, name)
            if value is not None:
                whole(name, value, 1)
        whole("seed", self.seed, 0)
        check_rate(self.lr)
        if not (np.isfinite(self.weight_decay) and self.weight_decay >= 0):
            raise SettingError(
                f"weight_decay is {self.weight_decay!r}.", "Give 0 or a small positive number."
            )

    @property
    def rate(self) -> float:
        """The learning rate; with a rate for each group of layers, the highest."""
        return highest(self.lr)

    def plan(self, examples: int) -> Plan:
        """The batches of a run over ``examples`` examples."""
        return Plan(examples, self.batch_size, steps=self.steps, epochs=self.epochs, seed=self.seed)
