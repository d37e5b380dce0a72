"""The front matter of a chapter: its title, its question, and what the reader will be able to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.front_matter import front_matter_plugin

from tlcourse.authoring.source.mistakes import Mistakes

__all__ = ["FrontMatter", "read_front_matter", "title_of"]

FORM = "Begin the file with a block between --- lines that has tlcourse: title, question, you_will."
KEYS = ("title", "question", "you_will")
_PARSER = MarkdownIt("zero").use(front_matter_plugin)


@dataclass(frozen=True)
class FrontMatter:
    """What stands under ``tlcourse:`` at the head of a chapter."""

    title: str
    question: str
    you_will: tuple[str, ...]


def read_front_matter(text: str, mistakes: Mistakes) -> FrontMatter:
    """Read the front matter of a chapter's text; what is missing is noted, and empty in the result.

    Raises
    ------
    SourceMistakes
        If there is none at all, or it cannot be read.
    """
    block = _block(text)
    if block is None:
        mistakes.add(1, "The file has no front matter.", FORM)
        raise mistakes.error()
    try:
        loaded = yaml.safe_load(block)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        detail = getattr(error, "problem", None) or "it cannot be read"
        mistakes.add(
            mark.line + 2 if mark else 1,
            f"The front matter is not YAML: {detail}.",
            "Quote values that hold a colon followed by a space.",
        )
        raise mistakes.error() from None
    front = loaded.get("tlcourse") if isinstance(loaded, dict) else None
    if not isinstance(front, dict):
        mistakes.add(1, "The front matter has no tlcourse block.", FORM)
        raise mistakes.error()
    _check(front, 2 + _row_of("tlcourse:", block), mistakes)
    you_will = front.get("you_will")
    return FrontMatter(
        str(front.get("title", "")),
        str(front.get("question", "")),
        tuple(you_will) if isinstance(you_will, list) else (),
    )


def title_of(path: Path) -> str:
    """The title of a chapter; where none can be read, the name of its file."""
    block = _block(path.read_text(encoding="utf-8", errors="replace"))
    try:
        return str(yaml.safe_load(block or "")["tlcourse"]["title"])
    except (yaml.YAMLError, KeyError, TypeError):
        return path.stem


def _block(text: str) -> str | None:
    """The YAML between the two lines of ``---``."""
    tokens = _PARSER.parse(text)
    return tokens[0].content if tokens and tokens[0].type == "front_matter" else None


def _row_of(start: str, block: str) -> int:
    return next((row for row, text in enumerate(block.split("\n")) if text.startswith(start)), 0)


def _check(front: dict[str, Any], line: int, mistakes: Mistakes) -> None:
    for key in ("title", "question"):
        if not isinstance(front.get(key), str) or not front[key].strip():
            mistakes.add(
                line,
                f"tlcourse: {key} is missing, or is not text.",
                f"Add `{key}: …` (in quotes if it holds a colon).",
            )
    you_will = front.get("you_will")
    if not isinstance(you_will, list) or not you_will or not all(isinstance(item, str) for item in you_will):
        mistakes.add(
            line,
            "tlcourse: you_will is not a list of texts.",
            "Say what the reader will be able to do, one text per line.",
        )
    if unknown := sorted(str(key) for key in set(front) - set(KEYS)):
        mistakes.add(line, f"tlcourse: {', '.join(unknown)} is not known.", f"Known: {', '.join(KEYS)}.")
