"""What is changed in MyST for the site; everything else is Sphinx's to read.

Claims have another value on the page of each framework. Both pages are in one Sphinx project, so the labels
of a chapter get the framework's name in front. Quizzes fold, as in a notebook.
"""

from __future__ import annotations

from tlcourse.authoring.myst.blocks import Block
from tlcourse.authoring.myst.context import Context
from tlcourse.authoring.myst.directives import is_directive, quiz
from tlcourse.authoring.myst.text import inline

__all__ = ["directive"]

VERBATIM = frozenset({"math", "code-block", "code", "bibliography"})


def directive(block: Block, context: Context) -> str:
    """A directive as the site's source has it."""
    if not is_directive(block, context):
        return ""
    return quiz(block, context) if block.name == "quiz" else _again(block, context)


def _again(block: Block, context: Context) -> str:
    """The directive once more, with its body converted and its label made the framework's own."""
    options = dict(block.options)
    for key in ("name", "label"):
        if key in options:
            options[key] = f"{context.framework}-{options[key]}"
    body = "\n".join(block.body) if block.name in VERBATIM else block.inside(context)
    argument = f" {inline(block.argument, block.line, context)}" if block.argument else ""
    rows = [f"{block.run}{{{block.name}}}{argument}"]
    rows += [f":{key}: {value}".rstrip() for key, value in options.items()]
    if options and body:
        rows.append("")
    return "\n".join([*rows, *([body] if body else []), block.run])
