"""Hand-ins are judged: each slot reads one after the other and has a jail of its own."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import AbstractContextManager
from pathlib import Path

from tlcourse.errors import CourseError
from tlcourse.grading.candidates import Candidate, Handed
from tlcourse.grading.each import graded, not_graded, opened, to_judge
from tlcourse.grading.judging import Judged, Task, make_ready
from tlcourse.grading.keeping import CannotWriteError
from tlcourse.grading.model import NotGradedError, Result, StarvedError, Submission
from tlcourse.grading.reader import Reader
from tlcourse.grading.sandbox.errors import SandboxUnavailableError
from tlcourse.grading.service.database import UnavailableError
from tlcourse.grading.service.handins import HandIn
from tlcourse.grading.service.on_cluster import ClusterGoneError
from tlcourse.grading.service.served import ServedClass
from tlcourse.grading.workers import judge_all, working_executor

__all__ = ["Judge", "Judges", "jailed"]

Judge = Callable[[Task], Judged | NotGradedError]
_MOST_BEGUN = 5
"""A hand-in during which the whole service ended so often is not tried again."""
_POLL, _PAUSE = 1.0, 5.0
_log = logging.getLogger("tlcourse.serve")


@contextlib.contextmanager
def jailed(first: Task) -> Iterator[Judge]:
    """Judge in a worker process of its own, whose jail is built and attacked before the first hand-in.

    Parameters
    ----------
    first : Task
        For its chapter and framework the jail is made ready.

    Raises
    ------
    SandboxUnavailableError
        If this machine cannot build the jail, or if it does not hold.
    """
    # One process for each slot: where one dies it was its own hand-in's doing.
    with working_executor(1, interruptible=False) as executor:
        executor().submit(make_ready, first).result()

        def judge(task: Task) -> Judged | NotGradedError:
            return next(iter(judge_all([task], executor)))[1]

        yield judge


class Judges:
    """The slots of a service.

    Parameters
    ----------
    served : ServedClass
    judge : callable
        Gives a context manager whose value judges a task; `jailed` in earnest.
    jobs : int, optional
        How many; one for each core by default.
    notices : callable
        Gives what the instructor should know about what judges, as sentences.

    Attributes
    ----------
    trouble : str
        Why nothing is judged at the moment; "" if all is well.
    """

    def __init__(
        self,
        served: ServedClass,
        judge: Callable[[Task], AbstractContextManager[Judge]] = jailed,
        jobs: int | None = None,
        notices: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self.notices = notices
        self.served, self._judge = served, judge
        self.jobs = jobs or served.settings.jobs or os.cpu_count() or 1
        self.trouble = ""
        self._threads: list[threading.Thread] = []
        self._change = threading.Condition()
        self._stopping = False

    def start(self) -> None:
        """Put back what was begun before, and start the slots when each has its jail.

        Raises
        ------
        CourseError
            If one of them cannot: nothing is judged then.
        """
        self.served.queue.recover()
        ready: list[BaseException | None] = []
        for number in range(self.jobs):
            thread = threading.Thread(target=self._slot, args=(number, ready), name=f"slot {number}")
            self._threads.append(thread)
            thread.start()
        with self._change:
            self._change.wait_for(lambda: len(ready) == self.jobs)
        problem = next((each for each in ready if each is not None), None)
        if problem is not None:
            self.stop()
            if isinstance(problem, CourseError):
                raise problem
            raise CourseError(
                f"The service cannot judge anything ({type(problem).__name__}: {problem}).",
                "Run `tlcourse doctor`.",
            ) from problem

    def wake(self) -> None:
        """Something was handed in."""
        with self._change:
            self._change.notify_all()

    def stop(self) -> None:
        """End the slots; each first finishes the hand-in that it judges."""
        with self._change:
            self._stopping = True
            self._change.notify_all()
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _sleep(self, seconds: float) -> None:
        with self._change:
            if not self._stopping:
                self._change.wait(seconds)

    def _slot(self, number: int, ready: list[BaseException | None]) -> None:
        def report(outcome: BaseException | None) -> None:
            with self._change:
                ready.append(outcome)
                self._change.notify_all()

        reported = False
        try:
            with (
                self._judge(self._first_task(number)) as judge,
                tempfile.TemporaryDirectory(prefix="tlcourse-serve-") as scratch,
                contextlib.closing(_Readers(self.served.root)) as readers,
            ):
                report(None)
                reported = True
                while not self._stopping:
                    self._turn(judge, Path(scratch), readers)
        except BaseException as error:
            if reported:
                _log.exception("slot %d ended", number)
                self.trouble = f"A part of the service ended ({type(error).__name__}): start it again."
            else:
                report(error)

    def _first_task(self, number: int) -> Task:
        """For which jail a slot makes itself ready: the newest chapter, the installed frameworks in turn."""
        now, chapters = time.time(), self.served.settings.chapters
        open_now = [name for name, c in chapters.items() if c.opens is None or c.opens.timestamp() <= now]
        sides = [side for side in ("torch", "keras") if importlib.util.find_spec(side) is not None]
        side = (sides or ["torch"])[number % max(1, len(sides))]
        newest = max(open_now or chapters, key=lambda name: (str(chapters[name].opens or ""), name))
        return Task("", newest, side, (), {}, 0, self.served.grading, self.served.secrets)

    def _turn(self, judge: Judge, scratch: Path, readers: _Readers) -> None:
        """Judge the next hand-in, or wait a moment."""
        try:
            handin = self.served.queue.claim()
        except UnavailableError as error:
            self.trouble = str(error)
            self._sleep(_POLL)
            return
        if handin is None:
            self._sleep(_POLL)
            return
        if handin.begun > _MOST_BEGUN:
            ended = StarvedError("the service ended each time while it was judged")
            self._insist(lambda: self._give_up(handin, ended))
            return
        try:
            result = self._verdict(handin, judge, scratch, readers)
        except StarvedError as starved:
            _log.warning("hand-in %d, try %d: %s", handin.id, handin.tries + 1, starved.reason)
            self._insist(functools.partial(self._again, handin, starved))
            return
        except (SandboxUnavailableError, CannotWriteError, UnavailableError, ClusterGoneError) as error:
            # No learner's doing: it waits until the instructor has put the machine right.
            _log.error("hand-in %d waits: %s", handin.id, error)
            self.trouble = str(error)
            self._insist(lambda: self.served.queue.put_back(handin))
            self._sleep(_PAUSE)
            return
        except Exception as error:  # one hand-in that nobody foresaw must not stop the class
            _log.exception("hand-in %d", handin.id)
            problem = NotGradedError(
                f"the service failed on it ({type(error).__name__})",
                "This is a bug in the course; please report it with the notebook.",
            )
            result = not_graded(handin.chapter, _submission(handin), problem, handin.digest)
        if self._insist(lambda: self.served.queue.finish(handin, result)):
            self.trouble = ""

    def _again(self, handin: HandIn, problem: StarvedError) -> None:
        """It waits for another try; after the last one it is given up, and the instructor sees it."""
        if not self.served.queue.try_later(handin):
            self._give_up(handin, problem)

    def _give_up(self, handin: HandIn, problem: StarvedError) -> None:
        """There is no verdict, and its learner is not to blame."""
        told = NotGradedError(
            f"the service could not judge it: {problem.reason}",
            "Its student is not to blame. Let it be judged again on the page of the class.",
        )
        result = not_graded(handin.chapter, _submission(handin), told, handin.digest)
        self.served.queue.finish(handin, result, given_up=True)

    def _insist(self, store: Callable[[], object]) -> bool:
        """Store something, as soon as the database can be used; False if the service ends before."""
        while True:
            try:
                store()
                return True
            except UnavailableError as error:
                self.trouble = str(error)
                if self._stopping:
                    return False
                self._sleep(_POLL)

    def _verdict(self, handin: HandIn, judge: Judge, scratch: Path, readers: _Readers) -> Result:
        served, submission = self.served, _submission(handin)
        path = scratch / "notebook.ipynb"
        try:
            path.write_bytes(served.handins.content(handin))
        except OSError as error:
            raise CannotWriteError(
                f"There is no room in {scratch} ({error.strerror}).", "Make room."
            ) from None
        handed = Handed(
            handin.learner,
            path,
            handin.name,
            handed_in=handin.when,
            candidates=(Candidate(path, handin.name, 0.0),),
        )
        try:
            chosen = opened(handed, _reader(readers, handin.chapter))
        except StarvedError:
            raise
        except NotGradedError as problem:
            return not_graded(handin.chapter, submission, problem, handin.digest)
        finally:
            path.unlink(missing_ok=True)
        seed = served.seed_for(handin)
        waiting = to_judge(handed, chosen, served.root, seed, served.grading, served.secrets)
        try:
            outcome = judge(waiting.task)
        except (OSError, MemoryError, BrokenExecutor) as error:
            raise StarvedError(f"no process could judge it ({type(error).__name__})") from None
        if isinstance(outcome, StarvedError):
            raise outcome
        if isinstance(outcome, Judged) and outcome.starved:
            raise StarvedError("the machine was too busy for one of the answers")
        if isinstance(outcome, NotGradedError):
            return not_graded(handin.chapter, waiting.submission, outcome, waiting.digest)
        return graded(waiting, outcome)


def _submission(handin: HandIn) -> Submission:
    return Submission(handin.learner, Path(), handin.name, handed_in=handin.when)


def _reader(readers: _Readers, chapter: str) -> Reader:
    try:
        return readers.of(chapter)
    except OSError as error:
        raise StarvedError(f"no notebook can be read now ({error.strerror})") from None


class _Readers:
    """The reader of the chapter that came last: a process that is kept for the next notebook."""

    def __init__(self, root: Path) -> None:
        self._root, self._chapter = root, ""
        self._reader: Reader | None = None

    def of(self, chapter: str) -> Reader:
        if self._reader is None or chapter != self._chapter:
            self.close()
            self._reader, self._chapter = Reader(self._root, chapter), chapter
        return self._reader

    def close(self) -> None:
        if self._reader is not None:
            self._reader.__exit__()
            self._reader = None
