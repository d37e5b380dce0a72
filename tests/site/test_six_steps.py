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
    sheet = six_steps.text().partition("## The code")[2].partition(six_steps.LATER)[0]
    assert re.findall(r"^### (\d)", sheet, re.M) == list("123456")
    parts = re.split(r"^### \d", sheet, flags=re.M)[1:]
    assert all(part.count(f"tl-only-{framework}\n") == 1 for part in parts)
    blocks = six_steps.blocks(framework)
    assert len(blocks) == 6
    other = {"torch": "keras", "keras": "torch"}[framework]
    for block in [*blocks, six_steps.later(framework)]:
        ast.parse(block)
        assert not re.search(rf"^(import|from) {other}\b", block, re.M)
        for line in block.splitlines():
            assert len(line) <= 66, f"too long for half a page: {line}"


@pytest.mark.parametrize("framework", six_steps.LABELS)
def test_the_lines_for_ones_own_pictures_take_them_at_the_network_s_size(
    framework: str, tmp_path: Path
) -> None:
    """They were cut to 128 pixels before they were enlarged, and in Keras the network stayed at 64."""
    code = six_steps.own("\n".join(six_steps.blocks(framework)), tmp_path)
    assert f"pictures = data.image_folder({str(tmp_path)!r}, size=224)" in code
    assert "64)" not in code.replace("batch_size=64)", "")
    assert "size=224)" in six_steps.later(framework)


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
