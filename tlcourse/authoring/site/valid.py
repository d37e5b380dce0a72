"""What the theme, the extensions and pandas write that is not HTML as the standard has it, put right.

The tests ask a validator (``tests/site/test_html_browser.py``) about every kind of page.
"""

from __future__ import annotations

import re

__all__ = ["valid"]

# The theme's title and contents for paper, a second heading of the first level: the page's own is printed.
_PRINTED = re.compile(
    r'<div id="jb-print-docs-body" class="onlyprint">.*?(?=<div id="searchbox"|<article)', re.DOTALL
)
_SUMMARY = re.compile(r"<summary\b[^>]*>.*?</summary>", re.DOTALL)
_STYLE = re.compile(r"<style\b[^>]*>.*?</style>\s*", re.DOTALL)
_VIEWPORT = re.compile(r'<meta name="viewport"[^>]*>\s*')


def valid(page: str) -> str:
    """A page's HTML, valid.

    Examples
    --------
    >>> print(valid('<head></head><body><summary><p class="a">Show</p></summary><style>b {}</style></body>'))
    <head><style>b {}</style>
    </head><body><summary><span class="a">Show</span></summary></body>
    """
    page = _SUMMARY.sub(lambda match: re.sub(r"<(/?)p\b", r"<\1span", match[0]), page)
    page = _PRINTED.sub("", page)
    head, end, body = page.partition("</head>")
    # A style sheet stands in the head: that of an explorer names its own explorer in each rule.
    styles = "".join(f"{style.strip()}\n" for style in _STYLE.findall(body))
    first = _VIEWPORT.search(head)
    if first is not None:  # the theme and Sphinx both say it
        head = head[: first.end()] + _VIEWPORT.sub("", head[first.end() :])
    return head + styles + end + _STYLE.sub("", body)
