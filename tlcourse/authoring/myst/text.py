"""Running text: labels, comments and footnotes, and the roles, links and dollars inside lines."""

from __future__ import annotations

import html
import re
from typing import Any

from markdown_it import MarkdownIt

from tlcourse.authoring.myst.context import Context
from tlcourse.authoring.myst.dollars import marked, written
from tlcourse.authoring.myst.links import links
from tlcourse.authoring.myst.roles import role
from tlcourse.authoring.myst.spans import SPAN

__all__ = ["inline", "running_text", "summary", "to_html"]

_LABEL = re.compile(r"^\((?P<label>[\w.:-]+)\)=\s*$")
_COMMENT = re.compile(r"^%(\s|$)")
_FOOTNOTE = re.compile(r"^\[\^(?P<label>[\w-]+)\]:\s*(?P<text>.*)$")
_COMMENT_MARK = "\0"


def running_text(text: str, line: int, context: Context) -> str:
    """Convert lines without fenced blocks."""
    # A comment goes as a whole line (an empty one would end the paragraph); until then a mark holds its
    # place, so that every mistake is reported with its own line.
    lines = [_COMMENT_MARK if _COMMENT.match(row) else row for row in text.split("\n")]
    lines = inline("\n".join(lines), line, context).split("\n")
    rows: list[str] = []
    index = 0
    while index < len(lines):
        row = lines[index]
        index += 1
        if row == _COMMENT_MARK:
            continue
        if label := _LABEL.match(row):
            rows.append(_label(label["label"], context))
        elif context.lab and (note := _FOOTNOTE.match(row)):
            more = index
            while more < len(lines) and lines[more].startswith(("  ", "\t")):
                more += 1
            words = " ".join([note["text"], *(row.strip() for row in lines[index:more])])
            number, index = context.footnote(note["label"]), more
            rows.append(f'<a id="footnote-{number}"></a><sup>{number}</sup> {words}\n')
        else:
            rows.append(row)
    return "\n".join(rows)


def _label(name: str, context: Context) -> str:
    return f'<a id="{name}"></a>\n' if context.lab else f"({context.framework}-{name})="


def inline(text: str, line: int, context: Context) -> str:
    """Convert roles, links, dollars and footnote marks in running text; code spans stay as they are."""
    text = marked(text, line, context.mistake)
    out: list[str] = []
    position = 0
    for match in SPAN.finditer(text):
        out.append(links(text[position : match.start()], line + text[:position].count("\n"), context))
        here = line + text[: match.start()].count("\n")
        if match["role"] is None:
            out.append(match[0])
        else:
            out.append(role(match["role"][1:-1], match["body"], match[0], here, context))
        position = match.end()
    out.append(links(text[position:], line + text[:position].count("\n"), context))
    return "".join(out)


def to_html(text: str) -> str:
    """Converted inline Markdown as HTML, for where neither reader renders Markdown."""
    return str(_INLINE.renderInline(text))


def summary(text: str, line: int, context: Context) -> str:
    """Markdown and roles in a ``<summary>``, which neither reader renders: HTML, for both alike."""
    flavour, context.flavour = context.flavour, "lab"
    try:
        # Raw HTML for both readers: the site's parser takes no backslash away in it.
        return written(to_html(inline(text, line, context)), "lab")
    finally:
        context.flavour = flavour


def _tag(self: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    """The tags that roles become stay tags; `<three>` in somebody's text is text."""
    content = tokens[index].content
    return content if re.match(r"</?(kbd|sub|sup|abbr|a)\b", content) else html.escape(content)


_INLINE = MarkdownIt("commonmark")
_INLINE.add_render_rule("html_inline", _tag)
