"""One submission on its way to a result: opened, made into a task, judged or refused.

The same for a class in a folder (``classroom``) and for a hand-in that came over the network (``service``).
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from tlcourse.grading import store
from tlcourse.grading.candidates import Handed
from tlcourse.grading.choosing import Chosen, choose
from tlcourse.grading.judging import Judged, Settings, Task
from tlcourse.grading.keeping import cannot_write, is_full
from tlcourse.grading.model import NotGradedError, Rebuilt, Result, Submission
from tlcourse.grading.reader import Reader
from tlcourse.grading.record import Record, load_record
from tlcourse.grading.sandbox.proof import Secrets

__all__ = ["Waiting", "graded", "not_graded", "opened", "to_judge"]

_BUSY = "the machine was too busy for one of the answers: grade it again when it is less busy"


@dataclass(frozen=True)
class Waiting:
    """A submission that was read and has to be judged.

    Attributes
    ----------
    submission : Submission
        Its notes say which of several files counts.
    rebuilt : Rebuilt
    record : Record
        What it was rebuilt from.
    digest : str
        SHA-256 of the file, hexadecimal.
    key : str
        As `tlcourse.grading.store.grading_key`.
    task : Task
    """

    submission: Submission
    rebuilt: Rebuilt
    record: Record
    digest: str
    key: str
    task: Task


def opened(handed: Handed, reader: Reader) -> Chosen:
    """What counts of one student's files, read and rebuilt.

    Raises
    ------
    NotGradedError
        Whatever the file is.
    CannotWriteError
        If the disk is full.
    """
    try:
        return choose(handed, reader)
    except NotGradedError:
        raise
    except OSError as error:
        if is_full(error):
            raise cannot_write(error, Path(tempfile.gettempdir())) from None
        raise NotGradedError(f"it cannot be read ({error.strerror})", "Look at it by hand.") from None
    except Exception as error:  # a file that nobody foresaw must not stop the class
        raise NotGradedError(f"it cannot be read ({type(error).__name__})", "Look at it by hand.") from None


def to_judge(
    handed: Handed, chosen: Chosen, root: Path, seed: int, settings: Settings, secrets: Secrets
) -> Waiting:
    """The task that judges what `opened` gave.

    Parameters
    ----------
    handed : Handed
    chosen : Chosen
    root : pathlib.Path
        The course's folder.
    seed : int
        The secret one.
    settings : Settings
    secrets : Secrets
        What no answer may see.
    """
    rebuilt = chosen.opened.rebuilt
    record = load_record(root, rebuilt.chapter, rebuilt.framework)
    stubs = {exercise.id: record.stub(exercise.id) for exercise in record.exercises}
    task = Task(
        handed.student, record.chapter, rebuilt.framework, rebuilt.answers, stubs, seed, settings, secrets
    )
    submission = replace(handed, shown=chosen.shown, notes=chosen.notes)
    key = store.grading_key(record, seed, settings)
    return Waiting(submission, rebuilt, record, chosen.opened.digest, key, task)


def graded(waiting: Waiting, judged: Judged) -> Result:
    """The result of a submission that was judged."""
    submission = waiting.submission
    busy = (_BUSY,) if judged.starved else ()
    return Result(
        student=submission.student,
        chapter=waiting.record.chapter,
        status="graded",
        framework=waiting.rebuilt.framework,
        marks=judged.marks,
        notes=(*submission.notes, *waiting.rebuilt.notes, *busy),
        shown=submission.shown,
        digest=waiting.digest,
        handed_in=submission.handed_in,
        seconds=round(judged.seconds, 3),
        protections=judged.protections,
        key=waiting.key,
    )


def not_graded(chapter: str, submission: Submission, problem: NotGradedError, digest: str = "") -> Result:
    """The result of a submission that cannot be graded: a state of its own, with the reason."""
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
