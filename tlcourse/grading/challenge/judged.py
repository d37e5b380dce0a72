"""From files of predictions to marks: tries counted, scores compared, feedback in words."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tlcourse.evaluation.intervals import Interval
from tlcourse.exercises import State
from tlcourse.grading.challenge.aliases import alias
from tlcourse.grading.challenge.alike import same_files, same_mistakes, too_good
from tlcourse.grading.challenge.bars import percent
from tlcourse.grading.challenge.handins import PREDICTIONS, HandedFile, HandIn
from tlcourse.grading.challenge.predictions import Predictions, read_predictions
from tlcourse.grading.challenge.scoring import board_of, exact_score
from tlcourse.grading.challenge.settings import Challenge
from tlcourse.grading.challenge.tries import Journal, Try
from tlcourse.grading.model import Finding, Mark, NotGradedError, Result
from tlcourse.grading.reading import read_bytes

__all__ = ["Judged", "Place", "judge", "line_up"]

ENOUGH = 50
"""Test images of a class from which on its share of rights is told, and only in tens of per cent."""


@dataclass(frozen=True)
class Place:
    """A line of the board.

    Attributes
    ----------
    student : str
        "" for the baseline.
    alias : str
        The name on the board that does not say who it is.
    rank : int or None
        None for the baseline.
    interval : Interval
        With the exact score.
    percent : int
        The score as it is shown.
    """

    student: str
    alias: str
    rank: int | None
    interval: Interval
    percent: int

    @property
    def span(self) -> tuple[int, int]:
        """The ends of the interval in whole per cent, rounded outwards."""
        return math.floor(100 * self.interval.low + 1e-9), math.ceil(100 * self.interval.high - 1e-9)


@dataclass
class Judged:
    """What came out for a class.

    Attributes
    ----------
    results : list of Result
        By student.
    board : list of Place
        From the best on, the baseline among them.
    warnings : list of str
        Identical files, files that are too good: for the instructor.
    tries : mapping of str to sequence of Try
    """

    results: list[Result] = field(default_factory=list)
    board: list[Place] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    tries: Mapping[str, Sequence[Try]] = field(default_factory=dict)

    def place(self, student: str) -> Place | None:
        """A student's line of the board."""
        return next((each for each in self.board if student and each.student == student), None)


@dataclass
class _Taken:
    """One student's files, read and counted."""

    notes: list[str]
    problem: NotGradedError | None = None
    counts: Try | None = None


def judge(hand_ins: Sequence[HandIn], challenge: Challenge, journal: Journal) -> Judged:
    """Count the tries, score what counts of each student, compare, and say it in words.

    Parameters
    ----------
    hand_ins : sequence of HandIn
    challenge : Challenge
    journal : Journal
        Gets the new tries, which are written before a score is worked out. Students who are in it only, with
        no file in this run, keep their last try.

    Raises
    ------
    DataError, CannotWriteError
        As `Journal`.
    """
    taken = {each.student: _take(each, challenge, journal) for each in hand_ins}
    for student, tries in journal.tries.items():
        if student not in taken:
            note = "there is no file of this student's in this run; the last try of an earlier run counts"
            taken[student] = _Taken([note], counts=tries[: challenge.rules.tries][-1])
    journal.write()
    counting = {student: each.counts for student, each in sorted(taken.items()) if each.counts is not None}
    predicted = {student: np.array(journal.predictions(each), np.int64) for student, each in counting.items()}
    board = line_up(predicted, challenge)
    judged = Judged(board=board, tries=journal.tries)
    judged.warnings += too_good(predicted, challenge.labels)
    judged.warnings += same_files(journal.tries)
    judged.warnings += same_mistakes(predicted, challenge.labels)
    for student in sorted(taken):
        judged.results.append(_result(student, taken[student], judged, challenge, predicted.get(student)))
    return judged


def _take(hand_in: HandIn, challenge: Challenge, journal: Journal) -> _Taken:
    """Read a student's files in their order, and count new predictions as tries as long as there are some."""
    student, limit = hand_in.student, challenge.rules.tries
    taken = _Taken(list(hand_in.notes))
    last = hand_in.problem
    if last is not None and journal.of(student):
        taken.notes.append(f"nothing of this run was scored, because {last.reason}")
    for file in hand_in.files:
        try:
            predictions, digest = _read(file, challenge)
        except NotGradedError as problem:
            last = problem
            taken.notes.append(f"{file.shown} was not scored, because {problem.reason}")
            continue
        taken.notes += [f"{file.shown}: {note}" for note in predictions.notes]
        if (before := journal.known(student, predictions)) is not None:
            if before != journal.of(student)[-1]:
                taken.notes.append(
                    f"{file.shown} says what try {before.number} said, so it is no new try and does not "
                    "become the last one"
                )
            continue
        if len(journal.of(student)) >= limit:
            taken.notes.append(
                f"{file.shown} was not scored, because {_tries(limit)} allowed and used; the last one of "
                "them counts"
            )
            continue
        journal.add(student, predictions, digest, file.shown)
    tries = journal.of(student)[:limit]
    if tries:
        taken.counts = tries[-1]
        taken.notes.append(f"{_used(len(tries), limit)}; {tries[-1].shown} counts, the last that was scored")
    else:
        taken.problem = last or NotGradedError("there is no file that can be scored")
        if len(hand_in.files) == 1:
            taken.notes = list(hand_in.notes)
    return taken


def _read(file: HandedFile, challenge: Challenge) -> tuple[Predictions, str]:
    if file.problem is not None:
        raise file.problem
    content = read_bytes(file.path, PREDICTIONS)
    predictions = read_predictions(content, challenge.files, challenge.rules.classes)
    return predictions, hashlib.sha256(content).hexdigest()


def _tries(limit: int) -> str:
    return "one try is" if limit == 1 else f"{limit} tries are"


def _used(number: int, limit: int) -> str:
    return f"{min(number, limit)} of {limit} {'try' if limit == 1 else 'tries'} used"


def line_up(predicted: Mapping[str, npt.NDArray[np.int64]], challenge: Challenge) -> list[Place]:
    """Everybody and the baseline, from the best on. The baseline has no rank, and takes none away.

    Parameters
    ----------
    predicted : mapping of str to int array (N,)
        Of each student the class's number for each test image.
    challenge : Challenge
    """
    rules = challenge.rules
    always = np.full(len(challenge.labels), rules.classes.index(rules.largest), np.int64)
    baseline = board_of(always[None], challenge)
    lines = [Place("", f"always {rules.largest!r}", None, baseline.intervals[0], percent(baseline.scores[0]))]
    if predicted:
        compared = board_of(np.stack(list(predicted.values())), challenge)
        lines += [
            Place(student, alias(student, rules.secret), rank, interval, percent(score))
            for student, rank, interval, score in zip(
                predicted, compared.ranks, compared.intervals, compared.scores, strict=True
            )
        ]
    # Within a rank and a shown score, the order must not tell more than is shown.
    return sorted(lines, key=lambda each: (-each.percent, each.rank or len(lines), each.alias))


def _result(
    student: str,
    taken: _Taken,
    judged: Judged,
    challenge: Challenge,
    predicted: npt.NDArray[np.int64] | None,
) -> Result:
    place, title = judged.place(student), challenge.rules.title
    if place is None or taken.counts is None or predicted is None:
        problem = taken.problem or NotGradedError("there is no file that can be scored")
        return Result(
            student=student,
            chapter=title,
            status="not graded",
            reason=problem.reason,
            advice=problem.advice,
            notes=tuple(taken.notes),
        )
    bars = challenge.rules.bars
    points = bars.points(exact_score(predicted, challenge))
    full = points >= bars.full
    mark = Mark(
        exercise_id="challenge",
        title="Predictions of the test images",
        state=State.PASS if full else State.PARTLY if points > 0 else State.NOT_YET,
        points=points,
        max_points=bars.full,
        findings=tuple(_findings(place, judged, challenge, predicted)),
    )
    return Result(
        student=student,
        chapter=title,
        status="graded",
        marks=(mark,),
        notes=tuple(taken.notes),
        shown=taken.counts.shown,
        digest=taken.counts.file_digest,
    )


def _findings(
    place: Place, judged: Judged, challenge: Challenge, predicted: npt.NDArray[np.int64]
) -> Iterator[Finding]:
    """What a student is told. Nothing here depends on one image alone, if there are a hundred or more."""
    rules, bars = challenge.rules, challenge.rules.bars
    low, high = place.span
    yield Finding(
        place.percent >= bars.bars[-1][0],
        f"Your {rules.measure} is {place.percent} %, rounded down (95 % interval: {low} to {high} %).",
    )
    higher = [score for score, _ in bars.bars if score > place.percent]
    if higher:
        yield Finding(False, f"The next bar is at {higher[0]} %.")
    baseline = next(each for each in judged.board if each.rank is None)
    better = place.interval.low > baseline.interval.value
    how = "clearly better than" if better else "not clearly better than"
    yield Finding(better, f"That is {how} always saying `{rules.largest}`, which gets {baseline.percent} %.")
    for number, name in enumerate(rules.classes):
        of = challenge.labels == number
        if of.sum() >= ENOUGH:
            tens = 10 * round(10 * float((predicted[of] == number).mean()))
            yield Finding(tens >= place.percent - 5, f"Of the images of `{name}`, about {tens} % are right.")
