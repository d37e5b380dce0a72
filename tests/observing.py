"""What a framework makes of something, seen from a process that holds neither: in one process for each.

Four files of tests compare the two frameworks. A start of TensorFlow costs seconds, so they share it:
their scripts run in the one process of a framework, one after the other, each with settings of its own.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import runpy
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any


class Observer:
    """A process for one framework."""

    def __init__(self) -> None:
        self.errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - open as long as the process
        self.process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
            env={**os.environ, "TLCOURSE_DEVICE": "cpu", "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
        )
        atexit.register(self.stop)

    def call(self, script: Path, arguments: tuple[str, ...]) -> Any:
        """What ``main`` of a script returns; AssertionError with its traceback if it raises, or dies."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            print(json.dumps([str(script), arguments]), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            self.errors.seek(0)
            words = self.errors.read()[-3000:]
            raise AssertionError(f"{script.name} ended with status {self.process.wait()}: {words}")
        error, value = json.loads(line)
        assert not error, error
        return value

    def stop(self) -> None:
        """End the process at once: its answers were read, and by itself a framework takes its time to end."""
        self.process.kill()
        self.process.wait()


@functools.cache
def _observer(framework: str) -> Observer:
    return Observer()


def observe(framework: str, script: Path, *arguments: object) -> Any:
    """Run ``main(*arguments)`` of a script in the process of a framework.

    Parameters
    ----------
    framework : {"torch", "keras"}
    script : Path
        Its folder is where it imports from.
    *arguments
        Passed on as text.

    Returns
    -------
    object
        What ``main`` returned, through JSON.

    Raises
    ------
    AssertionError
        If it raised, or ended the process.
    """
    return _observer(framework).call(script, tuple(map(str, arguments)))


def _serve() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what scripts print is no answer
    for line in sys.stdin:
        script, arguments = json.loads(line)
        try:
            answer = "", _call(Path(script), arguments)
        except Exception:
            answer = traceback.format_exc(), None
        print(json.dumps(answer), file=answers, flush=True)


def _call(script: Path, arguments: list[str]) -> Any:
    sys.path.insert(0, str(script.parent))
    try:
        return runpy.run_path(str(script))["main"](*arguments)
    finally:
        sys.path.remove(str(script.parent))


if __name__ == "__main__":
    _serve()
