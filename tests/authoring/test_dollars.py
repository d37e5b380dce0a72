"""Money stays text, formulas stay formulas."""

# Texts are easier to compare on one line.

from __future__ import annotations

import re

import pytest
from myst_texts import context, lab, site

from tlcourse.authoring.myst import convert

MONEY = [
    "It costs $5 and $10.",
    "From $5/$10 to $1,000 or $-3.",
    "| price | $5 | $10 |",
    "US$5, CA$6 and $ 7 or a single $5",
    r"Escaped \$5 and \$10",
    "$5 for `code` and $6 for {claim}`acc;bare`",
    "10$ or 20$, as some write",
    "$5 here\n\nand $6 in the next paragraph",
    "It needs $n$ pictures at $5 each, $10 in all, and $x^2 + 5$ hours",
    "(`$HOME` and `$PATH` are code, $5 is not)",
    "- a list: $5\n- and $10\n\n    still $5 or $10 of the list",
]


def formulas(text: str) -> tuple[list[str], str]:
    """What MyST, as generous as it can be, typesets of a text, and what stays text."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    parser = MarkdownIt("commonmark").use(dollarmath_plugin, allow_space=True, allow_digits=True)
    found, rest = [], []
    for token in parser.parse(text):
        for child in token.children or []:
            (found if child.type == "math_inline" else rest).append(child.content)
    return found, "".join(rest)


def in_jupyterlab(text: str) -> list[str]:
    """The formulas of a notebook's text: what lies between two dollars in the source, or in one text node."""
    from markdown_it import MarkdownIt

    no_code = re.sub(r"(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)", "", text)
    found = re.findall(r"(?<!\\)\$([^$]*)\$", no_code)
    html = MarkdownIt("commonmark", {"html": True}).render(re.sub(r"\$[^$]*\$", "", no_code))
    for node in re.split(r"<[^>]*>", html):
        assert node.replace("&#36;", "$").count("$") < 2, node
    return found


@pytest.mark.parametrize("text", MONEY)
def test_money_stays_text_in_the_notebook_and_on_the_site(text: str) -> None:
    wanted = ["n", "x^2 + 5"] if "$n$" in text else []
    found, rest = formulas(site(text))
    assert found == wanted
    assert rest.count("$") == len(re.findall(r"\$", text)) - 2 * len(wanted)
    assert in_jupyterlab(lab(text)) == wanted


def test_money_in_a_quiz_a_title_an_attribute_and_an_address() -> None:
    choices = "\n".join(
        f"    - {{text: ${n} or $1{n}, explain: $1 is not $2{', correct: true' if n == 1 else ''}}}"
        for n in (1, 2)
    )
    quiz = (
        "```{quiz}\n"
        + "\n".join(f"- question: From ${n} to $9?\n  choices:\n{choices}" for n in range(3))
        + "\n```"
    )
    assert in_jupyterlab(lab(quiz)) == []
    shown = site(quiz)
    assert "<summary><span>&#36;</span>1 or <span>&#36;</span>11</summary>" in shown
    assert r"From \$0 to \$9?" in shown
    assert in_jupyterlab(lab(":::{note} Of $5\nand $6\n:::")) == []
    assert r":::{note} Of \$5" in site(":::{note} Of $5\nand $6\n:::")
    assert lab('<b title="$5 or $6">x</b>') == '<b title="&#36;5 or &#36;6">x</b>'
    assert lab("[shop](https://a.org/?p=$5&q=$6)") == "[shop](https://a.org/?p=%245&q=%246)"


def test_code_and_formulas_are_left_alone() -> None:
    for text in (
        "`$5 and $10`",
        "```bash\n$ ls $HOME\n```",
        "Run\n\n    $ pip install x\n    $ ls\n",
        "$$p_i = \\frac{5}{10}$$",
        "$$\na = 5 \\text{ dollars}\n$$",
        r"$5 \times 10$ and $-3$ and $2n+1$ and $5\,\mathrm{ms}$",
        r"$a$, $b$: ($c$).",
        "$n = {claim}`acc;bare`$",
    ):
        shown = text.strip("\n").replace("{claim}`acc;bare`", "0.76")
        assert lab(text) == shown
        assert site(text) == shown


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a\n\nIt costs 5 or so: $5 to 10 US$.", 3, "may be money or a formula"),
        ("a\nWith $x + 1 of them", 2, "is never closed"),
        ("With $n and $k$", 1, "is never closed"),
        ("a\n$$x = 1\n", 2, "is never closed"),
        (r"A $\alpha of 1", 1, "is never closed"),
    ],
)
def test_dollars_that_could_be_either_are_asked_about(text: str, line: int, problem: str) -> None:
    for flavour in ("lab", "site"):
        where = context(flavour)
        convert(text, 1, where)
        [(at, what, fix)] = where.problems[:1]
        assert at == line
        assert problem in what
        assert "$" in fix
