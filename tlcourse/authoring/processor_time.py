"""Processor seconds of another process: what it costs to run, however busy the machine is."""

from __future__ import annotations

import contextlib

import psutil

__all__ = ["spent_by"]


def spent_by(process: psutil.Process) -> float:
    """Processor seconds of a process so far, and of all that it started, whether they ended or still run.

    Parameters
    ----------
    process : psutil.Process
        One that has ended counts 0.
    """
    total = 0.0
    with contextlib.suppress(psutil.Error):
        for member in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                # Its own (user, system), and those of the children that it has waited for.
                total += sum(member.cpu_times()[:4])
    return total
