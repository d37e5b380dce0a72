"""Grade on a Dask cluster: the same tasks, given to its workers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import tlcourse
from tlcourse.errors import CourseError
from tlcourse.grading.judging import Task, make_ready

__all__ = ["connect", "connected", "worker_ready"]


def connect(address: str, seconds: float = 15.0) -> Any:
    """A ``distributed.Client`` of the cluster at an address such as "tcp://127.0.0.1:8786".

    Raises
    ------
    CourseError
        If Dask is not installed, nobody answers there, or there are no workers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise CourseError("Dask is not installed.", "Run: pip install 'tlcourse[dask]'") from None
    try:
        client = Client(address, timeout=seconds, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise CourseError(
            f"No Dask scheduler answers at {address} ({type(error).__name__}).",
            "Start one with `dask scheduler`, and workers with `dask worker ADDRESS`.",
        ) from None
    try:
        if not client.scheduler_info(n_workers=-1)["workers"]:
            raise CourseError(f"The cluster at {address} has no workers.", f"Run: dask worker {address}")
    except BaseException:
        client.close()
        raise
    return client


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """A ``concurrent.futures`` executor of a cluster.

    If a worker dies, Dask gives its tasks to another one. Every worker needs the course, Linux and user
    namespaces.

    Raises
    ------
    CourseError
        As `connect`.
    """
    client = connect(address)
    try:
        # Nothing that a task gives depends on where it ran; its name must still be its own.
        yield client.get_executor(pure=False, retries=3)
    finally:
        client.close()


def worker_ready(task: Task) -> str:
    """Build the jail and attack it, as a worker does before its first task; gives the course's version.

    Raises
    ------
    SandboxUnavailableError
        If the worker's machine cannot build the jail, or if it does not hold.
    """
    make_ready(task)
    return tlcourse.__version__
