"""The running account of a training loop: the losses of each epoch, and whether they still improve."""

from __future__ import annotations

import time

from tlcourse.training.history import History

__all__ = ["Clock", "Log"]


class Clock:
    """Wall time and processor time since it was made."""

    def __init__(self) -> None:
        self._wall, self._processor = time.perf_counter(), time.process_time()

    @property
    def seconds(self) -> float:
        """Wall time so far."""
        return time.perf_counter() - self._wall

    @property
    def cpu_seconds(self) -> float:
        """Processor time so far, summed over threads."""
        return time.process_time() - self._processor


class Log:
    """The history of a run while it runs.

    Parameters
    ----------
    patience : int or None
        Epochs without a lower validation loss after which to stop.

    Examples
    --------
    >>> log = Log(patience=1)
    >>> for val_loss in (0.9, 0.5, 0.7):
    ...     log.step(loss=1.0, right=3, count=4)
    ...     _ = log.end_epoch((val_loss, 0.5))
    >>> log.history["accuracy"], log.best_epoch, log.out_of_patience
    ([0.75, 0.75, 0.75], 2, True)
    """

    def __init__(self, patience: int | None = None) -> None:
        self.patience = patience
        self.history: dict[str, list[float]] = {"loss": [], "accuracy": []}
        self.best_epoch: int | None = None
        self.out_of_patience = False
        self._best_loss = float("inf")
        self._clear()

    def _clear(self) -> None:
        self._loss, self._right, self._count = 0.0, 0, 0

    def step(self, loss: float, right: int, count: int) -> None:
        """Note a step: its batch's mean loss, and how many of its ``count`` labels were right."""
        self._loss += loss * count
        self._right += right
        self._count += count

    def end_epoch(self, val: tuple[float, float] | None = None) -> bool:
        """Close the epoch, with the loss and accuracy in validation; gives whether it is the best so far."""
        self.history["loss"].append(self._loss / self._count)
        self.history["accuracy"].append(self._right / self._count)
        self._clear()
        if val is None:
            return False
        for name, value in zip(("val_loss", "val_accuracy"), val, strict=True):
            self.history.setdefault(name, []).append(value)
        epoch = len(self.history["loss"])
        if val[0] < self._best_loss:
            self._best_loss, self.best_epoch = val[0], epoch
            return True
        self.out_of_patience = self.patience is not None and epoch - (self.best_epoch or 0) >= self.patience
        return False

    def close(self, clock: Clock, done: int, planned: int) -> History:
        """The history of a run that made ``done`` of its planned steps."""
        early = self.out_of_patience and done < planned
        stopped = len(self.history["loss"]) if early else None
        return History(
            self.history,
            seconds=clock.seconds,
            cpu_seconds=clock.cpu_seconds,
            steps=done,
            stopped_epoch=stopped,
            best_epoch=self.best_epoch,
        )
