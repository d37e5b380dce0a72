"""Hand-ins are judged on a Dask cluster: `tlcourse serve --dask ADDRESS`.

The queue, with its turns and its one running answer for each learner, stays in the service. A worker gets
one notebook's answers at a time, without their learner's name. If the worker dies, Dask gives the task to
another one; if the scheduler dies, what was running goes back to the queue, and the next turn connects again.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import tlcourse
from tlcourse.errors import CourseError
from tlcourse.grading.cluster import connect, worker_ready
from tlcourse.grading.judging import Judged, Task, judge_task
from tlcourse.grading.model import NotGradedError, StarvedError
from tlcourse.grading.sandbox.errors import SandboxUnavailableError

__all__ = ["Cluster", "ClusterGoneError"]

_log = logging.getLogger("tlcourse.serve")
_CONNECTING = 5.0
_WITHOUT_WORKERS = 5.0
"""When all workers that a task may run on are gone for so many seconds, it goes back to the queue."""
_PROVING = 300.0
_APPEARING = 30.0
"""A scheduler that is busy may leave the question for its workers unanswered, and has some all the same."""
_LOOKS = 0.01, 0.2
_BETWEEN_CHECKS = 2.0


class ClusterGoneError(CourseError):
    """The cluster cannot be used now. Nobody's work is lost by it: it stays in the queue."""


class Cluster:
    """The workers of a Dask cluster, as judges; the slots of a service share it.

    Parameters
    ----------
    address : str
        Of the scheduler: ``tcp://HOST:8786``.
    judge, ready : callable
        What a worker does with a task, and before its first one.

    Raises
    ------
    CourseError
        If Dask is not installed, nobody answers there, or there are no workers.
    """

    def __init__(self, address: str, judge: Any = judge_task, ready: Any = worker_ready) -> None:
        self.address, self._judge, self._ready = address, judge, ready
        self._lock = threading.Lock()
        self._client: Any = connect(address)
        self._first: Task | None = None
        self._fit: set[str] = set()
        self._asked: dict[str, Any] = {}
        self._unfit: dict[str, str] = {}
        self._checked = 0.0

    @property
    def size(self) -> int:
        """How many workers there are now."""
        client = self._client
        return len(_workers(client) or ()) if client is not None else 0

    @contextlib.contextmanager
    def judging(self, first: Task) -> Iterator[Any]:
        """As `tlcourse.grading.service.worker.jailed`, with a worker of the cluster in place of a process.

        Raises
        ------
        SandboxUnavailableError
            If no worker can build the jail for the task `first`, or if it does not hold.
        """
        with self._lock:
            self._first = self._first or first
        client = self._running_client()
        if not self._some_that_fit(client, all_of_them=True):
            raise SandboxUnavailableError(
                f"None of the workers at {self.address} can judge: {'; '.join(self._refused())}",
                "Run `tlcourse doctor` on a worker's machine.",
            )
        yield self.judge

    def notices(self) -> list[str]:
        """What the instructor should know: a broken connection, workers that get no task and why."""
        client = self._client
        gone = client is None or client.status != "running"
        broken = [f"The connection to the Dask scheduler at {self.address} is broken."] if gone else []
        return broken + self._refused()

    def _refused(self) -> list[str]:
        refused = sorted(self._unfit.items())
        return [f"The worker {name} gets nothing to judge: {why}" for name, why in refused]

    def close(self) -> None:
        """Let go of the cluster, which goes on running."""
        with self._lock:
            self._drop(self._client)

    def judge(self, task: Task) -> Judged | NotGradedError:
        """Have a task judged by one of the workers.

        Raises
        ------
        ClusterGoneError
            If the scheduler, or all workers, are gone.
        SandboxUnavailableError
            If a worker's jail cannot be built any more.
        """
        client = self._running_client()
        fit = self._some_that_fit(client)
        if not fit:
            raise self._without_workers()
        try:
            # A worker's machine need not know whose answers these are.
            future = client.submit(self._judge, replace(task, student=""), pure=False, workers=sorted(fit))
        except Exception as error:
            raise self._gone(client, error) from None
        return self._outcome(client, future, fit)

    def _outcome(self, client: Any, future: Any, given_to: set[str]) -> Judged | NotGradedError:
        pause, alone_since = _LOOKS[0], None
        try:
            while not future.done():
                time.sleep(pause)
                pause = min(1.3 * pause, _LOOKS[1])
                if client.status != "running":
                    raise self._gone(client, None)
                alone = not self._workers_that_fit(client) & given_to
                alone_since = (alone_since or time.monotonic()) if alone else None
                if alone_since is not None and time.monotonic() - alone_since > _WITHOUT_WORKERS:
                    raise self._without_workers()
            if future.status == "finished":
                return future.result(timeout=60)
            if future.status != "error":
                raise self._gone(client, None)
            error = future.exception(timeout=60)
        except (OSError, TimeoutError) as broken:
            raise self._gone(client, broken) from None
        finally:
            with contextlib.suppress(Exception):
                future.release()
        return _problem(error)

    def _running_client(self) -> Any:
        """The connection to the scheduler, a new one if the last one broke."""
        with self._lock:
            if self._client is not None and self._client.status != "running":
                self._drop(self._client)
            if self._client is None:
                try:
                    self._client = connect(self.address, _CONNECTING)
                except CourseError as error:
                    raise ClusterGoneError(error.problem, error.fix) from None
            return self._client

    def _drop(self, client: Any) -> None:
        """Close a connection; its workers have to prove themselves again."""
        if client is not None and client is self._client:
            self._client, self._checked = None, 0.0
            self._fit.clear()
            self._asked.clear()
            self._unfit.clear()
            with contextlib.suppress(Exception):
                client.close(timeout=2)

    def _gone(self, client: Any, error: BaseException | None) -> ClusterGoneError:
        _log.error("the cluster at %s is gone (%r)", self.address, error)
        with self._lock:
            self._drop(client)
        return ClusterGoneError(
            f"The connection to the Dask scheduler at {self.address} broke.", "Start the scheduler again."
        )

    def _without_workers(self) -> ClusterGoneError:
        why = "; ".join(self._refused())
        return ClusterGoneError(
            f"The cluster at {self.address} has no worker that can judge. {why}".strip(),
            f"Run: dask worker {self.address}",
        )

    def _workers_that_fit(self, client: Any) -> set[str]:
        """The workers whose jail holds; one that is new is asked first, which takes a moment."""
        with self._lock:
            if client is not self._client or time.monotonic() - self._checked < _BETWEEN_CHECKS:
                return set(self._fit)
            there = _workers(client)
            if there is None:
                return set(self._fit)
            self._fit &= there
            self._unfit = {name: why for name, why in self._unfit.items() if name in there}
            self._asked = {name: future for name, future in self._asked.items() if name in there}
            for name in sorted(there - self._fit - set(self._unfit) - set(self._asked)):
                self._asked[name] = client.submit(self._ready, self._first, pure=False, workers=[name])
            for name in [name for name, future in self._asked.items() if future.done()]:
                why = _why_unfit(self._asked.pop(name))
                if why:
                    _log.error("the worker %s: %s", name, why)
                    self._unfit[name] = why
                elif why is not None:
                    self._fit.add(name)
            self._checked = time.monotonic() if not self._asked else 0.0
            return set(self._fit)

    def _some_that_fit(self, client: Any, all_of_them: bool = False) -> set[str]:
        """As `_workers_that_fit`, but wait for those that are asked at the moment, and at first for some."""
        begun = time.monotonic()
        while True:
            fit, waited = self._workers_that_fit(client), time.monotonic() - begun
            none_seen = all_of_them and not (fit or self._unfit) and waited < _APPEARING
            going_on = none_seen or (bool(self._asked) and waited < _PROVING)
            if (fit and not all_of_them) or not going_on or client.status != "running":
                return fit
            time.sleep(_LOOKS[1])


def _workers(client: Any) -> set[str] | None:
    """The addresses of all workers that the scheduler knows at this moment; None where it gives no answer."""
    try:
        return set(client.scheduler_info(n_workers=-1)["workers"])
    except Exception:  # it is busy, or the connection is about to break: whoever uses it finds out
        return None


def _why_unfit(future: Any) -> str | None:
    """Why a worker may not judge, "" if it may; None if it went away."""
    try:
        version = future.result(timeout=300)
    except SandboxUnavailableError as error:
        return str(error)
    except (TimeoutError, OSError):
        return None
    except Exception as error:
        return f"it cannot run the course ({type(error).__name__}: {error})"
    return "" if version == tlcourse.__version__ else f"it has version {version} of the course"


def _problem(error: BaseException) -> NotGradedError:
    """What a task's error on a worker means; what no student can be blamed for is raised."""
    from distributed.scheduler import KilledWorker

    if isinstance(error, SandboxUnavailableError):
        raise error
    if isinstance(error, KilledWorker | OSError | MemoryError):
        return StarvedError(f"the workers that judged it ended ({type(error).__name__})")
    return NotGradedError(
        f"the grader failed on it ({type(error).__name__}: {error})",
        "This is a bug in the course; please report it with the notebook.",
    )
