"""Which of one student's files may count? Their notebooks, the likeliest first; ``choosing`` opens them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tlcourse.grading.class_files import ClassFile
from tlcourse.grading.layouts import Owner
from tlcourse.grading.model import NotGradedError, Submission
from tlcourse.grading.reading import chapters_named
from tlcourse.grading.words import clean

__all__ = ["Candidate", "Handed", "OwnedFile", "handed_in"]

_MOST_NOTEBOOKS = 40
OwnedFile = tuple[Owner, ClassFile]


@dataclass(frozen=True)
class Candidate:
    """A notebook of a student's that may count.

    Attributes
    ----------
    path : pathlib.Path
    shown : str
        Relative, and fit to be shown.
    modified : float
        The time on the file, which the LMS, the zip or the copying set; never taken for a hand-in time.
    turn : int
        How often it was handed in before, as Canvas counts.
    of_chapter : bool
        Its name does not speak of another chapter.
    problem : NotGradedError or None
    """

    path: Path
    shown: str
    modified: float
    turn: int = 0
    of_chapter: bool = True
    problem: NotGradedError | None = None


@dataclass(frozen=True)
class Handed(Submission):
    """What one student handed in: all the notebooks that may count, the likeliest first."""

    candidates: tuple[Candidate, ...] = ()


def handed_in(student: str, sources: Mapping[str, Sequence[OwnedFile]], number: str) -> Handed:
    """One student's submission, with a problem where nothing of it can be opened.

    Parameters
    ----------
    student : str
    sources : mapping of str to list of (Owner, ClassFile)
        The student's files by the entry at the top of the class's folder that they came from.
    number : str
        The chapter's, two digits.
    """
    by_source = {source: _candidates(files, number) for source, files in sources.items()}
    relevant = _with_most_to_offer(by_source)
    if len(relevant) > 1:
        return _ambiguous(student, sorted(relevant))
    source, candidates = next(iter(relevant.items()))
    if not candidates:
        return _without_notebook(student, [file for _, file in sources[source]])
    first = candidates[0]
    notes: list[str] = []
    if first.shown in {file.shown for owner, file in sources[source] if owner.late}:
        notes.append("Canvas marks it as late; the roster may say when it was handed in")
    available = sum(c.of_chapter for c in candidates) or len(candidates)
    if available > _MOST_NOTEBOOKS:
        notes.append(f"only {_MOST_NOTEBOOKS} of {available} notebooks in the folder were looked at")
    return Handed(
        student,
        first.path,
        first.shown,
        notes=tuple(notes),
        problem=first.problem if len(candidates) == 1 else None,
        candidates=tuple(candidates[:_MOST_NOTEBOOKS]),
    )


def _candidates(files: Collection[OwnedFile], number: str) -> list[Candidate]:
    """A source's notebooks: those named after the chapter, others, those of other chapters; each by its age.

    Canvas's count goes before the time of the file.
    """
    candidates: list[Candidate] = []
    named_after_it: set[str] = set()
    for owner, file in files:
        if file.may_count:
            chapters = chapters_named(file.parts[-1])
            of_chapter = not chapters or number in chapters
            named_after_it |= {file.shown} if number in chapters else set()
            candidates.append(
                Candidate(file.path, file.shown, file.modified, owner.turn, of_chapter, file.problem)
            )
    return sorted(
        candidates,
        key=lambda c: (c.of_chapter, c.shown in named_after_it, c.turn, c.modified, c.shown),
        reverse=True,
    )


def _with_most_to_offer(by_source: Mapping[str, list[Candidate]]) -> Mapping[str, list[Candidate]]:
    """The sources with notebooks of the chapter; else those with any notebook; else all.

    Of one flat folder with several chapters, the other chapters' files are no second source.
    """
    of_chapter = {source: some for source, some in by_source.items() if any(c.of_chapter for c in some)}
    return of_chapter or {source: some for source, some in by_source.items() if some} or by_source


def _ambiguous(student: str, sources: Sequence[str]) -> Handed:
    """A student with several submissions: which one counts is for the instructor to say."""
    names = [_quoted(source) for source in sources]
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) < 6 else f"{', '.join(names[:5])}, …"
    how_many = {2: "two", 3: "three"}.get(len(names), str(len(names)))
    problem = NotGradedError(
        f"there are {how_many} submissions under this student's name: {listed}",
        "Find out which one is the student's, remove or rename the other, and grade again.",
    )
    return Handed(student, Path(), clean(", ".join(sources), 300), problem=problem)


def _quoted(source: str) -> str:
    """A name in quotation marks, with escapes beside it where two that differ could look the same."""
    shown = clean(source, 120)
    return f"{shown!r}" if shown.isascii() else f"{shown!r} ({shown!a})"


def _without_notebook(student: str, files: Sequence[ClassFile]) -> Handed:
    with_problem = (file for file in files if file.problem is not None)
    ordinary = (file for file in files if file.kind == "file")
    other = next(with_problem, None) or next(ordinary, files[0])
    what = "hidden file" if other.kind == "hidden" else "there"
    problem = other.problem or NotGradedError(
        f"there is no notebook among the student's files ({what}: {other.shown})",
        "Ask the student for the .ipynb file.",
    )
    return Handed(student, other.path, other.shown, problem=problem)
