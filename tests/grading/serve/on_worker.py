"""What a Dask worker does in the tests of the service: it judges slowly, and writes down what it judged."""

from __future__ import annotations

import json
import os
import time

from small_class import quick

import tlcourse
from tlcourse.grading.judging import Judged, Task
from tlcourse.grading.sandbox.errors import SandboxUnavailableError


def _note(what: str, task: Task) -> None:
    with open(os.environ["JUDGED"], "a") as file:
        file.write(json.dumps([what, os.getpid(), task.seed, task.student]) + "\n")


def judged(task: Task) -> Judged:
    """Right is what does not call itself mistaken; after a moment, so that it can be killed meanwhile."""
    _note("begun", task)
    time.sleep(0.4)
    with quick(task) as judge:
        outcome = judge(task)
    _note("done", task)
    return outcome


def ready(task: Task) -> str:
    """Whether this worker has a jail is what the test says."""
    if os.environ.get("NO_JAIL"):
        raise SandboxUnavailableError("This machine cannot build the jail.", "Allow user namespaces.")
    return os.environ.get("OTHER_VERSION") or tlcourse.__version__
