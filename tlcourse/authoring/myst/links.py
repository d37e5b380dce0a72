"""Links to chapters and to other pages of the site, and images, which a notebook brings along."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from tlcourse.authoring.myst.context import Context

__all__ = ["attach", "links"]

_LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\[\]]*)\]\((?P<target>[^()\s]+)(?P<title>\s+\"[^\"]*\")?\)")
_FOOTNOTE_MARK = re.compile(r"\[\^(?P<label>[\w-]+)\](?!:)")
IMAGES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".svg": "image/svg+xml",
    ".gif": "image/gif",
}


def links(text: str, line: int, context: Context) -> str:
    """Convert the links, images and footnote marks in a text without code spans and roles."""

    def converted(match: re.Match[str]) -> str:
        here = line + text[: match.start()].count("\n")
        return _image(match, here, context) if match["image"] else _link(match, here, context)

    def mark(match: re.Match[str]) -> str:
        number = context.footnote(match["label"])
        return f'<sup><a href="#footnote-{number}">{number}</a></sup>'

    shown = _LINK.sub(converted, text)
    return _FOOTNOTE_MARK.sub(mark, shown) if context.lab else shown


def _link(match: re.Match[str], line: int, context: Context) -> str:
    target = match["target"]
    if re.match(r"^([a-z]+:|#)", target):
        return match[0]
    page, _, anchor = target.partition("#")
    name = Path(page).stem
    if page.endswith((".md", ".ipynb")) and name in context.titles:
        anchor = f"#{anchor}" if anchor else ""
        return f"[{match['text']}]({name}.ipynb{anchor}{match['title'] or ''})"
    if page.endswith((".md", ".ipynb")) and re.match(r"\d\d-", name):
        context.mistake(line, f"There is no chapter {name!r}.", f"Known: {', '.join(context.titles)}.")
    # Another page of the site: JupyterLab has none, so only the words stay.
    return match["text"] if context.lab else match[0]


def _image(match: re.Match[str], line: int, context: Context) -> str:
    if not context.lab:
        return match[0]
    if not match["text"]:
        context.mistake(
            line,
            f"The image {match['target']!r} has no text that describes it.",
            "Write ![what it shows](…).",
        )
    return f"![{match['text']}]({attach(match['target'], line, context)})"


def attach(target: str, line: int, context: Context) -> str:
    """The address of an image in a notebook: an attachment, as JupyterLab may serve notebooks/ alone."""
    if re.match(r"^[a-z]+:", target):
        return target
    path = context.folder / target
    kind = IMAGES.get(path.suffix.lower())
    if kind is None or not path.is_file():
        problem = (
            f"The image {target!r} is not there."
            if kind
            else f"{target!r} is not a PNG, JPEG, GIF or SVG file."
        )
        context.mistake(line, problem, "Give its path relative to the chapter's source file.")
        return target
    context.attachments[path.name] = {kind: base64.b64encode(path.read_bytes()).decode("ascii")}
    return f"attachment:{path.name}"
