"""Which processes of a run are still there, by a mark in their environment."""

from __future__ import annotations

from collections.abc import Mapping

import psutil


def running_with(mark: Mapping[str, str]) -> list[psutil.Process]:
    """The processes, other than this one, whose environment has these entries; zombies do not count."""
    left = []
    for process in psutil.process_iter():
        try:
            environment = process.environ()
            # multiprocessing's own tracker stays as long as this process does.
            ours = process.pid == psutil.Process().pid or "resource_tracker" in " ".join(process.cmdline())
            if not ours and mark.items() <= environment.items():
                left.append(process)
        except (psutil.Error, OSError):
            continue
    return left
