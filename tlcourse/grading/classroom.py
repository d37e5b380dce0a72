"""Grade a class: find, read, rebuild, spread over workers, keep each result, and stop for none of them."""

from __future__ import annotations

import concurrent.futures as cf
import multiprocessing
import os
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import CourseError
from ..exercises.engine.registry import chapter_number
from . import journal, store
from .found import Handed, file_name, look
from .judging import Judged, Settings, Task, judge_task, leave_with
from .keeping import cannot_write, is_full, locked, refuse_inside, writing
from .model import NotGradedError, Rebuilt, Result, Submission
from .opening import Chosen, choose
from .reader import Reader
from .record import Record, load_record
from .sandbox.errors import SandboxUnavailableError
from .sandbox.proof import Secrets

__all__ = ["Graded", "Settings", "grade"]

_TRIES = 2
Progress = Callable[[int, int, Result], None]


@dataclass(frozen=True)
class Graded:
    """A class after grading.

    Attributes
    ----------
    results : tuple of Result
        By student.
    rebuilt : dict
        Student to the rebuilt notebook, of those that were graded.
    resumed : int
        How many were taken over from a run before.
    left_out : tuple of str
        What lay among the submissions and is none, and what else the instructor should know of the folder.
    """

    results: tuple[Result, ...]
    rebuilt: dict[str, Rebuilt]
    resumed: int = 0
    left_out: tuple[str, ...] = ()


def _refused(submission: Submission, chapter: str, problem: NotGradedError, digest: str = "") -> Result:
    return Result(
        student=submission.student,
        chapter=chapter,
        status="not graded",
        reason=problem.reason,
        advice=problem.advice,
        notes=submission.notes,
        shown=submission.shown,
        digest=digest,
        handed_in=submission.handed_in,
    )


def _opened(submission: Handed, reader: Reader) -> Chosen:
    """What counts of one student's files, read and rebuilt."""
    try:
        return choose(submission, reader)
    except NotGradedError:
        raise
    except OSError as error:
        if is_full(error):
            with writing(Path(tempfile.gettempdir())):
                raise
        raise NotGradedError(f"it cannot be read ({error.strerror})", "Look at it by hand.") from None
    except Exception as error:  # a file that nobody foresaw must not stop the class
        raise NotGradedError(f"it cannot be read ({type(error).__name__})", "Look at it by hand.") from None


@contextmanager
def _executor(jobs: int, dask: str | None) -> Iterator[Callable[[], Any]]:
    """A function that gives a working executor, a new one where the last one broke."""
    if dask is not None:
        from .cluster import connected

        with connected(dask) as executor:
            yield lambda: executor
        return
    made: list[cf.ProcessPoolExecutor] = []

    def get() -> cf.ProcessPoolExecutor:
        if not made or getattr(made[-1], "_broken", False):
            # Spawned: a fork would copy whatever the instructor's process has open.
            made.append(
                cf.ProcessPoolExecutor(
                    jobs,
                    mp_context=multiprocessing.get_context("spawn"),
                    initializer=leave_with,
                    initargs=(os.getpid(),),
                )
            )
        return made[-1]

    try:
        yield get
    finally:
        for executor in made:
            executor.shutdown(wait=True, cancel_futures=True)


def _judged(tasks: Sequence[Task], get: Callable[[], Any]) -> Iterator[tuple[str, Judged | NotGradedError]]:
    """Results as they come, one for each task, whatever happens to the workers."""
    tries = dict.fromkeys((task.student for task in tasks), 0)
    todo = {task.student: task for task in tasks}
    while todo:
        executor = get()
        # A task whose worker died is tried alone: the next death is then its own doing.
        alone = [task for task in todo.values() if tries[task.student] > 0]
        batch = alone[:1] if alone else list(todo.values())
        waiting = {executor.submit(judge_task, task): task for task in batch}
        for future in cf.as_completed(waiting):
            task = waiting[future]
            try:
                found: Judged | NotGradedError = future.result()
            except SandboxUnavailableError:
                raise
            except OSError as error:
                if is_full(error):
                    raise cannot_write(error, Path(tempfile.gettempdir())) from None
                found = _failed(error)
            except (BrokenProcessPool, cf.CancelledError):
                tries[task.student] += 1
                if tries[task.student] < _TRIES + 1:
                    continue
                found = NotGradedError(
                    "the process that graded it ended twice", "Look at the notebook by hand."
                )
            except Exception as error:
                found = _failed(error)
            del todo[task.student]
            yield task.student, found


def _failed(error: Exception) -> NotGradedError:
    return NotGradedError(
        f"the grader failed on it ({type(error).__name__}: {error})",
        "This is a mistake of the course; please report it with the notebook.",
    )


def grade(
    place: Path,
    chapter: str,
    out: Path,
    *,
    root: Path,
    framework: str = "auto",
    settings: Settings | None = None,
    seed_file: Path | None = None,
    jobs: int | None = None,
    dask: str | None = None,
    resume: bool = False,
    progress: Progress | None = None,
    originals: Path | None = None,
    students: Collection[str] = (),
) -> Graded:
    """Grade every submission of a class.

    Parameters
    ----------
    place : pathlib.Path
        A folder or a zip, as `tlcourse.grading.found` knows them.
    chapter : str
        "02".
    out : pathlib.Path
        Where results are kept, one file a student; made if missing.
    root : pathlib.Path
        The course's folder.
    framework : {"auto", "torch", "keras"}
    settings : Settings, optional
    seed_file : pathlib.Path, optional
        Of the secret seed; ``out/seed.txt`` by default, made where it is missing.
    jobs : int, optional
        Worker processes; one for each core by default.
    dask : str, optional
        Address of a Dask scheduler, in place of local processes.
    resume : bool
        Take over results of a run before, for files and settings that have not changed.
    progress : callable, optional
        ``progress(done, all, result)`` after each submission.
    originals : pathlib.Path, optional
        Where to keep the files that count, as nbgrader keeps them: ``STUDENT/chapter-NN/NAME.ipynb``.
    students : collection of str
        Those of the roster, where there is one.

    Returns
    -------
    Graded
        One result for each student: graded, or not graded with a reason.

    Raises
    ------
    CourseError
        If there is nothing to grade, no sandbox, another run on the same folder, or `out` lies within
        `place`: before any student's code has run. If the disk is full: then what was graded is kept.
    """
    refuse_inside(out, place)
    with locked(out):
        return _grade(
            place, chapter, out, root, framework, settings, seed_file,
            jobs, dask, resume, progress, originals, students,
        )  # fmt: skip


def _grade(
    place: Path,
    chapter: str,
    out: Path,
    root: Path,
    framework: str,
    settings: Settings | None,
    seed_file: Path | None,
    jobs: int | None,
    dask: str | None,
    resume: bool,
    progress: Progress | None,
    originals: Path | None,
    students: Collection[str],
) -> Graded:
    number, settings = chapter_number(chapter), settings or Settings()
    if jobs is not None and jobs < 1:
        raise CourseError(f"{jobs} worker processes cannot grade anything.", "Give --jobs 1 or more.")
    seed = store.read_seed(seed_file or out / "seed.txt")
    for side in ("torch", "keras") if framework == "auto" else (framework,):
        load_record(root, number, side)
    journal.mend(out, store.load_all(out))
    secrets = Secrets.of(root, place, out, *([seed_file] if seed_file is not None else []))
    results: dict[str, Result] = {}
    rebuilt: dict[str, Rebuilt] = {}
    tasks: list[Task] = []
    about: dict[str, tuple[Submission, str, str]] = {}
    resumed = 0
    with (
        tempfile.TemporaryDirectory(prefix="tlcourse-found-") as scratch,
        Reader(root, number, framework) as reader,
    ):
        found = look(place, number, Path(scratch), students)

        def keep(result: Result) -> None:
            before = store.load(out, result.student)
            store.save(out, result)
            journal.note_change(out, before, result, "graded" if before is None else "graded again")
            results[result.student] = result
            if progress is not None:
                progress(len(results), len(found.submissions), result)

        for submission in found.submissions:
            student = submission.student
            try:
                chosen = _opened(submission, reader)
            except NotGradedError as problem:
                keep(_refused(submission, number, problem))
                continue
            made, digest = chosen.opened.rebuilt, chosen.opened.digest
            submission = replace(submission, shown=chosen.shown, notes=chosen.notes)
            record = load_record(root, number, made.framework)
            key = store.grading_key(record, seed, settings)
            rebuilt[student] = made
            if originals is not None:
                own = originals / file_name(student) / record.assignment / f"{record.name}.ipynb"
                store.write_safely(own, chosen.content)
            old = store.load(out, student) if resume else None
            if old is not None and (old.digest, old.key, old.status) == (digest, key, "graded"):
                resumed += 1
                keep(
                    old.model_copy(
                        update={"shown": submission.shown, "notes": (*submission.notes, *made.notes)}
                    )
                )
                continue
            about[student] = (submission, digest, key)
            tasks.append(_task(student, made, record, seed, settings, secrets))
    # By framework: a worker that changes sides starts another zygote.
    tasks.sort(key=lambda task: (task.framework, task.student))
    jobs = min(jobs or os.cpu_count() or 1, max(1, len(tasks)))
    if tasks:
        with _executor(jobs, dask) as get:
            for student, judged in _judged(tasks, get):
                about_it, digest, key = about[student]
                if isinstance(judged, NotGradedError):
                    keep(_refused(about_it, number, judged, digest))
                    rebuilt.pop(student, None)
                    continue
                keep(
                    Result(
                        student=student,
                        chapter=number,
                        status="graded",
                        framework=rebuilt[student].framework,
                        marks=judged.marks,
                        notes=(*about_it.notes, *rebuilt[student].notes),
                        shown=about_it.shown,
                        digest=digest,
                        handed_in=about_it.handed_in,
                        seconds=round(judged.seconds, 3),
                        protections=judged.protections,
                        key=key,
                    )
                )
    return Graded(tuple(results[student] for student in sorted(results)), rebuilt, resumed, found.left_out)


def _task(
    student: str, made: Rebuilt, record: Record, seed: int, settings: Settings, secrets: Secrets
) -> Task:
    stubs = {exercise.id: record.stub(exercise.id) for exercise in record.exercises}
    return Task(student, record.chapter, made.framework, made.answers, stubs, seed, settings, secrets)
