"""The answers of an exercise's folder: real Python in percent format, a cell for each answer.

``answers_torch.py`` and ``answers_keras.py`` hold the cells of one framework, ``answers.py`` those that need
none and count for both. The line above a cell says what it is::

    # %% [right] pandas groupby
    # %% [wrong] ignores the seed: "a generator that does not know the seed"
    # %% [wrong] one too many

A wrong answer with a message in quotes is a known misconception: its name is what the class report counts,
and the message is a part of what `check` must say. One without is wrong in a way that the judge does not
know by name. Nothing here is imported, or read, while a learner works.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tlcourse.errors import CourseError
from tlcourse.exercises.engine.model import Misconception

__all__ = ["FILES", "Answer", "WrongAnswers", "answers_in", "read_answers"]

FILES = {
    "answers.py": ("torch", "keras"),
    "answers_torch.py": ("torch",),
    "answers_keras.py": ("keras",),
}
"""What a file of answers may be called -> the frameworks that its cells are for."""
_HEADER = re.compile(r"# %% \[(?P<kind>right|wrong)\] (?P<name>[^:\"]+?)(?:: (?P<message>\".+\"))?")


@dataclass(frozen=True)
class Answer:
    """One cell of a file of answers: a whole answer, as a learner might write it.

    ``kind`` is "right" or "wrong"; ``message`` is a part of what a known misconception must get, and None for
    every other answer. ``path`` and ``line`` say where the header stands.
    """

    kind: str
    name: str
    source: str
    frameworks: tuple[str, ...]
    message: str | None
    path: Path
    line: int


def _mistake(path: Path, line: int, problem: str, fix: str) -> CourseError:
    shown = "/".join(path.parts[-3:])
    return CourseError(f"{shown}, line {line}: {problem}", fix)


def _header(path: Path, line: int, text: str) -> re.Match[str]:
    header = _HEADER.fullmatch(text.rstrip())
    if header is None:
        raise _mistake(
            path,
            line,
            f"this is not the header of an answer: {text.strip()}",
            'Write "# %% [right] NAME", "# %% [wrong] NAME" or, for a known misconception,'
            ' "# %% [wrong] NAME: "a part of its message"".',
        )
    if header["message"] and header["kind"] == "right":
        raise _mistake(path, line, "a right answer has no message to get.", "Leave the message out.")
    return header


def _message(path: Path, line: int, literal: str | None) -> str | None:
    try:
        return None if literal is None else str(ast.literal_eval(literal))
    except (SyntaxError, ValueError):
        raise _mistake(
            path,
            line,
            f"the message {literal} is not a string of Python.",
            'Put it between two ", with \\" for one inside.',
        ) from None


def read_answers(path: Path) -> tuple[Answer, ...]:
    """The cells of one file of answers, in their order.

    Parameters
    ----------
    path : pathlib.Path
        A file with one of the names in `FILES`.

    Raises
    ------
    CourseError
        With the file and the line: for a header that cannot be read, code above the first one, a cell that
        is empty or that Python cannot read, and two cells with one name.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    starts = [number for number, text in enumerate(lines) if text.startswith("# %%")]
    above = lines[: starts[0]] if starts else lines
    if ast.parse("\n".join(above)).body[1:] or (above and not _is_docstring("\n".join(above))):
        raise _mistake(path, 1, "code stands above the first answer.", "Put it into the cell that needs it.")
    answers: dict[str, Answer] = {}
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        header = _header(path, start + 1, lines[start])
        source = "\n".join(lines[start + 1 : end]).strip("\n") + "\n"
        try:
            body = ast.parse(source).body
        except SyntaxError as error:
            where = start + 1 + (error.lineno or 1)
            raise _mistake(path, where, f"Python cannot read it: {error.msg}.", "Mend that line.") from None
        if not body:
            raise _mistake(path, start + 1, "there is no code in this cell.", "Write the answer below it.")
        name = header["name"]
        if name in answers:
            other = answers[name].line
            raise _mistake(
                path, start + 1, f"{name!r} stands on line {other} already.", "Give it another name."
            )
        message = _message(path, start + 1, header["message"])
        answers[name] = Answer(header["kind"], name, source, FILES[path.name], message, path, start + 1)
    return tuple(answers.values())


def _is_docstring(source: str) -> bool:
    body = ast.parse(source).body
    return not body or (isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant))


def answers_in(folder: Path) -> tuple[Answer, ...]:
    """All answers of an exercise's folder; none where its files are not there, as in the grader's sandbox.

    Raises
    ------
    CourseError
        As `read_answers`; and if one name stands twice for a framework, or gets another kind or message in
        one framework than in the other.
    """
    answers: list[Answer] = []
    for name in FILES:
        for answer in read_answers(folder / name) if (folder / name).is_file() else ():
            for other in answers:
                if other.name == answer.name:
                    _fits(other, answer)
            answers.append(answer)
    return tuple(answers)


def _fits(first: Answer, second: Answer) -> None:
    if set(first.frameworks) & set(second.frameworks):
        problem = f"{second.name!r} stands in {first.path.name} too, which is for both frameworks."
        raise _mistake(second.path, second.line, problem, "Keep one of them, or rename it.")
    if (first.kind, first.message) != (second.kind, second.message):
        problem = f"{second.name!r} has another header in {first.path.name}."
        raise _mistake(second.path, second.line, problem, "Write the same header for both frameworks.")


class WrongAnswers(Sequence[Misconception]):
    """The known misconceptions of a folder, read from its files when somebody asks for them.

    A learner's `check` does not ask, so no wrong answer is read beside their code.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: tuple[Misconception, ...] | None = None

    def _all(self) -> tuple[Misconception, ...]:
        if self._read is None:
            self._read = tuple(_misconceptions(answers_in(self._folder)))
        return self._read

    def __len__(self) -> int:
        return len(self._all())

    def __getitem__(self, place):  # type: ignore[no-untyped-def]
        return self._all()[place]


def _misconceptions(answers: Sequence[Answer]) -> Iterator[Misconception]:
    known = [answer for answer in answers if answer.message is not None]
    for name in dict.fromkeys(answer.name for answer in known):
        cells = [answer for answer in known if answer.name == name]
        sources = {framework: answer.source for answer in cells for framework in answer.frameworks}
        yield Misconception(name, sources, str(cells[0].message))
