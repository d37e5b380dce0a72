"""A chapter's source, read and checked as a whole."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tlcourse.authoring import myst
from tlcourse.authoring.source import exercise_cells
from tlcourse.authoring.source.bookkeeping import check_bookkeeping
from tlcourse.authoring.source.cells import Cell, read_cells
from tlcourse.authoring.source.clocks import check_clocks
from tlcourse.authoring.source.front_matter import read_front_matter
from tlcourse.authoring.source.ids import with_ids
from tlcourse.authoring.source.mistakes import Mistakes, SourceMistakes
from tlcourse.authoring.source.prose import check_prose, check_whose
from tlcourse.authoring.source.recorded import check_claims
from tlcourse.authoring.source.surroundings import context_for
from tlcourse.claims import ClaimsFile, claims_path, read_claims
from tlcourse.errors import SourceError
from tlcourse.frameworks import FRAMEWORKS

__all__ = ["Chapter", "chapter_paths", "committed_claims", "read_chapter", "read_chapters", "solutions"]

FILE_NAME = re.compile(r"^\d\d-[a-z0-9]+(-[a-z0-9]+)*\.md$")


@dataclass(frozen=True)
class Chapter:
    """A chapter's source, read: its front matter and its cells in order."""

    path: Path
    title: str
    question: str
    you_will: tuple[str, ...]
    cells: tuple[Cell, ...]
    text: str = field(repr=False)

    @property
    def name(self) -> str:
        """The file's name without its suffix, ``NN-words``."""
        return self.path.stem

    @property
    def number(self) -> int:
        """The number at the start of the file's name."""
        return int(self.name[:2])

    def of(self, framework: str) -> list[Cell]:
        """The cells of one framework's notebook."""
        return [cell for cell in self.cells if framework in cell.frameworks]

    def source_hash(self) -> str:
        """A hash of the whole text."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()[:16]


def chapter_paths(root: Path) -> list[Path]:
    """The chapters' sources of a course, in order."""
    return sorted((root / "book" / "chapters").glob("*.md"))


def read_chapter(path: str | Path, *, validate: bool = True) -> Chapter:
    """Read a chapter's source.

    Parameters
    ----------
    path : path
        A file of book/chapters.
    validate : bool
        Also check it against the exercises that exist, the claims that its cells record and what can be shown
        in JupyterLab. Without it, only its form is checked.

    Raises
    ------
    SourceMistakes
        All that is wrong with the file, each with its line and what to do.
    """
    path = Path(path)
    mistakes = Mistakes(path)
    chapter = _read(path, mistakes)
    if validate:
        _check(chapter, mistakes)
        if mistakes:
            raise mistakes.error()
    return chapter


def _read(path: Path, mistakes: Mistakes) -> Chapter:
    try:
        text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        mistakes.add(None, f"The file is not UTF-8 text ({error.reason}).", "Save it as UTF-8.")
        raise mistakes.error() from None
    except FileNotFoundError:
        mistakes.add(None, "There is no such file.", "Name a file of book/chapters.")
        raise mistakes.error() from None
    if not FILE_NAME.match(path.name):
        mistakes.add(
            None,
            f"A chapter cannot be called {path.name!r}.",
            "Call it NN-name.md: two digits, lower case.",
        )
    front = read_front_matter(text, mistakes)
    cells = with_ids(read_cells(text, mistakes), mistakes)
    if mistakes:
        raise mistakes.error()
    return Chapter(path, front.title, front.question, front.you_will, tuple(cells), text)


def _check(chapter: Chapter, mistakes: Mistakes) -> None:
    exercises = exercise_cells.catalogue()
    for cell in chapter.cells:
        if cell.kind == "code":
            exercise_cells.check_code(cell, exercises, mistakes)
        else:
            check_prose(cell, mistakes)
    exercise_cells.check_frameworks(chapter.cells, exercises, mistakes)
    check_whose(chapter.cells, mistakes)
    for framework in FRAMEWORKS:
        check_claims(chapter.of(framework), framework, mistakes)
        check_bookkeeping(chapter.of(framework), framework, mistakes)
        check_clocks(chapter.of(framework), mistakes)
        _check_conversion(chapter, framework, mistakes)


def _check_conversion(chapter: Chapter, framework: str, mistakes: Mistakes) -> None:
    """Convert the prose for JupyterLab and throw the result away: what cannot be shown is a mistake."""
    context = context_for(chapter.path, framework, "lab", None)
    for text in (chapter.title, chapter.question, *chapter.you_will):
        myst.money(text, 1, context)
    for cell in chapter.of(framework):
        if cell.kind == "markdown":
            myst.convert(cell.source, cell.line, context)
    for line, problem, fix in context.problems:
        mistakes.add(line, problem, fix)


def read_chapters(paths: Iterable[Path], *, validate: bool = True) -> list[Chapter]:
    """Read several chapters, and show the mistakes of all of them together.

    Parameters
    ----------
    paths : iterable of Path
        Files of book/chapters.
    validate : bool
        As for :func:`read_chapter`.

    Raises
    ------
    SourceMistakes
        If any file has a mistake, or one exercise is in two chapters.
    """
    chapters: list[Chapter] = []
    mistakes: list[SourceError] = []
    for path in paths:
        try:
            chapters.append(read_chapter(path, validate=validate))
        except SourceMistakes as error:
            mistakes.extend(error.mistakes)
    mistakes.extend(_shared_exercises(chapters))
    if mistakes:
        raise SourceMistakes(mistakes)
    return chapters


def _shared_exercises(chapters: Iterable[Chapter]) -> list[SourceError]:
    mistakes: list[SourceError] = []
    home: dict[str, str] = {}
    for chapter in chapters:
        for cell in chapter.cells:
            other = home.setdefault(cell.exercise, chapter.name) if cell.exercise else chapter.name
            if other != chapter.name:
                mistakes.append(
                    SourceError(
                        f"The exercise {cell.exercise!r} is in the chapter {other} too.",
                        "An exercise belongs to one chapter: take one of them out.",
                        f"book/chapters/{chapter.path.name}",
                        cell.line,
                    )
                )
    return mistakes


def committed_claims(chapter: Path, framework: str) -> ClaimsFile:
    """The committed claims file of a chapter in book/chapters (empty if it was never executed)."""
    return read_claims(claims_path(chapter.parent.parent / "claims", framework, chapter.stem))


def solutions(path: str | Path, framework: str) -> dict[str, tuple[str, str]]:
    """The solution and the blank stub of every exercise in a chapter.

    Parameters
    ----------
    path : path
        A file of book/chapters.
    framework : "torch" or "keras"

    Returns
    -------
    dict of exercise id to (solution source, stub source)
        The solution is without its markers.

    Raises
    ------
    SourceMistakes
        If the file cannot be read as a chapter.
    """
    chapter = read_chapter(path, validate=False)
    return {
        cell.exercise: (exercise_cells.solved(cell.source), exercise_cells.blank(cell.source))
        for cell in chapter.of(framework)
        if cell.exercise
    }
