"""What stands on the landing page and on the page of licences without being typed there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import tiny_course
from bs4 import BeautifulSoup

from tlcourse.authoring.launch import Repository
from tlcourse.authoring.site import front
from tlcourse.authoring.site.licences import bundled, pack_table
from tlcourse.authoring.site.stage import stage
from tlcourse.claims import claims_path, format_claim
from tlcourse.errors import CourseError
from tlcourse.packs import packs

BOOK = tiny_course.REPO / "book"
CHAPTERS: Any = [
    SimpleNamespace(name="00-start-here", number=0),
    SimpleNamespace(name=front.RESULT_CHAPTER, number=1),
]
PUBLIC = Repository("ada", "course")


def rows_of(html: str) -> list[tuple[str, float]]:
    """The text of each bar's cell, and the length of its bar in per cent."""
    found = []
    for cell in BeautifulSoup(html, "html.parser").select("td"):
        bar = cell.select_one(".tl-result__bar")
        assert bar is not None
        found.append((cell.get_text(" ", strip=True), float(re.findall(r"[\d.]+", str(bar["style"]))[0])))
    return found


def test_every_bar_is_a_recorded_number() -> None:
    claims = json.loads(claims_path(BOOK / "claims", "torch", front.RESULT_CHAPTER).read_text("utf-8"))[
        "claims"
    ]
    wanted = [claims[f"{task}-{side}"] for task in front.TASKS for side in front.SIDES]
    assert rows_of(front.result(BOOK, CHAPTERS)) == [
        (format_claim(claim, ".0%").partition(" (")[0], round(100 * claim["value"], 1)) for claim in wanted
    ]


def test_another_recorded_number_is_another_bar(tmp_path: Path) -> None:
    path = claims_path(tmp_path / "claims", "torch", front.RESULT_CHAPTER)
    path.parent.mkdir(parents=True)
    content = json.loads(claims_path(BOOK / "claims", "torch", path.stem).read_text("utf-8"))
    content["claims"]["photos-10-pixels"]["value"] = 0.123
    path.write_text(json.dumps(content), encoding="utf-8")
    text, length = rows_of(front.result(tmp_path, CHAPTERS))[0]
    assert text.startswith("12%")
    assert length == 12.3
    del content["claims"]["photos-10-pixels"]
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(CourseError, match="photos-10-pixels"):
        front.result(tmp_path, CHAPTERS)


def test_without_its_chapter_there_is_no_result() -> None:
    assert front.result(BOOK, CHAPTERS[:1]) == ""


def test_the_button_leads_to_the_first_chapter() -> None:
    link = BeautifulSoup(front.begin(CHAPTERS), "html.parser").select_one("a.tl-button")
    assert link is not None
    assert (link["href"], link.get_text()) == ("torch/00-start-here.html", "Begin chapter 0")


def test_clone_and_pip_name_the_repository_and_nothing_where_there_is_none() -> None:
    public, private = front.start(PUBLIC), front.start(None)
    assert "git clone https://github.com/ada/course\ncd course\nmake lab" in public
    assert "tlcourse[torch] @ git+https://github.com/ada/course@main" in public
    assert "git" not in private
    assert "make lab" in private
    assert "pip install '.[torch]'" in private
    assert "(https://github.com/ada/course)" in front.sources(PUBLIC)
    assert "http" not in front.sources(None)
    for page in ("references.md", "licences.md", "contributors.md"):
        assert f"({page})" in front.sources(None)
        assert (BOOK / page).is_file()


def test_the_licences_of_all_packs_and_of_the_bundled_data_are_listed() -> None:
    table = pack_table()
    for pack in packs():
        assert f"{pack.package}/" in table
        assert pack.licence in table
    assert "Fluent Emoji (3D), MIT" in bundled()
    assert re.search(r"^# ", bundled(), re.MULTILINE) is None


def test_no_mark_is_left_on_a_staged_page(tmp_path: Path) -> None:
    course = tiny_course.make(tmp_path)
    stage(course, course / "out", compile=tiny_course.compile_tiny)
    for page in (course / "out").glob("*.md"):
        left = set(re.findall(r"<!-- \w+ -->", page.read_text(encoding="utf-8")))
        assert not left, f"{page.name}: {left}"
    index = (course / "out" / "index.md").read_text(encoding="utf-8")
    assert f'href="torch/{tiny_course.STEM}.html">Begin chapter 0</a>' in index
