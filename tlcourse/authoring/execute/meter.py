"""The processor seconds of each cell, and what ends a cell that takes too many."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import psutil

from tlcourse.authoring.processor_time import spent_by

__all__ = ["CELL_LIMITS", "CellLimits", "CellMeter"]

POLL_SECONDS = 0.5


@dataclass(frozen=True)
class CellLimits:
    """How much one cell may take.

    Attributes
    ----------
    processor : float
        Processor seconds of the kernel and its children: what the cell costs, on a busy machine too.
    wall : int
        Seconds by the clock. Only a net for a cell that hangs without computing (it waits for a lock, for
        input or for a network), so it is far more than a cell needs beside other work.
    """

    processor: float = 600.0
    wall: int = 3600


CELL_LIMITS = CellLimits()


class CellMeter:
    """Measures the cells of one kernel, and kills it when a cell exceeds its processor seconds.

    A context manager: a thread watches the kernel as long as the block runs. `started` and `finished` are
    nbclient's hooks ``on_cell_execute`` and ``on_cell_executed``.

    Attributes
    ----------
    cell_index : int
        The cell that was started last.
    processor_seconds : dict of str to float
        By the ids of the cells that finished.
    wall_seconds : float
        Of all cells that finished.
    exceeded : bool
        Whether the kernel was killed because of the limit.
    """

    def __init__(self, manager: Any, limit: float) -> None:
        self.cell_index = 0
        self.processor_seconds: dict[str, float] = {}
        self.wall_seconds = 0.0
        self.exceeded = False
        self._manager, self._limit = manager, limit
        self._kernel: psutil.Process | None = None
        # Processor seconds of the kernel and the clock when the running cell began; None between cells.
        self._began: tuple[float, float] | None = None
        self._done = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> CellMeter:
        self._watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._watcher.join()

    def started(self, cell: Any, cell_index: int) -> None:
        """A cell is about to be sent to the kernel."""
        self.cell_index = cell_index
        if self._kernel is None:
            self._kernel = psutil.Process(self._manager.provisioner.pid)
        self._began = spent_by(self._kernel), time.perf_counter()

    def finished(self, cell: Any, cell_index: int, execute_reply: Any) -> None:
        """The kernel has answered."""
        assert self._kernel is not None
        assert self._began is not None
        processor, clock = self._began
        self._began = None
        self.processor_seconds[cell["id"]] = max(0.0, spent_by(self._kernel) - processor)
        self.wall_seconds += time.perf_counter() - clock

    def _watch(self) -> None:
        while not self._done.wait(POLL_SECONDS):
            kernel, began = self._kernel, self._began
            if kernel is not None and began is not None and spent_by(kernel) - began[0] > self._limit:
                self.exceeded = True
                _kill(kernel)  # nbclient notices within a second that the kernel is gone
                return


def _kill(kernel: psutil.Process) -> None:
    with contextlib.suppress(psutil.Error):
        for process in (*kernel.children(recursive=True), kernel):
            with contextlib.suppress(psutil.Error):
                process.kill()
