"""Fenced blocks: a run of backticks, tildes or colons, perhaps a directive's name, options, a body."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import yaml

from tlcourse.authoring.myst.context import Context

__all__ = ["Block", "closing", "opening", "read_block"]

_FENCE = re.compile(r"^(?P<indent>\s*)(?P<run>`{3,}|~{3,}|:{3,})\s*(?:\{(?P<name>[\w:+.-]+)\})?(?P<rest>.*)$")
_OPTION = re.compile(r"^:([\w-]+):\s*(.*)$")


@dataclass(frozen=True)
class Block:
    """A fenced directive.

    Attributes
    ----------
    name, argument : str
        ``{name} argument``.
    options : dict of str to str
    body : list of str
        The lines after the options.
    line, body_line : int
        Where the block, and where its body starts in the source's file.
    run : str
        The backticks or colons around it.
    convert : callable
        ``convert(text, line, context)``, for what is inside.
    """

    name: str
    argument: str
    options: dict[str, str]
    body: list[str]
    line: int
    body_line: int
    run: str
    convert: Callable[[str, int, Context], str]

    def inside(self, context: Context) -> str:
        """The body, converted."""
        return self.convert("\n".join(self.body), self.body_line, context)


def opening(row: str) -> re.Match[str] | None:
    """The parts of a line that opens a fenced block (indent, run, name, rest); None if it opens none."""
    match = _FENCE.match(row)
    # Backticks after the opening run mean a code span such as ```` ```x``` ````, not a fence.
    return None if match is None or (match["run"][0] == "`" and "`" in match["rest"]) else match


def closing(lines: list[str], start: int, run: str) -> int | None:
    """The line that closes the block opened on line `start` by `run`; None if there is none."""
    for index in range(start + 1, len(lines)):
        stripped = lines[index].strip()
        if len(stripped) >= len(run) and stripped == run[0] * len(stripped):
            return index
    return None


def read_block(
    head: re.Match[str],
    inner: list[str],
    line: int,
    context: Context,
    convert: Callable[[str, int, Context], str],
) -> Block:
    """Read a directive: its options, YAML between --- lines or ``:key: value`` lines, then its body.

    Parameters
    ----------
    head : match
        What `opening` gave, with a name.
    inner : list of str
        The lines between the fences.
    line : int
        Where the block starts.
    """
    options: dict[str, str] = {}
    skip = 0
    if inner and inner[0].strip() == "---":
        end = next((i for i, row in enumerate(inner[1:], 1) if row.strip() == "---"), len(inner) - 1)
        try:
            loaded = yaml.safe_load("\n".join(inner[1:end])) or {}
            options = {str(key): str(value) for key, value in loaded.items()}
        except (yaml.YAMLError, AttributeError) as error:
            context.mistake(
                line, f"The options of {{{head['name']}}} are not YAML: {error}", "Write `key: value` lines."
            )
        skip = end + 1
    else:
        while skip < len(inner) and (match := _OPTION.match(inner[skip])):
            options[match[1]] = match[2].strip()
            skip += 1
    return Block(
        head["name"], head["rest"].strip(), options, inner[skip:], line, line + 1 + skip, head["run"], convert
    )
