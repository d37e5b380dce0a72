"""An author's mistakes: collected, not raised one by one, so that one run shows them all."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

from tlcourse.errors import SourceError

__all__ = ["Mistakes", "SourceMistakes", "suggestion"]


class SourceMistakes(SourceError):
    """All the mistakes found in one or more sources; `mistakes` holds them one by one."""

    def __init__(self, mistakes: Iterable[SourceError]) -> None:
        self.mistakes = tuple(mistakes)
        first = self.mistakes[0]
        super().__init__(first.problem, first.fix, first.file, first.line)
        self.problem = "\n".join(mistake.problem for mistake in self.mistakes)

    def __str__(self) -> str:
        count = len(self.mistakes)
        head = "1 mistake" if count == 1 else f"{count} mistakes"
        return "\n".join([f"{head} in the chapters' sources:", *(str(mistake) for mistake in self.mistakes)])


class Mistakes:
    """The mistakes found so far in one source.

    Examples
    --------
    >>> mistakes = Mistakes(Path("book/chapters/01-x.md"))
    >>> mistakes.add(7, "There is no figure.", "Draw one.")
    >>> print(mistakes.error().mistakes[0])
    book/chapters/01-x.md:7: There is no figure.
      What to do: Draw one.
    """

    def __init__(self, path: Path) -> None:
        # What an author sees and can click on in a terminal: relative to the course's folder.
        self.file = "/".join(path.parts[-3:]) if path.parts[-3:-1] == ("book", "chapters") else path.name
        self._collected: dict[tuple[int | None, str], SourceError] = {}

    def add(self, line: int | None, problem: str, fix: str) -> None:
        """Note a mistake. What both frameworks have is checked twice, and noted once."""
        self._collected.setdefault((line, problem), SourceError(problem, fix, self.file, line))

    def on_line(self, line: int) -> bool:
        """Whether something was noted on a line."""
        return any(mistake.line == line for mistake in self._collected.values())

    def __bool__(self) -> bool:
        return bool(self._collected)

    def error(self) -> SourceMistakes:
        """All of them, by line, to be raised; there must be one."""
        return SourceMistakes(sorted(self._collected.values(), key=lambda mistake: mistake.line or 0))


def suggestion(name: str, known: Iterable[str]) -> str:
    """What an unknown name may have meant, and what there is.

    Examples
    --------
    >>> suggestion("tocrh", ["torch", "keras"])
    "Did you mean 'torch'? Known: torch, keras."
    """
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return (f"Did you mean {close[0]!r}? " if close else "") + f"Known: {', '.join(names[:40])}."
