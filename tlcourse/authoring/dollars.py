r"""Which dollars in prose are formulas, and which are money.

Three readers disagree. MyST pairs almost any two dollars of a paragraph; JupyterLab pairs any two, and
MathJax pairs, once more, those that ``\$`` left as plain text. Here the strict rule of Pandoc and markdown-it
decides: a formula opens with a dollar before something that is no space, and closes with the next dollar,
after something that is no space and not before a digit. All others are money and are written so that no
reader can pair them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = ["MARK", "marked", "written"]

#: Stands for a dollar that is money, until `written`; of Unicode's private use, so no text holds it.
MARK = "\ue024"

_CODE = re.compile(
    r"(?P<role>\{[A-Za-z][\w:.+-]*\})?(?P<ticks>`+)(?P<body>.+?)(?<!`)(?P=ticks)(?!`)", re.DOTALL
)
_TAG = re.compile(r"<(?:!--.*?--|/?[A-Za-z][^<>]*)>", re.DOTALL)
_ADDRESS = re.compile(r"https?://[^\s)>\]]+|(?<=\]\()[^()\s]+")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s")
# What may follow a dollar that opens nothing: an amount, the end of a word or of the text.
_MONEY = re.compile(r"[-+−–~≈]?[.,]?\d|[\s.,;:!?)\]}'\"’”*_/|&%-]|$|[^\x00-\x7f]")
_WORD = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,}")
_IN_WORDS = re.compile(r"\\(?:text|mathrm|textrm|operatorname|mbox)\s*\{[^{}]*\}")

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
    if "$" not in text:
        return text
    pieces = _pieces(text)
    out: list[str] = []
    at = 0

    def wrong(where: int, problem: str, fix: str) -> None:
        mistake(line + text[:where].count("\n"), problem, fix)

    while at < len(text):
        piece = pieces.get(at)
        if piece is not None:
            inside = text[at : piece.end]
            if piece.kind == "tag":  # also right inside an attribute
                inside = inside.replace("$", "&#36;")
            elif piece.kind == "address":
                inside = inside.replace("$", "%24")
            out.append(inside)
            at = piece.end
        elif text[at] == "\\" and at + 1 < len(text):
            out.append(MARK if text[at + 1] == "$" else text[at : at + 2])
            at += 2
        elif text.startswith("$$", at):
            end = text.find("$$", at + 2)
            if end < 0:
                wrong(
                    at,
                    "A formula that $$ opens is never closed.",
                    r"Add $$ after it; dollars as text are \$\$.",
                )
                end = len(text)
            out.append(text[at : end + 2])
            at = end + 2
        elif text[at] == "$":
            closing = _closing(text, at, pieces)
            if closing is None:
                if not _MONEY.match(text, at + 1):
                    wrong(
                        at,
                        f"The dollar before {_start(text, at + 1)!r} opens a formula that is never closed.",
                        r"Write \$ for a dollar sign; a formula closes with a dollar after its last sign.",
                    )
                out.append(MARK)
                at += 1
            else:
                formula = text[at + 1 : closing]
                if re.match(r"[-+]?[.,]?\d", formula) and _WORD.search(_IN_WORDS.sub("", formula)):
                    wrong(
                        at,
                        f"${formula}$ may be money or a formula.",
                        r"Write \$ for a dollar sign, or {math}`…` for the formula.",
                    )
                out.append(text[at : closing + 1])
                at = closing + 1
        else:
            out.append(text[at])
            at += 1
    return "".join(out)


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
    found: dict[int, _Piece] = {}
    taken = 0

    def candidates() -> Iterator[tuple[int, int, str]]:
        for match in _CODE.finditer(text):
            yield match.start(), match.end(), "code" if match["role"] is None else "role"
        for kind, pattern in (("tag", _TAG), ("address", _ADDRESS)):
            for match in pattern.finditer(text):
                yield match.start(), match.end(), kind
        yield from _indented(text)

    for start, end, kind in sorted(candidates()):
        if start >= taken:
            found[start] = _Piece(kind, end)
            taken = end
    return found


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


def _closing(text: str, start: int, pieces: dict[int, _Piece]) -> int | None:
    """Where the formula that a dollar opens is closed; None if it opens none."""
    after = text[start + 1 : start + 2]
    if not after or after.isspace() or text[max(0, start - 1) : start].isdigit():
        return None
    at = start + 1
    while at < len(text):
        piece = pieces.get(at)
        if piece is not None and piece.kind != "tag":
            if piece.kind != "role":  # a value may stand in a formula, code may not
                return None
            at = piece.end
        elif text[at] == "\\":
            at += 2
        elif text[at] == "\n" and not text[at + 1 :].split("\n", 1)[0].strip():
            return None  # a formula ends with its paragraph
        elif text[at] == "$":
            money = text[at - 1].isspace() or text[at + 1 : at + 2].isdigit() or text[at + 1 : at + 2] == "$"
            return None if money else at
        else:
            at += 1
    return None


def _start(text: str, at: int) -> str:
    return text[at : at + 12].split("\n")[0]
