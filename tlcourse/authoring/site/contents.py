"""What leads to the chapters: the table of contents, the list on the landing page, links on other pages."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Sequence
from typing import Any

from tlcourse.authoring.source import Chapter
from tlcourse.frameworks import FRAMEWORKS, TITLES

__all__ = ["chapter_list", "linked", "part_caption", "table_of_contents"]

_CHAPTER_LINK = re.compile(r"\[([^\]]+)\]\(chapters/(\d\d-[a-z0-9-]+)\.md(#[^)\s]*)?\)")


def part_caption(framework: str) -> str:
    """The caption over a framework's chapters in the sidebar.

    Examples
    --------
    >>> part_caption("keras")
    'Chapters in Keras'
    """
    return f"Chapters in {TITLES[framework]}"


def table_of_contents(
    chapters: Sequence[Chapter], before: Sequence[str], after: Sequence[str]
) -> dict[str, Any]:
    """The table of contents for Jupyter Book.

    Parameters
    ----------
    chapters : sequence of Chapter
        In the order in which they are read.
    before, after : sequence of str
        Pages before and after the chapters.

    Returns
    -------
    dict
        To be written as ``_toc.yml``.
    """
    parts: list[dict[str, Any]] = []
    if before:
        parts.append({"caption": "Begin", "chapters": [{"file": page} for page in before]})
    for framework in FRAMEWORKS:
        entries = [
            {"file": f"{framework}/{chapter.name}", "title": f"{chapter.number}. {chapter.title}"}
            for chapter in chapters
        ]
        if entries:
            parts.append({"caption": part_caption(framework), "chapters": entries})
    if after:
        parts.append({"caption": "More", "chapters": [{"file": page} for page in after]})
    return {"format": "jb-book", "root": "index", "parts": parts}


def chapter_list(chapters: Sequence[Chapter]) -> str:
    """The list of chapters for the landing page, in MyST.

    Each chapter's title leads to the first framework; a script leads it to the remembered one. The two named
    links always mean what they say.
    """
    lines = ['<ol class="tl-chapters">']
    for chapter in chapters:
        first = FRAMEWORKS[0]
        named = " ".join(
            f'<a class="tl-fixed" href="{key}/{chapter.name}.html" data-tl-choose="{key}" '
            f'aria-label="{html.escape(chapter.title)}, in {label}">{label}</a>'
            for key, label in TITLES.items()
        )
        lines += [
            '<li class="tl-chapter">',
            f'<span class="tl-chapter__number" aria-hidden="true">{chapter.number}</span>',
            '<div class="tl-chapter__text">',
            f'<p class="tl-chapter__title"><a href="{first}/{chapter.name}.html">'
            f"{html.escape(chapter.title)}</a></p>",
            f'<p class="tl-chapter__question">{html.escape(chapter.question)}</p>',
            f'<p class="tl-chapter__links">{named}</p>',
            "</div>",
            "</li>",
        ]
    return "\n".join([*lines, "</ol>"])


def linked(text: str, stems: Collection[str]) -> str:
    """A page's text with its links to chapters' sources turned into links to their pages.

    They lead to the first framework's page; a script leads them to the remembered one. Of a link to a chapter
    that is not there, the words remain.

    Examples
    --------
    >>> text = "[Freeze](chapters/04-freeze.md#what-moves), then [train](chapters/06-train.md)."
    >>> linked(text, ["04-freeze"])
    '[Freeze](torch/04-freeze.ipynb#what-moves), then train.'
    """
    first = FRAMEWORKS[0]

    def link(match: re.Match[str]) -> str:
        words, stem, anchor = match[1], match[2], match[3] or ""
        return f"[{words}]({first}/{stem}.ipynb{anchor})" if stem in stems else words

    return _CHAPTER_LINK.sub(link, text)
