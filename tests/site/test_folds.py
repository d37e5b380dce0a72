"""What is said on the folds of a page, and how its code is laid out."""

from __future__ import annotations

import html
import re

import pytest

from tlcourse.authoring.site.code import lined
from tlcourse.authoring.site.folds import code_label, labelled, solution_label


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("class Head:\n    pass\n\ndef train():\n    pass", "the solution: Head, train"),
        ("import x\nanswer = x.y(1)", "the solution"),
        ("%pip install x", "the solution"),
    ],
)
def test_a_solution_names_what_it_defines(code: str, label: str) -> None:
    assert solution_label(code) == label


@pytest.mark.parametrize(
    ("data", "label"),
    [
        ({"image/png": "…"}, "the code of this figure (1 line)"),
        ({"text/html": "<table><tr></tr></table>"}, "the code of this table (1 line)"),
        ({"text/plain": "3"}, "the code of this output (1 line)"),
    ],
)
def test_folded_code_says_what_came_of_it(data: dict[str, str], label: str) -> None:
    assert code_label("plots.show(ax)\n", [{"data": data}]) == label
    assert code_label("x = 1\ny = 2", []) == "the code (2 lines)"


def test_folded_values_say_of_what_and_a_fold_of_another_kind_is_left_alone() -> None:
    body = "<tbody><tr><td>1</td></tr><tr><td>2</td></tr></tbody></table>"
    table = f"<table><thead><tr><th>mean</th></tr></thead>{body}"
    assert labelled(f"<summary>Values</summary>{table}") == (
        f"<summary>The values of this figure (2 rows)</summary>{table}"
    )
    assert labelled("<summary>Hint 1</summary><p>Values</p>") == "<summary>Hint 1</summary><p>Values</p>"


def test_a_label_is_the_name_that_a_screen_reader_says() -> None:
    assert labelled('<summary aria-label="Toggle hidden content">\nShow') == "<summary>\nShow"


def test_lines_of_code_keep_the_text_to_the_byte() -> None:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    code = 'def f(x):\n\n    """Two\n\n    lines."""\n    return x < 1  # a & b\n'
    page = highlight(code, PythonLexer(), HtmlFormatter())
    new = lined(page)
    assert new.count('class="tl-line"') == len(code.splitlines())
    assert html.unescape(re.sub(r"<[^>]+>", "", new)).strip() == code.strip()


def test_code_that_somebody_else_marked_is_left_alone() -> None:
    block = '<div class="highlight"><pre><span class="s">a\nb</span>\n</pre></div>'
    assert lined(block) == block
