"""Each directive in a notebook."""

from __future__ import annotations

from collections.abc import Callable

from tlcourse.authoring.myst.blocks import Block
from tlcourse.authoring.myst.context import Context
from tlcourse.authoring.myst.links import attach
from tlcourse.authoring.myst.quiz import parse_quiz
from tlcourse.authoring.myst.roles import suggest
from tlcourse.authoring.myst.text import inline, summary, to_html

__all__ = ["ADMONITIONS", "DIRECTIVES", "is_directive", "lab_directive", "quiz"]

ADMONITIONS = {
    "note": "Note",
    "important": "Important",
    "seealso": "See also",
    "admonition": "",
    "margin": "",
    "tip": "Tip",
    "hint": "Hint",
    "warning": "Warning",
    "caution": "Caution",
    "attention": "Attention",
    "danger": "Danger",
    "error": "Error",
}
"""The title of each, unless it has its own."""


def lab_directive(block: Block, context: Context) -> str:
    """What a directive becomes in a notebook."""
    return DIRECTIVES[block.name](block, context) if is_directive(block, context) else ""


def is_directive(block: Block, context: Context) -> bool:
    """Whether a directive is known; if not, that is a mistake."""
    if block.name in DIRECTIVES:
        return True
    if block.name in ("code-cell", "raw-cell"):
        problem = f"A {block.name} inside another block is never run."
        fix = "Close the block (or the list) before the cell: cells stand alone, at the left margin."
    else:
        problem = f"The directive {{{block.name}}} cannot be shown in JupyterLab."
        fix = suggest(block.name, DIRECTIVES)
    context.mistake(block.line, problem, fix)
    return False


def _folded(head: str, body: str, css: str = "") -> str:
    attribute = f' class="{css}"' if css else ""
    return f"\n<details{attribute}><summary>{head}</summary>\n\n{body}\n\n</details>\n"


def _admonition(block: Block, context: Context) -> str:
    title = ADMONITIONS[block.name]
    body = block.inside(context)
    argument = inline(block.argument, block.line, context)
    if argument and title:
        body = f"{argument}\n\n{body}".strip()  # MyST: text beside {note} is the first line of its body
    title = title or argument
    classes = block.options.get("class", "").split()
    if "dropdown" in classes:
        return _folded(to_html(title), body)
    heading = f"**{title}**\n\n" if title else ""
    # Not in JupyterLab's coloured boxes (class "alert"): in its dark theme their text is too faint to read.
    return f"\n<blockquote>\n\n{heading}{body}\n\n</blockquote>\n"


def _dropdown(block: Block, context: Context) -> str:
    return _folded(to_html(inline(block.argument or "More", block.line, context)), block.inside(context))


def _figure(block: Block, context: Context) -> str:
    if not block.options.get("alt"):
        context.mistake(
            block.line, f"The {block.name} has no text that describes it.", "Add a line `:alt: …`."
        )
    address = attach(block.argument, block.line, context)
    caption = block.inside(context)
    anchor = f'<a id="{block.options["name"]}"></a>\n\n' if "name" in block.options else ""
    image = f"![{block.options.get('alt', '')}]({address})"
    return f"\n{anchor}{image}\n" + (f"\n{caption}\n" if caption else "")


def _math(block: Block, context: Context) -> str:
    label = block.options.get("label") or block.options.get("name")
    anchor = f'<a id="{label}"></a>\n\n' if label else ""
    formula = "\n".join([*([block.argument] if block.argument else []), *block.body]).strip()
    return f"\n{anchor}$$\n{formula}\n$$\n"


def _code(block: Block, context: Context) -> str:
    fence = "`" * max(3, len(block.run))
    return "\n".join([f"{fence}{block.argument}", *block.body, fence])


def _tabs(block: Block, context: Context) -> str:
    return block.inside(context)


def _titled(block: Block, context: Context) -> str:
    """A tab or a table: its title, then what is in it."""
    return f"\n**{inline(block.argument, block.line, context)}**\n\n{block.inside(context)}\n"


def _bibliography(block: Block, context: Context) -> str:
    known = context.references or {}
    rows = [f"- {known[key].entry()}" for key in dict.fromkeys(context.cited) if key in known]
    return "\n" + "\n".join(rows) + "\n"


def quiz(block: Block, context: Context) -> str:
    """A quiz, in a notebook and on the site: every choice unfolds to its explanation."""
    questions, problems = parse_quiz("\n".join(block.body))
    for offset, problem, fix in problems:
        context.mistake(block.line if offset is None else block.body_line + offset, problem, fix)
    out: list[str] = []
    for number, question in enumerate(questions, 1):
        line = block.body_line + question.line
        out.append(f"**Question {number}.** {block.convert(question.question, line, context)}\n")
        for choice in question.choices:
            # Word and symbol, not colour alone.
            verdict = "✔ **Right.**" if choice.correct else "✘ **Not this one.**"
            explain = f"{verdict} {block.convert(choice.explain, line, context)}"
            out += [_folded(summary(choice.text, line, context), explain, "tl-quiz").strip("\n"), ""]
    return "\n" + "\n".join(out)


DIRECTIVES: dict[str, Callable[[Block, Context], str]] = {
    **dict.fromkeys(ADMONITIONS, _admonition),
    "dropdown": _dropdown,
    "figure": _figure,
    "image": _figure,
    "math": _math,
    "code-block": _code,
    "code": _code,
    "tab-set": _tabs,
    "tab-item": _titled,
    "table": _titled,
    "bibliography": _bibliography,
    "quiz": quiz,
}
