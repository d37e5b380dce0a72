"""Waiting for what another process does, on a machine that may be busy."""

from __future__ import annotations

import time
from collections.abc import Callable

A_MINUTE = 60.0


def comes_true(condition: Callable[[], object], seconds: float = A_MINUTE) -> bool:
    """Whether a condition holds, now or within so many seconds."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True
