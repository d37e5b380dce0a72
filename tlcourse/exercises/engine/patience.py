"""How long a check in a notebook waits for an answer, and what it says meanwhile."""

from __future__ import annotations

import _thread
import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["CHECK_SECONDS", "NOTICE_SECONDS", "TRAINING_SECONDS", "WALL", "Patience", "announced", "patience"]

CHECK_SECONDS = 60.0
"""Wall seconds that an answer may take in a check, and in the grader."""
TRAINING_SECONDS = 60.0
"""Processor seconds that an answer may take where it trains: a busy machine takes no points."""
WALL = 5.0
"""So many times as long may it take by the clock."""
NOTICE_SECONDS = 5.0
_AGAIN = 2.0  # seconds between two interrupts of code that takes no notice of the first
_LOOK = 0.2  # seconds between two looks at the processor time


class Patience:
    """Whether the time was used up: ``over`` after the ``with`` block."""

    over = False


@contextlib.contextmanager
def patience(seconds: float = CHECK_SECONDS, notice: float = NOTICE_SECONDS) -> Iterator[Patience]:
    """Say after ``notice`` seconds that a check is still running, and interrupt it after ``seconds``.

    The interrupt is the one that a notebook's stop button sends (KeyboardInterrupt in the main thread), so it
    ends Python code and not a single long call into a library. In other threads nothing is limited.
    """
    stream = sys.stderr

    def watch(done: threading.Event) -> bool:
        if done.wait(notice):
            return False
        with contextlib.suppress(Exception):  # a notebook may have closed its output
            print(
                f"This check has been running for {notice:.0f} seconds. It is stopped after {seconds:.0f}; "
                "the stop button (■) stops it now.",
                file=stream,
                flush=True,
            )
        return not done.wait(seconds - notice)

    with _watched_by(watch) as state:
        yield state


@contextlib.contextmanager
def announced(about: float, seconds: float = TRAINING_SECONDS) -> Iterator[Patience]:
    """Say before a check starts that it trains, show a bar meanwhile, and interrupt it when its time is up.

    Parameters
    ----------
    about : float
        Processor seconds that a right answer takes.
    seconds : float
        Processor seconds after which it is interrupted as by `patience`; or after `WALL` times as many by the
        clock.
    """
    print(f"This check trains a network: about {about:.0f} seconds of work for one processor.", flush=True)
    begun, until = time.process_time(), time.monotonic() + WALL * seconds
    with _bar(about) as bar:

        def watch(done: threading.Event) -> bool:
            while not done.wait(_LOOK):
                used = time.process_time() - begun
                with contextlib.suppress(Exception):
                    bar.update(min(used, about) - bar.n)
                if used > seconds or time.monotonic() > until:
                    return True
            return False

        with _watched_by(watch) as state:
            yield state


def _bar(about: float) -> Any:
    from tlcourse.training.progress import bar

    shown = "{desc} {percentage:3.0f}% |{bar}| {n:.0f} of about {total:.0f} s"
    return bar(about, "checking", delay=0.0, bar_format=shown)


@contextlib.contextmanager
def _watched_by(watch: Callable[[threading.Event], bool]) -> Iterator[Patience]:
    """Interrupt the main thread when ``watch`` returns True, which it does in a thread of its own."""
    state, done = Patience(), threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield state
        return

    def interrupt() -> None:
        state.over = watch(done)
        while state.over:
            _thread.interrupt_main()
            if done.wait(_AGAIN):
                return

    thread = threading.Thread(target=interrupt, name="tlcourse-patience", daemon=True)
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
