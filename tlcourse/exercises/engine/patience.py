"""How long a check in a notebook waits for an answer, and what it says meanwhile."""

from __future__ import annotations

import _thread
import contextlib
import sys
import threading
import time
from collections.abc import Iterator

__all__ = ["CHECK_SECONDS", "NOTICE_SECONDS", "Patience", "patience"]

CHECK_SECONDS = 60.0
"""Wall seconds that an answer may take in a check, and in the grader."""
NOTICE_SECONDS = 5.0
_AGAIN = 2.0  # seconds between two interrupts of code that takes no notice of the first


class Patience:
    """Whether the time was used up: ``over`` after the ``with`` block."""

    over = False


@contextlib.contextmanager
def patience(seconds: float = CHECK_SECONDS, notice: float = NOTICE_SECONDS) -> Iterator[Patience]:
    """Say after ``notice`` seconds that a check is still running, and interrupt it after ``seconds``.

    The interrupt is the one that a notebook's stop button sends (KeyboardInterrupt in the main thread), so it
    ends Python code and not a single long call into a library. In other threads nothing is limited.
    """
    state, done, stream = Patience(), threading.Event(), sys.stderr
    if threading.current_thread() is not threading.main_thread():
        yield state
        return

    def watch() -> None:
        if done.wait(notice):
            return
        with contextlib.suppress(Exception):  # a notebook may have closed its output
            print(
                f"This check has been running for {notice:.0f} seconds. It is stopped after {seconds:.0f}; "
                "the stop button (■) stops it now.",
                file=stream,
                flush=True,
            )
        wait = seconds - notice
        while not done.wait(wait):
            state.over, wait = True, _AGAIN
            _thread.interrupt_main()

    thread = threading.Thread(target=watch, name="tlcourse-patience", daemon=True)
    thread.start()
    try:
        yield state
    finally:
        done.set()
        thread.join()
        if state.over:
            # An interrupt that was sent at the last moment must not end what comes after the check.
            with contextlib.suppress(KeyboardInterrupt):
                time.sleep(0.05)
