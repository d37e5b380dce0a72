"""What a training run leaves behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["History"]


@dataclass
class History:
    """The record of one run, the same in both frameworks.

    Attributes
    ----------
    history : dict of str to list of float
        As Keras gives it: ``loss`` and ``accuracy``, with ``val_loss`` and ``val_accuracy`` where there was
        validation data; one number per epoch. Losses in nats, accuracies from 0 to 1.
    seconds, cpu_seconds : float
        Wall time, and processor time summed over threads, of the whole call (in Keras the tracing of the
        graph is part of it).
    steps : int
        Optimizer updates made.
    stopped_epoch : int or None
        The epoch, counted from 1, after which patience ran out; None if it did not.
    best_epoch : int or None
        The epoch, counted from 1, with the lowest validation loss; None without validation data.

    Examples
    --------
    >>> h = History({"loss": [1.1, 0.7], "accuracy": [0.4, 0.8]}, steps=24, seconds=3.0)
    >>> h
    24 steps in 2 epochs, 3.0 s: loss 0.700, accuracy 0.80
    >>> h.last("accuracy")
    0.8
    """

    history: dict[str, list[float]] = field(default_factory=dict)
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    steps: int = 0
    stopped_epoch: int | None = None
    best_epoch: int | None = None

    @property
    def epochs(self) -> int:
        """How many rows the history has."""
        return len(self.history.get("loss", []))

    def last(self, name: str) -> float:
        """The last value of one column, such as ``"val_accuracy"``.

        Raises
        ------
        UnknownNameError
            If the run did not measure it.
        """
        if not self.history.get(name):
            from tlcourse.errors import UnknownNameError

            raise UnknownNameError("column of the history", name, self.history)
        return self.history[name][-1]

    def frame(self) -> pd.DataFrame:
        """The history as a table, one row per epoch, indexed from 1."""
        import pandas as pd

        table = pd.DataFrame(self.history, index=range(1, self.epochs + 1))
        return table.rename_axis("epoch")

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{name.replace('_', ' ')} {values[-1]:.{2 if 'accuracy' in name else 3}f}"
            for name, values in self.history.items()
            if values
        )
        stop = f"; stopped after epoch {self.stopped_epoch}" if self.stopped_epoch else ""
        plural = "" if self.epochs == 1 else "s"
        return f"{self.steps} steps in {self.epochs} epoch{plural}, {self.seconds:.1f} s: {shown}{stop}"
