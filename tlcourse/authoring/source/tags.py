"""The tags of a cell: which framework it is for, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tlcourse.authoring.source.mistakes import Mistakes, suggestion
from tlcourse.frameworks import FRAMEWORKS

__all__ = ["BOTH", "TAGS", "Tags", "read_tags"]

BOTH = "both"
"""Says that prose after the code of one framework is for both all the same."""
TAGS = (
    *FRAMEWORKS,
    BOTH,
    "hide-input",
    "remove-input",
    "hide-output",
    "bookkeeping",
    "live-row",
    "slow",
    "raises-exception",
)


@dataclass(frozen=True)
class Tags:
    """A cell's tags, taken apart.

    Attributes
    ----------
    shown : tuple of str
        Those that the notebook keeps, in order of the alphabet.
    frameworks : tuple of str
        The frameworks that the cell is for.
    both : bool
        Whether the source says that it is for both, in so many words.
    """

    shown: tuple[str, ...]
    frameworks: tuple[str, ...]
    both: bool


def read_tags(tags: Any, kind: str, line: int, mistakes: Mistakes) -> Tags:
    """Take the tags of a cell apart, and note those that are not known or say nothing.

    Parameters
    ----------
    tags : str, list of str or None
        As in the cell's options.
    kind : "markdown" or "code"
    line : int
        Where the cell starts.
    """
    names = [tags] if isinstance(tags, str) else list(tags or [])
    for tag in names:
        if tag not in TAGS:
            mistakes.add(line, f"The tag {tag!r} is not known.", suggestion(str(tag), TAGS))
    own = tuple(name for name in FRAMEWORKS if name in names)
    if BOTH in names and (own or kind != "markdown"):
        where = "a cell with another framework's tag" if kind == "markdown" else "a code cell"
        mistakes.add(
            line,
            f"The tag 'both' on {where}.",
            "It says that prose after one framework's code is for both: take it out here.",
        )
    shown = tuple(sorted({str(name) for name in names} - {*FRAMEWORKS, BOTH}))
    return Tags(shown, own or FRAMEWORKS, BOTH in names)
