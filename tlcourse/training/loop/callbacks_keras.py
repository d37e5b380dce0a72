"""What happens between the steps of ``model.fit``: the callbacks of the loop in Keras."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from tlcourse.errors import CourseError
from tlcourse.training.rates import Schedule, factor_at
from tlcourse.training.trouble import not_finite

__all__ = ["AfterStep", "Guard", "Scheduled"]


class Guard(keras.callbacks.Callback):
    """Counts the steps, moves the bar, stops at the last step and refuses a loss that is not finite."""

    def __init__(self, steps: int, lr: float, bar: Any) -> None:
        super().__init__()
        self.steps, self.lr, self.bar, self.done = steps, lr, bar, 0

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """After each step. Keras reports the mean over the epoch: NaN once one of its losses was."""
        self.done += 1
        self.bar.update()
        value = float((logs or {}).get("loss", 0.0))
        if not np.isfinite(value):
            raise not_finite(value, self.done, self.lr)
        if self.done == self.steps:
            # A number of steps need not fill the last epoch.
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """After each epoch."""
        if logs and "val_accuracy" in logs:
            self.bar.set_postfix_str(f"val accuracy {logs['val_accuracy']:.2f}")


class AfterStep(keras.callbacks.Callback):
    """Calls a function with the number of steps done and the model, after each step."""

    def __init__(self, function: Callable[[int, Any], None]) -> None:
        super().__init__()
        self.function, self.done = function, 0

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """After each step."""
        self.done += 1
        self.function(self.done, self.model)


class Scheduled(keras.callbacks.Callback):
    """Before each step, multiplies the optimizer's rate by what the schedule says."""

    def __init__(self, schedule: Schedule, steps: int, optimizer: keras.optimizers.Optimizer) -> None:
        super().__init__()
        if isinstance(optimizer._learning_rate, keras.optimizers.schedules.LearningRateSchedule):
            raise CourseError(
                "The optimizer has a schedule of its own, and schedule= was given as well.",
                "Keep one of them: keras.optimizers.Adam(1e-3) with schedule=, or leave schedule out.",
            )
        self.schedule, self.steps, self.done = schedule, steps, 0
        self.rate = float(optimizer.learning_rate)

    def on_train_batch_begin(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Set the rate of this step."""
        self.model.optimizer.learning_rate = self.rate * factor_at(self.schedule, self.done, self.steps)
        self.done += 1
