"""The description and the title of a page."""

from __future__ import annotations

import pytest
from docutils.core import publish_doctree
from docutils.utils.math import MathError

from tlcourse.authoring.site.describe import LONGEST, description
from tlcourse.authoring.site.mathml import mathml

CHAPTER = """
Title
=====

.. admonition:: Which network?
   :class: tl-opening

   You will be able to

   - choose one
   - say why

A paragraph that is long enough to be the description of a page.
"""


def test_a_chapter_is_described_by_its_question_and_what_one_learns() -> None:
    said = description("torch/02", publish_doctree(CHAPTER), "torch")
    assert said == "PyTorch: Which network? Learn to choose one; say why."


def test_another_page_by_its_first_whole_paragraph_cut_between_words() -> None:
    words = "Features are what a network hands to its last layer. " * 9
    said = description("learners", publish_doctree(f"Title\n=====\n\nShort.\n\n{words}"))
    assert said.startswith("Features are")
    assert said.endswith("…")
    assert LONGEST - 12 < len(said) <= LONGEST
    assert said[:-1].split() == words.split()[: len(said.split())]


def test_pages_without_a_text_have_one_too_where_they_are_known() -> None:
    assert description("search", None)
    assert description("unknown", None) == ""


def test_a_formula_that_is_not_known_is_refused() -> None:
    assert "<mfrac>" in mathml(r"\frac{a}{b}", block=True)
    assert "<mtr>" in mathml(r"\begin{aligned} a &= b \\ c &= d \end{aligned}", block=True)
    with pytest.raises(MathError, match="foo"):
        mathml(r"\foo")
