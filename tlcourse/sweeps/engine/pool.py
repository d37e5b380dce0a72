"""The pool: worker processes, each with one framework and one thread, that share the rows to run.

A worker serves one row after another (see ``worker.py``). One that dies is replaced; a framework that cannot
run at all is given up after three deaths in a row.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, Any

from tlcourse.frameworks import child_environment
from tlcourse.sweeps.engine.spec import Settings, Sweep
from tlcourse.sweeps.engine.store import Row

__all__ = ["Job", "Outcome", "Pool", "Worker"]


@dataclass(frozen=True)
class Job:
    """One row to run."""

    sweep: Sweep
    settings: Settings
    framework: str

    def __str__(self) -> str:
        return f"{self.sweep.name} {self.framework} " + " ".join(f"{k}={v}" for k, v in self.settings.items())


@dataclass
class Outcome:
    """What became of a job: a row, or what went wrong."""

    job: Job
    row: Row | None
    error: str = ""
    traceback: str = ""


class Worker:
    """A worker process, started on its first job."""

    def __init__(self, framework: str) -> None:
        self.framework = framework
        self.process: subprocess.Popen[str] | None = None

    def _start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tlcourse.sweeps.engine.worker", self.framework],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            # The worker finds what this process finds, an author's own modules beside the course included.
            env={
                **child_environment(),
                **os.environ,
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            },
        )
        self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self.process is not None
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            code = self.process.wait()
            self.process = None
            why = f"was killed by signal {-code}" if code < 0 else f"ended with status {code}"
            return {"error": f"The {self.framework} worker {why}; its last words are on standard error."}
        return json.loads(line)

    def run(self, job: Job) -> Outcome:
        """Run one row; a dead worker is an outcome too, and the next job gets a new one."""
        if self.process is None:
            self._start()
            if self.process is None:
                return Outcome(job, None, f"The {self.framework} worker does not start.")
        try:
            stdin: IO[str] | None = self.process.stdin
            assert stdin is not None
            stdin.write(json.dumps({"sweep": job.sweep.name, "settings": job.settings}) + "\n")
            stdin.flush()
        except BrokenPipeError:
            pass  # the answer says how it ended
        answer = self._answer()
        return Outcome(job, answer.get("row"), answer.get("error", ""), answer.get("traceback", ""))

    def stop(self) -> None:
        """End the process: it leaves when its standard input closes."""
        if self.process is not None:
            assert self.process.stdin is not None
            self.process.stdin.close()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None


@dataclass
class Pool:
    """``jobs`` workers sharing the queues of the frameworks."""

    jobs: int
    queues: dict[str, deque[Job]]
    done: Callable[[Outcome], None]
    lock: threading.Lock = field(default_factory=threading.Lock)
    serving: dict[str, int] = field(default_factory=dict)
    stopping: bool = False
    crash: BaseException | None = None

    def _choose(self) -> str | None:
        """The framework with work left and the fewest workers on it."""
        with self.lock:
            left = [name for name, jobs in self.queues.items() if jobs]
            if not left or self.stopping:
                return None
            name = min(left, key=lambda one: (self.serving.get(one, 0), -len(self.queues[one])))
            self.serving[name] = self.serving.get(name, 0) + 1
            return name

    def _next(self, framework: str) -> Job | None:
        with self.lock:
            return self.queues[framework].popleft() if self.queues[framework] and not self.stopping else None

    def _serve(self) -> None:
        while (framework := self._choose()) is not None:
            worker = Worker(framework)
            deaths = 0
            try:
                while (job := self._next(framework)) is not None:
                    outcome = worker.run(job)
                    with self.lock:
                        self.done(outcome)
                    # A framework that cannot run at all must not try every row.
                    deaths = 0 if outcome.row or outcome.traceback else deaths + 1
                    if deaths == 3:
                        with self.lock:
                            left, self.queues[framework] = list(self.queues[framework]), deque()
                            for job in left:
                                self.done(Outcome(job, None, "not run: its worker died three times in a row"))
            except BaseException as error:  # e.g. a full disk: no use in going on
                self.crash, self.stopping = error, True
            finally:
                worker.stop()
                with self.lock:
                    self.serving[framework] -= 1

    def run(self) -> None:
        """Run everything; raises what stopped it early."""
        threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(self.jobs)]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                while thread.is_alive():
                    thread.join(0.2)
        except KeyboardInterrupt:
            self.stopping = True
            raise
        if self.crash is not None:
            raise self.crash
