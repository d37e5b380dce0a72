"""The box that opens a chapter: its question, what the reader will be able to do, the time it takes."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from tlcourse.authoring.myst import Context, money
from tlcourse.authoring.source import Chapter
from tlcourse.frameworks import TITLES

__all__ = ["about", "opening"]


def about(seconds: float) -> str:
    """A time, rounded so generously that another run says the same.

    Examples
    --------
    >>> [about(s) for s in (4, 23, 44, 60, 100, 150)]
    ['about 10 s', 'about 30 s', 'about 1 min', 'about 1 min', 'about 2 min', 'about 3 min']
    """
    if seconds <= 40:
        return f"about {max(1, -int(-seconds // 10)) * 10} s"
    return f"about {max(1, int((seconds + 40) // 60))} min"


def _time(seconds: Mapping[str, Any]) -> str:
    processor, gpu = (seconds.get(key) for key in ("processor", "gpu"))
    on_cpu = "not measured yet" if processor is None else f"{about(processor)} of processor time"
    on_gpu = "" if gpu is None else f", {about(gpu)} on a GPU"  # nothing is said of what nobody measured
    return f"{on_cpu} on two CPU cores{on_gpu} (to run every cell, not to read)."


def opening(chapter: Chapter, context: Context, seconds: Mapping[str, Any]) -> str:
    """The box as Markdown.

    Parameters
    ----------
    chapter : Chapter
    context : Context
        For which framework, and for a notebook or the site.
    seconds : mapping
        Of a claims file: ``"processor"``, the processor seconds of the solution's run on a CPU; ``"gpu"``,
        seconds by the clock with a GPU. None or nothing where it was not measured.
    """
    items = "\n".join(f"- {money(item, 1, context)}" for item in chapter.you_will)
    name = TITLES[context.framework]
    time = f"**Time with {name}:** {_time(seconds)}"
    if not context.lab:
        return (
            f":::{{admonition}} {money(chapter.question, 1, context)}\n:class: tl-opening\n\n"
            f"You will be able to\n\n{items}\n\n{time}\n:::"
        )
    question = money(html.escape(chapter.question, quote=False), 1, context)
    return (
        # Not in JupyterLab's blue box: in its dark theme the text in it has a contrast of 2.7 to 1.
        f"<blockquote>\n\n**{question}**\n\nYou will be able to\n\n{items}\n\n{time}\n\n</blockquote>"
    )
