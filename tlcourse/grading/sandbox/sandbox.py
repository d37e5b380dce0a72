"""Answers are observed where they can do no harm: `Sandbox`, which the rest of the grader calls."""

from __future__ import annotations

import time
from collections.abc import Sequence

from tlcourse.errors import UnknownNameError
from tlcourse.exercises import Job, Observation, get, observe_in_subprocess
from tlcourse.exercises.engine.patience import WALL
from tlcourse.grading.sandbox.availability import available, how_to_allow
from tlcourse.grading.sandbox.errors import SandboxUnavailableError
from tlcourse.grading.sandbox.jail import Jail
from tlcourse.grading.sandbox.limits import Limits
from tlcourse.grading.sandbox.proof import Secrets, prove

__all__ = ["Sandbox"]


class Sandbox:
    """Observes answers in a jail: one zygote for a chapter and framework, one forked child for each answer.

    Parameters
    ----------
    framework : {"torch", "keras"}
    chapter : str
        Two digits; its exercises are imported before the first answer.
    limits : Limits
    network : {"none", "host"}
    unsafe : bool
        Where no jail can be built: run the answers in plain processes, with limits only, instead of refusing.
    modules : sequence of str
        Other importable modules with ``EXERCISES``.
    secrets : Secrets
        What no answer may see. The jail hides it, and an attack makes sure that it is out of sight.

    Attributes
    ----------
    jailed : bool
        False where `unsafe` was needed.
    protections : tuple of str
        Sentences for the report; known after the first start, when the jail was attacked and held.
    starved : bool
        Whether the machine was too busy for one of the answers that were observed last: what became of them
        is then no verdict.

    Raises
    ------
    SandboxUnavailableError
        If this machine cannot build the jail and ``unsafe`` is not given.
    UnknownNameError
        For another framework or network.

    Examples
    --------
    ::

        with Sandbox("torch", "02") as sandbox:
            observations = sandbox.observe(jobs)
    """

    def __init__(
        self,
        framework: str,
        chapter: str,
        *,
        limits: Limits | None = None,
        network: str = "none",
        unsafe: bool = False,
        modules: Sequence[str] = (),
        secrets: Secrets | None = None,
    ) -> None:
        for what, value, known in (
            ("framework", framework, ("torch", "keras")),
            ("network", network, ("none", "host")),
        ):
            if value not in known:
                raise UnknownNameError(what, value, known)
        self.framework, self.chapter, self.network = framework, chapter, network
        self.limits, self.modules = limits or Limits(), tuple(modules)
        self.secrets = secrets or Secrets()
        kind, why = available()
        self.jailed = kind is not None
        if not self.jailed and not unsafe:
            raise SandboxUnavailableError(
                f"Students' code cannot be isolated on this machine: {why}.",
                how_to_allow(why),
            )
        self.starved = False
        self.protections: tuple[str, ...] = () if self.jailed else _without_jail(why)
        self._jail = Jail(
            framework,
            chapter,
            limits=self.limits,
            network=network,
            modules=self.modules,
            hidden=self.secrets.paths,
        )

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the zygote, and delete what was made for it."""
        self._jail.close()

    def observe(self, jobs: Sequence[Job]) -> list[Observation]:
        """Observe one student's answers, each in a process of its own.

        Parameters
        ----------
        jobs : sequence of Job

        Returns
        -------
        list of Observation
            One for each job, in order, whatever the student's code did.

        Raises
        ------
        SandboxUnavailableError
            If the jail cannot be started (again): never because of a student's code.
        """
        if not self.jailed:
            return self._observe_without_jail(jobs)
        left, self.starved = self.limits.submission_seconds, False
        observations: list[Observation] = []
        for job in jobs:
            if left <= 0:
                observations.append(self._no_time_left())
                continue
            begun = time.monotonic()
            self.start()
            # The first start imports a framework: that is not the student's time.
            begun = time.monotonic() if not observations else begun
            trains = get(job.exercise_id).trains > 0
            seconds = self.limits.training_seconds if trains else self.limits.exercise_seconds
            observations.append(self._jail.observe(job, min(seconds, left), trains=trains))
            left -= self._jail.used if trains else time.monotonic() - begun - self._jail.in_line
            self.starved |= self._jail.starved
        return observations

    def _observe_without_jail(self, jobs: Sequence[Job]) -> list[Observation]:
        """In a plain process each, with more time by the clock for those that train."""
        slow = any(get(job.exercise_id).trains for job in jobs)
        seconds = max(self.limits.exercise_seconds, WALL * self.limits.training_seconds * slow)
        return observe_in_subprocess(jobs, self.framework, timeout=seconds, modules=self.modules)

    def run(self, job: Job, seconds: float, *, trains: bool = False) -> Observation:
        """Observe one answer for at most so many seconds; the submission's own limit does not count."""
        self.start()
        return self._jail.observe(job, seconds, trains=trains)

    def processes_inside(self) -> int:
        """How many processes are in the jail besides the zygote."""
        return len(self._jail.processes_inside())

    def start(self) -> None:
        """Start the jail if it does not run, and attack it the first time; `observe` does so by itself.

        Raises
        ------
        SandboxUnavailableError
            If it cannot be started, or does not hold.
        """
        if not self.jailed or self._jail.running:
            return
        self._jail.start()
        if not self.protections:
            try:
                self.protections = prove(self, self.secrets, self._jail.shown)
            except SandboxUnavailableError:
                self._jail.stop()
                raise
            if self.network != "none":
                self.protections += ("NOT PROTECTED: the network was open to answers",)

    def _no_time_left(self) -> Observation:
        allowed = f"{self.limits.submission_seconds:.0f} s"
        return Observation(
            "timeout",
            problem=f"The {allowed} allowed for all answers were used up before this one.",
            advice="Find out which of the other answers takes so long.",
        )


def _without_jail(why: str) -> tuple[str, ...]:
    return (
        f"NOT PROTECTED: students' code ran as an ordinary process of yours ({why})",
        "a process of its own for each submission, and a time limit for each answer",
    )
