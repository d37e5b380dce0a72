"""Which of a student's notebooks counts? One that was worked in, the newest of these; a tie is noted."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tlcourse.grading.candidates import Candidate, Handed
from tlcourse.grading.model import NotGradedError, StarvedError
from tlcourse.grading.reader import Opened, Reader
from tlcourse.grading.reading import OtherNotebookError, read_bytes

__all__ = ["Chosen", "choose"]

_SECONDS = 60.0
"""For all notebooks of one student; those that are left then are not looked at."""
_SAME_TIME = 2.0
"""Seconds: a zip counts in steps of two."""
_NAMED = 8  # files, at most, that a note names


@dataclass(frozen=True)
class Chosen:
    """The notebook that counts.

    Attributes
    ----------
    opened : Opened
    content : bytes
        Of the file.
    shown : str
        The file's name, fit to be shown.
    notes : tuple of str
        What the instructor should know about the choice.
    """

    opened: Opened
    content: bytes
    shown: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Seen:
    candidate: Candidate
    opened: Opened | None = None
    problem: NotGradedError | None = None

    @property
    def rank(self) -> int:
        """Work comes before what cannot be read, and that before a blank, which would be worth 0 points."""
        if self.opened is None:
            return 0 if isinstance(self.problem, OtherNotebookError) else 3
        return (2 if self.opened.answered == 0 else 5) - (self.opened.other is not None)

    @property
    def why_not(self) -> str:
        """In brackets behind the name of a file that does not count."""
        if self.problem is not None:
            return f" ({self.problem.reason})"
        if self.opened is not None and self.opened.other is not None:
            return f" ({self.opened.other.reason})"
        return " (blank)" if self.opened is not None and self.opened.answered == 0 else ""


def choose(handed: Handed, reader: Reader) -> Chosen:
    """Read a student's notebooks and take the one that counts.

    Raises
    ------
    NotGradedError
        If none can be graded.
    StarvedError
        If the machine had no time for one of them: which one counts is not known then.
    """
    if handed.problem is not None:
        raise handed.problem
    seen = _look_at_all([c for c in handed.candidates if c.of_chapter] or handed.candidates, reader)
    tied = _best_and_newest(seen)
    chosen = tied[0]
    if chosen.opened is None:
        raise chosen.problem or NotGradedError("it cannot be read")
    if chosen.opened.other is not None:
        raise chosen.opened.other
    content = read_bytes(chosen.candidate.path)
    if hashlib.sha256(content).hexdigest() != chosen.opened.digest:
        raise NotGradedError("the file changed while it was read", "Grade it again.")
    notes = (*handed.notes, *_notes(chosen, seen, tied))
    return Chosen(chosen.opened, content, chosen.candidate.shown, notes)


def _look_at_all(candidates: Sequence[Candidate], reader: Reader) -> list[_Seen]:
    seen: list[_Seen] = []
    until = time.monotonic() + _SECONDS
    for candidate in candidates:
        if time.monotonic() > until:
            seen.append(_Seen(candidate, problem=NotGradedError("reading the others took too long")))
        else:
            seen.append(_look(candidate, reader))
    return seen


def _best_and_newest(seen: Sequence[_Seen]) -> list[_Seen]:
    """Of the notebooks with the best rank the newest, with all that are as new; the one that counts first."""
    best = max(each.rank for each in seen)
    pool = [each for each in seen if each.rank == best]
    turn, modified = max((each.candidate.turn, each.candidate.modified) for each in pool)
    tied = [
        each
        for each in pool
        if each.candidate.turn == turn and modified - each.candidate.modified < _SAME_TIME
    ]
    return sorted(tied, key=lambda each: (-_answered(each), len(each.candidate.shown), each.candidate.shown))


def _answered(seen: _Seen) -> int:
    return seen.opened.answered if seen.opened is not None else 0


def _look(candidate: Candidate, reader: Reader) -> _Seen:
    if candidate.problem is not None:
        return _Seen(candidate, problem=candidate.problem)
    try:
        return _Seen(candidate, reader.open(read_bytes(candidate.path), candidate.shown))
    except StarvedError:
        raise
    except NotGradedError as problem:
        return _Seen(candidate, problem=problem)


def _notes(chosen: _Seen, seen: Sequence[_Seen], tied: Sequence[_Seen]) -> list[str]:
    """What the instructor should know: which files do not count, and where the choice was not clear."""
    others = [each for each in seen if each is not chosen]
    if not others:
        return []
    listed = ", ".join(f"{each.candidate.shown}{each.why_not}" for each in others[:_NAMED])
    more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
    alone = sum(each.rank == chosen.rank for each in seen) == 1
    why = "the only one that was worked in" if _answered(chosen) and alone else "being the newest"
    digest = chosen.opened.digest if chosen.opened is not None else ""
    rivals = [each for each in tied[1:] if each.opened is None or not digest or each.opened.digest != digest]
    if rivals:
        why = "with the most answers" if _answered(chosen) > max(map(_answered, rivals)) else "by its name"
    notes = [f"{chosen.candidate.shown} counts, {why}; not counted: {listed}{more}"]
    if rivals:
        names = ", ".join(each.candidate.shown for each in (chosen, *rivals[:_NAMED]))
        notes.append(f"it is not clear which of these is the newest, please look: {names}")
    return notes
