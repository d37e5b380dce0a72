"""Grade a class: find, read, rebuild, spread over workers, keep each result, and stop for none of them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from tlcourse.errors import CourseError
from tlcourse.exercises.engine.registry import chapter_number
from tlcourse.grading import journal, store
from tlcourse.grading.candidates import Handed
from tlcourse.grading.each import Waiting, graded, not_graded, opened, to_judge
from tlcourse.grading.judging import Settings
from tlcourse.grading.keeping import locked, refuse_inside
from tlcourse.grading.model import NotGradedError, Rebuilt, Result, Submission
from tlcourse.grading.reader import Reader
from tlcourse.grading.record import load_record
from tlcourse.grading.sandbox.proof import Secrets
from tlcourse.grading.submissions import find_submissions
from tlcourse.grading.words import file_name
from tlcourse.grading.workers import judge_all, working_executor

__all__ = ["Graded", "Settings", "grade"]

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
        How many results were taken over from an earlier run.
    left_out : tuple of str
        What lay among the submissions without being one, and what else the instructor should know.
    """

    results: tuple[Result, ...]
    rebuilt: dict[str, Rebuilt]
    resumed: int = 0
    left_out: tuple[str, ...] = ()


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
        A folder or a zip, as `tlcourse.grading.submissions` knows them.
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
        Take over results of an earlier run where neither the file nor the settings have changed.
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
        Before any student's code has run: if there is nothing to grade, no sandbox, another run on the same
        folder, or if `out` lies within `place`. Later: if the disk is full; what was graded is kept.
    """
    refuse_inside(out, place)
    with locked(out):
        number = chapter_number(chapter)
        if jobs is not None and jobs < 1:
            raise CourseError(f"{jobs} worker processes cannot grade anything.", "Give --jobs 1 or more.")
        seed = store.read_seed(seed_file or out / "seed.txt")
        for side in ("torch", "keras") if framework == "auto" else (framework,):
            load_record(root, number, side)  # what is wrong with the course is found before anything runs
        journal.mend(out, store.load_all(out))
        secrets = Secrets.of(root, place, out, *([seed_file] if seed_file is not None else []))
        run = _Run(
            number,
            root,
            out,
            seed,
            settings or Settings(),
            secrets,
            resume=resume,
            originals=originals,
            progress=progress,
        )
        left_out = run.take_in_all(place, framework, students)
        run.judge(jobs, dask)
        results = tuple(run.results[student] for student in sorted(run.results))
        return Graded(results, run.rebuilt, run.resumed, left_out)


@dataclass
class _Run:
    """One grading of a class: every submission is taken in, then those that wait are judged."""

    chapter: str
    root: Path
    out: Path
    seed: int
    settings: Settings
    secrets: Secrets
    resume: bool
    originals: Path | None
    progress: Progress | None
    total: int = 0
    results: dict[str, Result] = field(default_factory=dict)
    rebuilt: dict[str, Rebuilt] = field(default_factory=dict)
    resumed: int = 0
    waiting: dict[str, Waiting] = field(default_factory=dict)

    def take_in_all(self, place: Path, framework: str, students: Collection[str]) -> tuple[str, ...]:
        """Find and read every submission; gives what was left out, each with its reason."""
        with (
            tempfile.TemporaryDirectory(prefix="tlcourse-class-") as scratch,
            Reader(self.root, self.chapter, framework) as reader,
        ):
            intake = find_submissions(place, self.chapter, Path(scratch), students)
            self.total = len(intake.submissions)
            for submission in intake.submissions:
                self.take_in(submission, reader)
        return intake.left_out

    def take_in(self, handed: Handed, reader: Reader) -> None:
        """Read a submission; it then has a result, or waits for one."""
        try:
            chosen = opened(handed, reader)
        except NotGradedError as problem:
            self._refuse(handed, problem)
            return
        waiting = to_judge(handed, chosen, self.root, self.seed, self.settings, self.secrets)
        student, submission, record = handed.student, waiting.submission, waiting.record
        if self.originals is not None:
            folder = self.originals / file_name(student) / record.assignment
            store.write_safely(folder / f"{record.name}.ipynb", chosen.content)
        earlier = store.load(self.out, student) if self.resume else None
        wanted = (waiting.digest, waiting.key, "graded")
        if earlier is not None and (earlier.digest, earlier.key, earlier.status) == wanted:
            self.resumed += 1
            self.rebuilt[student] = waiting.rebuilt
            notes = (*submission.notes, *waiting.rebuilt.notes)
            self._keep(earlier.model_copy(update={"shown": submission.shown, "notes": notes}))
            return
        self.waiting[student] = waiting

    def judge(self, jobs: int | None, dask: str | None) -> None:
        """Have those that wait judged by the workers."""
        if not self.waiting:
            return
        # By framework: a worker that changes sides starts another zygote.
        tasks = sorted(
            (each.task for each in self.waiting.values()), key=lambda task: (task.framework, task.student)
        )
        with working_executor(min(jobs or os.cpu_count() or 1, len(tasks)), dask) as executor:
            for student, outcome in judge_all(tasks, executor):
                waiting = self.waiting[student]
                if isinstance(outcome, NotGradedError):
                    self._refuse(waiting.submission, outcome, waiting.digest)
                else:
                    self.rebuilt[student] = waiting.rebuilt
                    self._keep(graded(waiting, outcome))

    def _refuse(self, submission: Submission, problem: NotGradedError, digest: str = "") -> None:
        self._keep(not_graded(self.chapter, submission, problem, digest))

    def _keep(self, result: Result) -> None:
        """Save a result, write the change down and report the progress."""
        before = store.load(self.out, result.student)
        store.save(self.out, result)
        reason = "graded" if before is None else "graded again"
        journal.note_change(self.out, before, result, reason)
        self.results[result.student] = result
        if self.progress is not None:
            self.progress(len(self.results), self.total, result)
