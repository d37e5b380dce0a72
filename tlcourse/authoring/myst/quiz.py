"""The quiz that closes a chapter: YAML in a fenced ``{quiz}`` directive, every choice explained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

__all__ = ["Choice", "Question", "parse_quiz"]


@dataclass(frozen=True)
class Choice:
    """One answer to choose, whether it is right, and why."""

    text: str
    correct: bool
    explain: str


@dataclass(frozen=True)
class Question:
    """A question, its choices, and the line of the quiz (0 is its first) where it starts."""

    question: str
    choices: tuple[Choice, ...]
    line: int


Problem = tuple[int | None, str, str]
FORM = "Write `- question: …` with `choices:`, each with `text:`, `explain:` and, if right, `correct: true`."


def parse_quiz(text: str) -> tuple[list[Question], list[Problem]]:
    """Read a quiz: its questions, and what is wrong with it as (line within the quiz or None, problem, fix).

    Examples
    --------
    >>> questions, problems = parse_quiz("- question: Wet?\\n  choices: [{text: Yes, correct: true}]")
    >>> [problem for _, problem, _ in problems][0]
    'The quiz has 1 question.'
    """
    problems: list[Problem] = []
    try:
        loaded = yaml.safe_load(text)
        starts = _starts(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        detail = getattr(error, "problem", None) or str(error)
        return [], [
            (
                mark.line if mark else None,
                f"The quiz is not YAML: {detail}.",
                "Quote texts that hold a colon or a #, or start with a special character.",
            )
        ]
    if not isinstance(loaded, list):
        return [], [(None, "The quiz is not a list of questions.", FORM)]
    if not 3 <= len(loaded) <= 5:
        count = f"{len(loaded)} question" + ("" if len(loaded) == 1 else "s")
        problems.append((None, f"The quiz has {count}.", "A chapter's quiz has 3 to 5."))
    questions = [
        _question(item, number, line, problems)
        for number, (item, line) in enumerate(zip(loaded, starts, strict=True), 1)
    ]
    return [question for question in questions if question is not None], problems


def _question(item: Any, number: int, line: int, problems: list[Problem]) -> Question | None:
    if not isinstance(item, dict) or not item.get("question") or not isinstance(item.get("choices"), list):
        problems.append((line, f"Question {number} has no question, or no list of choices.", FORM))
        return None
    if unknown := sorted(str(key) for key in set(item) - {"question", "choices"}):
        problems.append((line, f"Question {number} has {', '.join(unknown)}, which is not known.", FORM))
    choices = [_choice(choice, number, line, problems) for choice in item["choices"]]
    if len(choices) < 2:
        problems.append(
            (line, f"Question {number} offers fewer than two choices.", "Add a wrong one that tempts.")
        )
    if not any(choice.correct for choice in choices):
        problems.append((line, f"Question {number} has no right answer.", "Mark it with `correct: true`."))
    return Question(str(item["question"]).strip(), tuple(choices), line)


def _starts(text: str) -> list[int]:
    """The line of every question, from YAML's own marks."""
    node = yaml.compose(text)
    return [item.start_mark.line for item in node.value] if isinstance(node, yaml.SequenceNode) else []


def _choice(choice: Any, number: int, line: int, problems: list[Problem]) -> Choice:
    if not isinstance(choice, dict) or "text" not in choice:
        problems.append((line, f"A choice of question {number} has no text.", "Write `- text: …`."))
        return Choice("", False, "")
    text = _words(choice["text"])
    if unknown := sorted(str(key) for key in set(choice) - {"text", "correct", "explain"}):
        problems.append(
            (
                line,
                f"The choice {text!r} has {', '.join(unknown)}, which is not known.",
                "Known: text, correct, explain.",
            )
        )
    if not isinstance(choice.get("correct", False), bool):
        problems.append(
            (line, f"The choice {text!r} has correct: {choice['correct']!r}.", "It is true or left out.")
        )
    explain = _words(choice.get("explain") or "")
    if not explain:
        problems.append(
            (
                line,
                f"The choice {text!r} of question {number} has no explanation.",
                "Add `explain:`; right choices need one too.",
            )
        )
    return Choice(text, choice.get("correct") is True, explain)


def _words(value: Any) -> str:
    """YAML reads an unquoted Yes as true: mended here; 0.50 becomes 0.5, and should be quoted."""
    return {True: "Yes", False: "No"}[value] if isinstance(value, bool) else str(value).strip()
