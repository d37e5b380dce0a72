"""How long a chapter takes, as its opening box shows it and its claims file keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["with_processor_time"]


def with_processor_time(committed: Mapping[str, Any], measured: float) -> dict[str, float]:
    """The times of a claims file after an execution on the CPU.

    Parameters
    ----------
    committed : mapping
        The times that the file had.
    measured : float
        Processor seconds of this execution. They replace the committed ones only if they differ by more than
        a third or so, so that executing again changes nothing.

    Returns
    -------
    dict
        ``"processor"``: processor seconds of the kernel and its children, on a CPU. ``"gpu"``, if it was
        measured: seconds by the clock with a GPU, where the processor mostly waits.
    """
    seconds: dict[str, float] = {"processor": measured}
    if "processor" in committed and 0.7 * committed["processor"] < measured < 1.4 * committed["processor"]:
        seconds["processor"] = committed["processor"]
    if "gpu" in committed:
        seconds["gpu"] = committed["gpu"]
    return seconds
