r"""Which dollars in prose are formulas, and which are money.

Three readers disagree. MyST pairs almost any two dollars of a paragraph; JupyterLab pairs any two, and
MathJax pairs, once more, those that ``\$`` left as plain text. Here the strict rule of Pandoc and markdown-it
decides (dollarmath without spaces and digits): a formula opens with a dollar before something that is not a
space, and closes with the next dollar, after something that is not a space and not before a digit. All others
are money and are written so that no reader can pair them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.dollarmath.index import math_inline_dollar

from tlcourse.authoring.myst.context import Context
from tlcourse.authoring.myst.spans import SPAN

__all__ = ["MARK", "marked", "money", "written"]

MARK = "\ue024"
"""Stands for a dollar that is money, until `written`; of Unicode's private use, so no text holds it."""

_TAG = re.compile(r"<(?:!--.*?--|/?[A-Za-z][^<>]*)>", re.DOTALL)
_ADDRESS = re.compile(r"https?://[^\s)>\]]+|(?<=\]\()[^()\s]+")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s")
# What may follow a dollar that opens nothing: an amount, the end of a word or of the text.
_MONEY = re.compile(r"[-+−–~≈]?[.,]?\d|[\s.,;:!?)\]}'\"’”*_/|&%-]|$|[^\x00-\x7f]")
_WORD = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,}")
_IN_WORDS = re.compile(r"\\(?:text|mathrm|textrm|operatorname|mbox)\s*\{[^{}]*\}")
_EMPTY_LINE = re.compile(r"\n[ \t]*(?=\n|$)")
_formula = math_inline_dollar(allow_space=False, allow_digits=False)
_parser = MarkdownIt("zero")

Mistake = Callable[[int, str, str], None]


@dataclass(frozen=True)
class _Piece:
    """A part of a text that is walked over whole: "code", "role", "tag" or "address"."""

    kind: str
    end: int


def marked(text: str, line: int, mistake: Mistake) -> str:
    r"""A text whose dollars are `MARK` where they are money, and left alone in formulas and in code.

    Parameters
    ----------
    text : str
        Running Markdown, without fenced blocks.
    line : int
        The line of the source on which it starts.
    mistake : callable
        ``mistake(line, problem, fix)``, for dollars that could be either.

    Examples
    --------
    >>> marked(r"It costs $5 and $10, for $n$ tries; \$3.", 1, print).replace(MARK, "USD ")
    'It costs USD 5 and USD 10, for $n$ tries; USD 3.'
    """
    return _Walk(text, line, mistake).marked() if "$" in text else text


class _Walk:
    """Goes through a text from dollar to dollar."""

    def __init__(self, text: str, line: int, mistake: Mistake) -> None:
        self.text, self.line, self.mistake = text, line, mistake
        self.pieces = _pieces(text)

    def marked(self) -> str:
        out: list[str] = []
        at = 0
        while at < len(self.text):
            shown, at = self._next(at)
            out.append(shown)
        return "".join(out)

    def _next(self, at: int) -> tuple[str, int]:
        """What stands at a place, as it is written, and where to go on."""
        text = self.text
        if piece := self.pieces.get(at):
            return _inside(piece.kind, text[at : piece.end]), piece.end
        if text[at] == "\\" and at + 1 < len(text):
            return (MARK if text[at + 1] == "$" else text[at : at + 2]), at + 2
        if text.startswith("$$", at):
            return self._display(at)
        if text[at] != "$":
            return text[at], at + 1
        closing = self._closing(at)
        return self._money(at) if closing is None else self._formula(at, closing)

    def _wrong(self, at: int, problem: str, fix: str) -> None:
        self.mistake(self.line + self.text[:at].count("\n"), problem, fix)

    def _display(self, at: int) -> tuple[str, int]:
        end = self.text.find("$$", at + 2)
        if end < 0:
            self._wrong(
                at, "A formula that $$ opens is never closed.", r"Add $$ after it; dollars as text are \$\$."
            )
            end = len(self.text)
        return self.text[at : end + 2], end + 2

    def _money(self, at: int) -> tuple[str, int]:
        if not _MONEY.match(self.text, at + 1):
            before = self.text[at + 1 : at + 13].split("\n")[0]
            self._wrong(
                at,
                f"The dollar before {before!r} opens a formula that is never closed.",
                r"Write \$ for a dollar sign; a formula closes with a dollar after its last sign.",
            )
        return MARK, at + 1

    def _formula(self, at: int, closing: int) -> tuple[str, int]:
        formula = self.text[at + 1 : closing]
        if re.match(r"[-+]?[.,]?\d", formula) and _WORD.search(_IN_WORDS.sub("", formula)):
            self._wrong(
                at,
                f"${formula}$ may be money or a formula.",
                r"Write \$ for a dollar sign, or {math}`…` for the formula.",
            )
        return self.text[at : closing + 1], closing + 1

    def _closing(self, at: int) -> int | None:
        """Where the formula that a dollar opens is closed; None if it opens none."""
        paragraph = _EMPTY_LINE.search(self.text, at)
        end = paragraph.start() if paragraph else len(self.text)
        # The rule looks at the sign before a dollar, so there must be one.
        state = StateInline("\n" + self.text[:end], _parser, {}, [])
        state.pos = at + 1
        if not _formula(state, True):
            return None
        closing = state.pos - 2
        # A value may stand in a formula, code may not.
        kinds = {piece.kind for start, piece in self.pieces.items() if at < start < closing}
        return None if kinds & {"code", "address"} else closing


def _inside(kind: str, text: str) -> str:
    """A piece that is passed over, without dollars where they would be typeset all the same."""
    if kind == "tag":  # also right inside an attribute
        return text.replace("$", "&#36;")
    return text.replace("$", "%24") if kind == "address" else text


def money(text: str, line: int, context: Context) -> str:
    """A text without roles and directives, its dollars written so that only formulas are typeset.

    Examples
    --------
    >>> from pathlib import Path
    >>> print(money("From $5 to $10.", 1, Context("site", "torch", "01-x", Path("."))))
    From \\$5 to \\$10.
    """
    return written(marked(text, line, context.mistake), context.flavour)


def written(text: str, flavour: str) -> str:
    r"""A text with its marks as the reader needs them.

    The site's parser takes ``\$``. In a notebook that would be typeset after all (jupyterlab issue 8645): an
    element of its own, without the sign itself in the source, is what neither JupyterLab nor MathJax pairs.

    Examples
    --------
    >>> written(MARK + "5", "site"), written(MARK + "5", "lab")
    ('\\$5', '<span>&#36;</span>5')
    """
    return text.replace(MARK, r"\$" if flavour == "site" else "<span>&#36;</span>")


def _pieces(text: str) -> dict[int, _Piece]:
    """What is walked over whole, by where it starts; what starts first wins."""
    pieces: dict[int, _Piece] = {}
    taken = 0

    def candidates() -> Iterator[tuple[int, int, str]]:
        for match in SPAN.finditer(text):
            yield match.start(), match.end(), "code" if match["role"] is None else "role"
        for kind, pattern in (("tag", _TAG), ("address", _ADDRESS)):
            for match in pattern.finditer(text):
                yield match.start(), match.end(), kind
        yield from _indented(text)

    for start, end, kind in sorted(candidates()):
        if start >= taken:
            pieces[start] = _Piece(kind, end)
            taken = end
    return pieces


def _indented(text: str) -> Iterator[tuple[int, int, str]]:
    """Code by indentation: four spaces after an empty line, and not inside a list."""
    at, code, listed, empty = 0, False, False, True
    for row in text.split("\n"):
        if row.strip():
            deep = row.startswith(("    ", "\t"))
            code = deep and not listed and (empty or code)
            if not deep and (empty or _ITEM.match(row)):
                listed = bool(_ITEM.match(row)) or (listed and row.startswith(" "))
            if code:
                yield at, at + len(row), "code"
        empty = not row.strip()
        at += len(row) + 1
