"""A chapter on paper: everything that its page holds, black on white, and nothing cut at the right."""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from commit import TURN, place
from test_site_browser import chapters_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Between the margins of an A4 page: 180 mm by 269 mm.
PAPER = {"width": 680, "height": 1017}
# What is of use on a screen only.
_TEXTS = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.querySelector('article'), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (!node.parentElement.closest(
      'style, script, button, .headerlink, .tl-explorer fieldset, summary .collapsed, summary .expanded'
    )) found.push(node.textContent);
  }
  return found;
}"""
_CUT = """() => {
  const right = document.documentElement.clientWidth + 1;
  const wide = (node) => {
    const box = node.getBoundingClientRect();
    const style = getComputedStyle(node);
    const hides = style.overflowX !== 'visible' && node.scrollWidth > node.clientWidth + 1;
    return box.width > 0 && style.display !== 'inline' && (box.right > right || hides);
  };
  return [...document.querySelectorAll('article *')].filter(node => !node.closest('math') && wide(node))
    .map(node => node.outerHTML.slice(0, 120));
}"""


def plain(text: str) -> str:
    """Letters and digits alone, ligatures taken apart: what stays however the lines are broken."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text))


def test_a_chapter_on_paper_loses_nothing(site: Path, visit: Any) -> None:
    """Printed from the dark theme, another chapter with each commit."""
    from pypdf import PdfReader

    chapters = [path for framework in ("torch", "keras") for path in chapters_of(site, framework)]
    path = chapters[place(len(chapters), TURN, "print")]
    page = visit(path, mode="dark", viewport=PAPER)
    closed = page.locator("article details:not([open])").count()
    assert closed > 0
    texts = page.evaluate(_TEXTS)
    pictures = page.evaluate(
        "new Set([...document.querySelectorAll('article img')].map(image => image.src)).size"
    )
    pages = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert page.locator("article details:not([open])").count() == closed, "the page is as it was"
    printed = plain("".join(sheet.extract_text() for sheet in pages))
    lost = sorted(
        {word for text in texts for word in map(plain, text.split()) if word and word not in printed}
    )
    assert not lost, f"{path}: {lost[:20]}"
    fewer = Counter(plain("".join(texts))) - Counter(printed)
    assert not fewer, f"{path}: {fewer}"

    assert len({hash(image.data) for sheet in pages for image in sheet.images}) == pictures, path

    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(_CUT) == [], path
    for gone in (
        ".bd-header-article",
        ".bd-sidebar-primary",
        ".bd-sidebar-secondary",
        ".copybtn",
        ".headerlink",
    ):
        assert page.locator(f"{gone}:visible").count() == 0, gone
    assert page.locator("h1:visible").count() == 1
    colours = page.evaluate(
        "[...new Set([...document.querySelectorAll('article p, article pre span, article td')]"
        ".map(node => getComputedStyle(node).color))]"
    )
    assert colours == ["rgb(0, 0, 0)"]
