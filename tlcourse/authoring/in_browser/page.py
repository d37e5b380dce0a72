"""The staged page: with its live part, or with what is missing for it."""

from __future__ import annotations

import base64
import csv
import html
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tlcourse.errors import CourseError

__all__ = ["EXAMPLES", "PAGE", "stage_page"]

PAGE = "in-the-browser"
"""The page's name, and that of the folder with its scripts."""
EXAMPLES = (
    "test/mammal/177-zebra.png",
    "test/household item/102-camera-35mm.png",
    "test/vehicle/207-pink-tricycle.png",
    "test/household item/117-key.png",
)
"""Of ``photos/``. There is no key among ImageNet's classes: the page says so."""
_LIVE = re.compile(r"<!-- live: begin -->\n(.*?)<!-- live: end -->\n", re.DOTALL)
_FIGURE = re.compile(r"\{\{ (\w+) \}\}")
MEASURED = Path(__file__).with_name("measured.json")


def stage_page(root: Path, target: Path, live: bool, echo: Callable[[str], None]) -> bool:
    """Complete the page in a staged site, if the site has it.

    Parameters
    ----------
    root : Path
        The repository's root, for the photographs.
    target : Path
        The staged site.
    live : bool
        Whether the page gets its live part; otherwise it says that this copy has none.
    echo : callable
        Takes a line about what is missing.

    Returns
    -------
    bool
        Whether the page has its live part.
    """
    page = target / f"{PAGE}.md"
    folder = target / "_extra" / PAGE
    if not page.is_file():
        return False
    text = page.read_text(encoding="utf-8")
    figures: dict[str, Any] = json.loads(MEASURED.read_text(encoding="utf-8"))
    try:
        if not live:
            raise CourseError("This copy of the site was built without it.", "`tlcourse site` builds it in.")
        # Here and not above: without the live part, nothing of it is loaded.
        from tlcourse.authoring.in_browser.parts import write_parts

        examples = _examples(root / "photos")
        sizes = write_parts(folder)
        text = text.replace("<!-- examples -->", examples)
        figures |= {name: f"{size / 1e6:.1f}" for name, size in sizes.items()}
        figures["runtime"] = f"{(sizes['script'] + sizes['wasm']) / 1e6:.1f}"
        figures["all"] = f"{sum(sizes.values()) / 1e6:.1f}"
        there = True
    except CourseError as error:
        shutil.rmtree(folder, ignore_errors=True)
        missing = _missing(error)
        text = _LIVE.sub(lambda match: missing if "tl-live" in match[1] else "", text)
        if live:
            echo(f"The page {PAGE} has no live part: {error.problem} {error.fix}")
        there = False
    text = _FIGURE.sub(lambda match: str(figures[match[1]]), text)
    page.write_text(text, encoding="utf-8")
    return there


def _missing(error: CourseError) -> str:
    """What the page says in place of its live part."""
    return (
        f":::{{admonition}} The live part is not in this copy of the site\n:class: warning\n\n"
        f"{error.problem} {error.fix}\n:::\n"
    )


def _examples(photos: Path) -> str:
    """The photographs to try, as buttons in a list; the images are in the page, so that it may read them."""
    with (photos / "credits.csv").open(encoding="utf-8", newline="") as file:
        credits = {row["file"]: row for row in csv.DictReader(file)}
    items = []
    for name in EXAMPLES:
        path, row = photos / name, credits[name]
        data = base64.b64encode(path.read_bytes()).decode("ascii")
        word = html.escape(re.sub(r"^\d+-|-35mm$", "", path.stem).replace("-", " "))
        credit = html.escape(f"Photograph: {row['author']}, {row['licence']}")
        items.append(
            f'<li><button type="button" class="tl-live__example" title="{credit}">'
            f'<img src="data:image/png;base64,{data}" width="96" height="96" alt="A {word}"></button></li>'
        )
    return "\n".join(items)
