"""Walks over the text of a Markdown cell: fenced blocks go to their directives, the rest is running text."""

from __future__ import annotations

import re

from tlcourse.authoring.myst import site
from tlcourse.authoring.myst.blocks import closing, opening, read_block
from tlcourse.authoring.myst.context import Context
from tlcourse.authoring.myst.directives import lab_directive
from tlcourse.authoring.myst.dollars import written
from tlcourse.authoring.myst.text import running_text

__all__ = ["convert"]


def convert(text: str, line: int, context: Context) -> str:
    """Convert the text of one Markdown cell, whose first line is line `line` of the source file.

    Examples
    --------
    >>> from pathlib import Path
    >>> context = Context("lab", "torch", "01-x", Path("."))
    >>> print(convert(":::{tip}\\nRun it {kbd}`Ctrl`.\\n:::", 1, context))
    <blockquote>
    <BLANKLINE>
    **Tip**
    <BLANKLINE>
    Run it <kbd>Ctrl</kbd>.
    <BLANKLINE>
    </blockquote>
    """
    lines = text.split("\n")
    out: list[str] = []
    start = 0  # of the running text that is not converted yet
    index = 0
    while index < len(lines):
        head = opening(lines[index])
        if head is None:
            index += 1
            continue
        _put_text(lines[start:index], line + start, context, out)
        end = closing(lines, index, head["run"])
        if end is None:
            context.mistake(
                line + index,
                f"The block that {head['run']} opens is never closed.",
                f"Add a line with {head['run']} after its last line.",
            )
            start = len(lines)
            break
        _put_block(head, lines[index : end + 1], line + index, context, out)
        start = index = end + 1
    _put_text(lines[start:], line + start, context, out)
    shown = written("\n".join(out), context.flavour)
    return re.sub(r"\n{3,}", "\n\n", shown).strip("\n") if context.lab else shown.strip("\n")


def _put_text(lines: list[str], line: int, context: Context, out: list[str]) -> None:
    if lines:
        out.append(running_text("\n".join(lines), line, context))


def _put_block(head: re.Match[str], lines: list[str], line: int, context: Context, out: list[str]) -> None:
    """Put what a fenced block becomes; `lines` are all of its lines, fences too."""
    indent, run = head["indent"], head["run"]
    if head["name"] is None and run[0] == ":":
        context.mistake(
            line,
            f"'{lines[0].strip()}' does not open a directive.",
            f"Write {run}{{note}}, or another directive.",
        )
    elif head["name"] is None:
        out.append("\n".join(lines))  # plain code: shown as it is
    else:
        inner = [row.removeprefix(indent) for row in lines[1:-1]]
        block = read_block(head, inner, line, context, convert)
        converted = lab_directive(block, context) if context.lab else site.directive(block, context)
        out.append("\n".join(indent + row if row else row for row in converted.split("\n")))
