"""Have answers observed in another process: the judge's side of `tlcourse.exercises.engine.runner`.

A job that hangs or ends the process costs that job only: another process is started for the rest.
"""

from __future__ import annotations

import contextlib
import os
import queue
import secrets
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tlcourse.exercises.engine.model import PUBLIC_SEED, Observation
from tlcourse.exercises.engine.plain import LIMITS, NotPlainError, from_json, to_json
from tlcourse.exercises.engine.problems import timed_out

__all__ = ["Job", "command", "observe_in_subprocess", "read_result"]

STARTING = 120.0  # seconds that a worker may take to import its framework, on a machine that is busy


@dataclass(frozen=True)
class Job:
    """One answer to observe: the exercise's id, the learner's cell, and the inputs to run it on.

    ``setup`` is the source of earlier cells that the answer may lean on; ``seed`` seeds the generators
    while the probe runs (the inputs are drawn on the judge's side, from a seed that the process never
    sees).
    """

    exercise_id: str
    source: str
    inputs: dict[str, Any]
    setup: str = ""
    seed: int = field(default=PUBLIC_SEED)


def command(framework: str, modules: Sequence[str] = ()) -> list[str]:
    """The command line of a worker; a grader puts its sandbox in front of it."""
    extra = [part for module in modules for part in ("--module", module)]
    return [sys.executable, "-m", "tlcourse.exercises.engine.runner", "--framework", framework, *extra]


def observe_in_subprocess(
    jobs: Sequence[Job],
    framework: str,
    *,
    timeout: float = 60.0,
    modules: Sequence[str] = (),
    argv: Sequence[str] | None = None,
    env: dict[str, str] | None = None,
) -> list[Observation]:
    """Observe many answers in one other process, and outlive whatever they do to it.

    Parameters
    ----------
    jobs : sequence of Job
    framework : str
        "torch" or "keras": imported once by the process.
    timeout : float
        Wall seconds for one job; the first also pays for the framework's import, and gets `STARTING` more.
    modules : sequence of str
        Other importable modules with ``EXERCISES``, such as a test's own.
    argv : sequence of str, optional
        The worker's command, if not `command` (framework, modules).
    env : dict, optional
        The worker's environment, if not this process's.

    Returns
    -------
    list of Observation
        One for each job, in order. Judge them here with `judge_observation`.
    """
    results: list[Observation] = []
    worker: _Worker | None = None
    try:
        for job in jobs:
            if worker is None:
                worker = _Worker(list(argv) if argv else command(framework, modules), env)
            observation, alive = worker.run(job, timeout)
            results.append(observation)
            if not alive:
                worker.close()
                worker = None
    finally:
        if worker is not None:
            worker.close()
    return results


class _Worker:
    def __init__(self, argv: list[str], env: dict[str, str] | None) -> None:
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed in close)
        self.process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env=env,
            start_new_session=True,
        )
        self.lines: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.allowance = STARTING

    def _read(self) -> None:
        stream = self.process.stdout
        while stream is not None:
            # A limit on the line, so that a worker cannot fill this process's memory.
            line = stream.readline(LIMITS["line"] + 1)
            self.lines.put(line)
            if not line.endswith(b"\n"):
                return

    def run(self, job: Job, timeout: float) -> tuple[Observation, bool]:
        """The observation, and whether the worker can take another job."""
        # A number that only this job has: a line that a student's code slipped in belongs to no job.
        ticket = secrets.token_hex(8)
        request = {
            "ticket": ticket,
            "exercise": job.exercise_id,
            "source": job.source,
            "setup": job.setup,
            "inputs": job.inputs,
            "seed": job.seed,
        }
        try:
            stdin = self.process.stdin
            assert stdin is not None
            stdin.write(to_json(request).encode() + b"\n")
            stdin.flush()
            line = self.lines.get(timeout=timeout + self.allowance)
        except queue.Empty:
            return timed_out(timeout), False
        except OSError:
            line = b""
        self.allowance = 0.0
        if not line.endswith(b"\n"):
            return self._died(), False
        try:
            return read_result(line, ticket), True
        except NotPlainError as error:
            problem = f"What came back from your code cannot be read: {error}."
            return Observation(
                "unusable", problem=problem, advice="Return plain numbers, lists or arrays."
            ), False

    def _died(self) -> Observation:
        try:
            code = self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            code = None
        ending = f"with status {code}" if code is None or code >= 0 else f"by signal {-code}"
        self.errors.seek(0, os.SEEK_END)
        self.errors.seek(max(0, self.errors.tell() - 1500))
        tail = self.errors.read().decode(errors="replace")
        return Observation(
            "died",
            problem=f"Python ended while your code ran ({ending}).",
            advice="Look for `exit`, `os._exit`, or an array far larger than the memory.",
            printed=tail,
        )

    def close(self) -> None:
        if self.process.stdin is not None:
            with contextlib.suppress(OSError):
                self.process.stdin.close()
        try:
            self.process.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.errors.close()


def read_result(line: bytes, ticket: str) -> Observation:
    """What a process that ran a student's code says it saw, trusting nothing in it.

    Raises
    ------
    NotPlainError
        If it is not the answer to this ticket, or not what such a process writes.
    """
    try:
        result = from_json(line.decode("ascii"))
    except UnicodeDecodeError as error:
        raise NotPlainError("it is not plain data") from error
    if not isinstance(result, dict) or result.get("ticket") != ticket:
        raise NotPlainError("it is not the answer to what was asked")
    data = result.get("data")
    texts = {name: result.get(name) for name in ("kind", "problem", "advice", "printed", "note")}
    seconds = result.get("seconds")
    sound = all(isinstance(text, str) and len(text) < 20_000 for text in texts.values())
    if not sound or texts["kind"] not in Observation.KINDS or not isinstance(seconds, float):
        raise NotPlainError("it is not plain data")
    if data is not None and not isinstance(data, dict):
        raise NotPlainError("it is not a dict")
    return Observation(data=data, seconds=seconds, **texts)  # type: ignore[arg-type]
