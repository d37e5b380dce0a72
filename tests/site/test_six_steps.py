"""The page "The six steps on one sheet": six steps, two frameworks, code that fits on paper."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import six_steps

from tlcourse.authoring.site.contents import linked
from tlcourse.authoring.site.stage import PAGES_BEFORE

CHAPTERS = Path(__file__).resolve().parents[2] / "book" / "chapters"


def test_it_is_among_the_pages() -> None:
    assert six_steps.PAGE.stem in PAGES_BEFORE


@pytest.mark.parametrize("framework", six_steps.LABELS)
def test_a_block_for_each_step(framework: str) -> None:
    sheet = six_steps.text().partition("## The code")[2]
    assert re.findall(r"^### (\d)", sheet, re.M) == list("123456")
    parts = re.split(r"^### \d", sheet, flags=re.M)[1:]
    assert all(part.count(f"tl-only-{framework}\n") == 1 for part in parts)
    blocks = six_steps.blocks(framework)
    assert len(blocks) == 6
    other = {"torch": "keras", "keras": "torch"}[framework]
    for block in blocks:
        ast.parse(block)
        assert not re.search(rf"^(import|from) {other}\b", block, re.M)
        for line in block.splitlines():
            assert len(line) <= 66, f"too long for half a page: {line}"


@pytest.mark.parametrize("framework", six_steps.LABELS)
def test_it_is_the_projects_script_shortened(framework: str) -> None:
    """Lines are left out, none is added or moved: what the tests of the script hold, holds for the sheet."""
    lines = iter(line.strip() for line in six_steps.script(framework).splitlines())
    for block in six_steps.blocks(framework):
        for line in filter(None, map(str.strip, block.splitlines())):
            assert any(line == written for written in lines), f"not in the script, or earlier in it: {line}"


def test_each_step_leads_to_its_chapter() -> None:
    numbers = re.findall(r"\*\*(\d)\*\* \[[^\]]+\]\(chapters/(\d\d)-[a-z-]+\.md\)", six_steps.text())
    assert numbers == [(str(step), f"{step + 1:02}") for step in range(1, 7)]
    for stem in re.findall(r"\]\(chapters/([^)#]+)\.md", six_steps.text()):
        there = [path.stem for path in CHAPTERS.glob(f"{stem[:2]}-*.md")]
        assert there in ([], [stem]), "the link names another file than the chapter's"


def test_no_number_of_a_result_is_typed() -> None:
    """Results are claims of chapters; a page has none, so it gives none."""
    prose = re.sub(r"```.*?```", "", six_steps.text(), flags=re.S)
    assert not re.search(r"\d(\.\d+)?\s*%|\b0\.\d", prose)


def test_links_to_chapters_that_are_not_there_become_words() -> None:
    page = linked(six_steps.text(), ["04-freeze-or-fine-tune"])
    assert "[Freeze or fine-tune](torch/04-freeze-or-fine-tune.ipynb)" in page
    assert "**5** Train the adapted model |" in page
    assert "](chapters/" not in page
