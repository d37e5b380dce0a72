"""What folds on a page says what it holds, in its label."""

from __future__ import annotations

import ast
import re
from typing import Any

__all__ = ["code_label", "labelled", "solution_label"]

_VALUES = re.compile(r"<summary>Values</summary>\s*(?P<table><table\b.*?</table>)", re.DOTALL)
# myst-nb's: a name for screen readers that hides the label.
_NAMELESS = re.compile(r'<summary aria-label="Toggle hidden content">')


def solution_label(code: str) -> str:
    """The label of a folded solution: the name of what it defines, if it defines something.

    Examples
    --------
    >>> solution_label("LIMIT = 3\\n\\ndef freeze(model):\\n    return model"), solution_label("x = 1")
    ('the solution: freeze', 'the solution')
    """
    try:
        parsed = ast.parse(code).body
    except SyntaxError:  # a cell with a magic
        return "the solution"
    defined = [part.name for part in parsed if isinstance(part, ast.FunctionDef | ast.ClassDef)]
    return f"the solution: {', '.join(defined)}" if defined else "the solution"


def code_label(code: str, outputs: list[Any]) -> str:
    """The label of folded code: what came of it, and how long it is.

    Examples
    --------
    >>> code_label("a\\nb", [{"data": {"text/html": '<figure class="tl-figure"></figure>'}}])
    'the code of this figure (2 lines)'
    """
    data = [output.get("data", {}) for output in outputs]
    html = "".join(str(each.get("text/html", "")) for each in data)
    if (
        any(mime.startswith("image/") for each in data for mime in each)
        or "<img" in html
        or "tl-figure" in html
    ):
        what = " of this figure"
    elif "<table" in html:
        what = " of this table"
    else:
        what = " of this output" if outputs else ""
    count = len(code.strip().splitlines())
    return f"the code{what} ({count} {'line' if count == 1 else 'lines'})"


def labelled(html: str) -> str:
    """A page's HTML whose folded tables of values say of what, and of how many rows.

    Examples
    --------
    >>> table = "<table><thead><tr><th>image</th><th>label</th></tr></thead><tbody><tr></tr></tbody></table>"
    >>> labelled("<summary>Values</summary>" + table)[:58]
    '<summary>The labels of these images (1 row)</summary><tabl'
    """
    return _VALUES.sub(_labelled, _NAMELESS.sub("<summary>", html))


def _labelled(match: re.Match[str]) -> str:
    table = match["table"]
    heads = re.findall(r"<th\b[^>]*>(.*?)</th>", table.partition("</thead>")[0], re.DOTALL)
    rows = table.partition("<tbody")[2].count("<tr")
    what = "labels of these images" if heads[:2] == ["image", "label"] else "values of this figure"
    return f"<summary>The {what} ({rows} {'row' if rows == 1 else 'rows'})</summary>{table}"
