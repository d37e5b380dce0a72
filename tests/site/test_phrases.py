"""What readers call by another name is in the index, and every page that is named for it is there."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny_course
from docutils.core import publish_doctree
from sphinx import addnodes

from tlcourse.authoring.site.phrases import FILE, add_phrases, read_phrases
from tlcourse.authoring.site.stage import PAGES_AFTER, PAGES_BEFORE
from tlcourse.errors import SourceError

TEXT = "Title\n=====\n\nBefore.\n\nPart\n----\n\nAfter.\n"


def test_the_courses_phrases_are_of_pages_that_there_are() -> None:
    book = tiny_course.REPO / "book"
    phrases = read_phrases(book)
    chapters = {path.stem for path in (book / "chapters").glob("*.md")}
    assert chapters <= set(phrases), "each chapter is found by a phrase"
    assert {page.partition("#")[0] for page in phrases} <= chapters | set(PAGES_BEFORE) | set(PAGES_AFTER)
    said = [phrase.lower() for words in phrases.values() for phrase in words]
    assert len(said) == len(set(said)), "one phrase leads to one page"


def test_a_phrase_is_an_entry_of_its_page_in_both_frameworks() -> None:
    phrases = {"01-x": ["small data"], "02-y#part": ["save a model"]}
    for page, wanted in (("torch/01-x", "small data"), ("keras/02-y", "save a model")):
        document = publish_doctree("Top\n===\n\nText.\n\n" + TEXT)
        add_phrases(document, page, phrases)
        (entry,) = (entry for node in document.findall(addnodes.index) for entry in node["entries"])
        assert entry[1] == wanted
        assert entry[2] in document.ids
        assert entry[3] == "main", "the search shows it among the first"


def test_a_wrong_anchor_and_a_wrong_list_are_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no anchor 'nowhere'"):
        add_phrases(publish_doctree("Top\n===\n\nText.\n\n" + TEXT), "learners", {"learners#nowhere": ["x"]})
    (tmp_path / FILE).write_text("learners: install\n", encoding="utf-8")
    with pytest.raises(SourceError, match="not a list"):
        read_phrases(tmp_path)
    assert read_phrases(tmp_path / "nothing") == {}
