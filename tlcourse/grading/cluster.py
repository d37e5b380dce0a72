"""Grade on a Dask cluster: the same tasks, given to its workers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tlcourse.errors import CourseError

__all__ = ["connected"]


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """A ``concurrent.futures`` executor of the cluster at an address such as "tcp://127.0.0.1:8786".

    If a worker dies, Dask gives its tasks to another one. Every worker needs the course, Linux and user
    namespaces.

    Raises
    ------
    CourseError
        If Dask is not installed, or nobody answers there.
    """
    try:
        from distributed import Client
    except ImportError:
        raise CourseError("Dask is not installed.", "Run: pip install 'tlcourse[dask]'") from None
    try:
        client = Client(address, timeout=15, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise CourseError(
            f"No Dask scheduler answers at {address} ({type(error).__name__}).",
            "Start one with `dask scheduler`, and workers with `dask worker ADDRESS`.",
        ) from None
    try:
        if not client.scheduler_info()["workers"]:
            raise CourseError(f"The cluster at {address} has no workers.", f"Run: dask worker {address}")
        # Nothing that a task gives depends on where it ran; its name must still be its own.
        yield client.get_executor(pure=False, retries=3)
    finally:
        client.close()
