"""Blocks of code, line by line: one that is too long for a phone or a sheet of paper wraps visibly.

Style sheets can set the rest of a wrapped line further in, but only where the line is an element.
"""

from __future__ import annotations

import re

__all__ = ["lined"]

_BLOCK = re.compile(r'(<div class="highlight"><pre>)(.*?)(</pre>)', re.DOTALL)
_EMPTY = "<span></span>"  # Pygments begins a block with it, and nobody needs it


def lined(html: str) -> str:
    """A page's HTML with an element of the class ``tl-line`` for each line of code; the text is the same.

    Examples
    --------
    >>> print(lined('<div class="highlight"><pre><span></span><b>x</b> = 1\\n\\n  y\\n</pre></div>'))
    <div class="highlight"><pre><span class="tl-line"><b>x</b> = 1
    </span><span class="tl-line">
    </span><span class="tl-line" style="--tl-in:2ch">  y
    </span></pre></div>
    """
    return _BLOCK.sub(_lined, html)


def _lined(block: re.Match[str]) -> str:
    lines = block[2].removeprefix(_EMPTY).splitlines(keepends=True)
    # Pygments ends what it marks with each line; code that somebody else marked is left alone.
    if not lines or any(line.count("<span") != line.count("</span>") for line in lines):
        return block[0]
    return block[1] + "".join(map(_line, lines)) + block[3]


def _line(text: str) -> str:
    """One line; where it begins is told to the style sheet, so that its rest begins further in."""
    code = re.sub(r"<[^>]+>", "", text)
    indent = len(code) - len(code.lstrip(" "))
    style = f' style="--tl-in:{indent}ch"' if indent else ""
    return f'<span class="tl-line"{style}>{text}</span>'
