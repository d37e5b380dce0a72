"""What JupyterLab cannot show is turned into what it can; what the site builds keeps its directives."""

# Sources and what they become are easier to compare on one line.
# ruff: noqa: E501

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tlcourse.authoring.bibliography import read_bib
from tlcourse.authoring.myst import (
    DIRECTIVES,
    ROLES,
    Context,
    claim_references,
    convert,
    labels_in,
)
from tlcourse.authoring.myst.directives import ADMONITIONS

FIXTURES = Path(__file__).parent / "fixtures"
CLAIMS = {
    "acc": {"value": 0.7612, "n": 5, "spread": 0.021, "fmt": ".2f"},
    "time": {"value": 12.3, "unit": "s"},
}


def context(flavour: str = "lab", framework: str = "torch") -> Context:
    return Context(
        flavour,  # type: ignore[arg-type]
        framework,
        "00-first-steps",
        FIXTURES / "course/book/chapters",
        claims=CLAIMS,
        references=read_bib(FIXTURES / "course/book/references.bib"),
        titles={"00-first-steps": "First steps", "01-second": "Second"},
        labels={"start": "00-first-steps", "more": "01-second"},
    )


def lab(text: str) -> str:
    where = context()
    shown = convert(text, 1, where)
    assert not where.problems
    return shown


def site(text: str, framework: str = "torch") -> str:
    where = context("site", framework)
    shown = convert(text, 1, where)
    assert not where.problems
    return shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{claim}`acc`", "0.76 ± 0.03 (n = 5)"),
        ("{claim}`acc;.1%`", "76.1% ± 2.6% (n = 5)"),
        ("{claim}`acc;bare`", "0.76"),
        ("{claim}`time`", "12.3 s"),
        ("`{claim}` and ``{claim}`acc` ``", "`{claim}` and ``{claim}`acc` ``"),
        ("{term}`fine-tuning`", "*fine-tuning*"),
        ("{term}`tuned <fine-tuning>`", "*tuned*"),
        ("{cite}`he2019`", "([He et al. 2019](https://arxiv.org/abs/1811.08883))"),
        ("{cite:t}`he2019` found", "[He et al. 2019](https://arxiv.org/abs/1811.08883) found"),
        ("{doc}`01-second`", "[Second](01-second.ipynb)"),
        ("{doc}`that one <01-second>`", "[that one](01-second.ipynb)"),
        ("{doc}`the words <../glossary>`", "the words"),
        ("{ref}`there <more>`", "[there](01-second.ipynb#more)"),
        ("{ref}`start`", "[start](#start)"),
        ("[next](01-second.md#more) [out](https://x.org/a.md)", "[next](01-second.ipynb#more) [out](https://x.org/a.md)"),
        ("[words](../glossary.md)", "words"),
        ("{math}`x^2`", "$x^2$"),
        ("{kbd}`Ctrl` {sub}`2` {abbr}`CNN (a network)`", '<kbd>Ctrl</kbd> <sub>2</sub> <abbr title="a network">CNN</abbr>'),
        ("A role {term}`over\ntwo lines`", "A role *over\ntwo lines*"),
        ("a\n% a comment\nb", "a\nb"),
        ("```python\n{claim}`acc`\n:::\n```", "```python\n{claim}`acc`\n:::\n```"),
        ("(here)=\n## Head", '<a id="here"></a>\n\n## Head'),
        ("```{math}\nx\n```", "$$\nx\n$$"),
        ("```{code-block} python\nx\n```", "```python\nx\n```"),
    ],
)  # fmt: skip
def test_in_jupyterlab(text: str, shown: str) -> None:
    assert lab(text) == shown


@pytest.mark.parametrize("name", [name for name in ADMONITIONS if name not in ("admonition", "margin")])
def test_admonitions(name: str) -> None:
    shown = lab(f":::{{{name}}}\nBody {{claim}}`time`.\n:::")
    word, colour = ADMONITIONS[name]
    assert shown == f'<div class="alert alert-{colour}">\n\n**{word}**\n\nBody 12.3 s.\n\n</div>'


def test_admonitions_with_titles_options_and_others_inside() -> None:
    shown = lab("::::{admonition} My `title`\n:class: dropdown\n\n:::{tip}\nInner\n:::\n::::")
    assert shown.startswith("<details><summary>My <code>title</code></summary>\n\n<div")
    assert "**Tip**\n\nInner" in shown
    assert lab(":::{note} First words.\nMore.\n:::").count("First words.\n\nMore.") == 1
    assert 'alert-warning">\n\n**Beware**' in lab(":::{admonition} Beware\n:class: warning\nBody\n:::")


def test_a_directive_in_a_list_keeps_its_indent() -> None:
    shown = lab("- item\n\n  :::{note}\n  Body\n  :::\n- more")
    assert "\n  <div" in shown
    assert "\n  Body" in shown


def test_footnotes_are_numbered_over_the_chapter() -> None:
    where = context()
    first = convert("A[^x] and B[^y].\n\n[^x]: The x,\n  and more.", 1, where)
    second = convert("[^y]: The y.", 1, where)
    assert 'href="#footnote-1">1</a>' in first
    assert '<a id="footnote-1"></a><sup>1</sup> The x, and more.' in first
    assert '<a id="footnote-2"></a><sup>2</sup> The y.' in second


def test_pictures_are_attached() -> None:
    where = context()
    shown = convert(
        "```{figure} dot.svg\n:alt: A dot\n:name: dot\n\nThe *dot*.\n```\n\n![two](dot.svg)", 1, where
    )
    assert (
        shown
        == '<a id="dot"></a>\n\n![A dot](attachment:dot.svg)\n\nThe *dot*.\n\n![two](attachment:dot.svg)'
    )
    assert set(where.attachments) == {"dot.svg"}


def test_tabs_and_tables() -> None:
    shown = lab("::::{tab-set}\n:::{tab-item} One\nIn one\n:::\n:::{tab-item} Two\nIn two\n:::\n::::")
    assert re.sub(r"\n+", " ", shown) == "**One** In one **Two** In two"
    assert lab(":::{table} Of `x`\n| a |\n| - |\n| 1 |\n:::").startswith("**Of `x`**\n\n| a |")


def test_nothing_of_myst_is_left() -> None:
    text = (FIXTURES / "course/book/chapters/00-first-steps.md").read_text().split("---\n", 2)[2]
    text = re.sub(r"```\{code-cell\}.*?\n```", "", text, flags=re.DOTALL)
    text = re.sub(r"^\+\+\+.*$", "", text, flags=re.MULTILINE)
    where = context()
    where.claims = {"answer": {"value": 42}, "mean": {"value": 3.0}}
    shown = convert(text, 1, where)
    assert not where.problems
    outside = re.sub(r"```.*?```", "", shown, flags=re.DOTALL)
    outside = re.sub(r"(?<!\})`[^`]+`", "", outside)
    assert ":::" not in outside
    assert not re.search(r"\{[\w:-]+\}", outside)


def test_the_site_keeps_its_myst_but_not_its_claims() -> None:
    text = "(here)=\n## Head\n\n:::{note}\n{claim}`time`, {term}`x`, {cite}`he2019`, [n](01-second.md), {ref}`a <start>`\n:::"
    shown = site(text, "keras")
    assert shown == (
        "(keras-here)=\n## Head\n\n:::{note}\n12.3 s, {term}`x`, {cite}`he2019`, [n](01-second.ipynb), "
        "{ref}`a <keras-start>`\n:::"
    )
    assert site("```{figure} dot.svg\n:alt: A dot\n:name: dot\n\nWords\n```").split("\n")[1:3] == [":alt: A dot", ":name: torch-dot"]  # fmt: skip
    assert site("{ref}`glossary`") == "{ref}`glossary`"


QUIZ = "\n".join(
    f"- question: Question {n} {{claim}}`time`?\n  choices:\n    - {{text: \"`a` < {{kbd}}`b` <i>\", correct: true, explain: Good.}}\n    - {{text: b, explain: \"See {{term}}`x`.\"}}"
    for n in (1, 2, 3)
)  # fmt: skip


@pytest.mark.parametrize("flavour", ["lab", "site"])
def test_the_quiz_folds_every_explanation(flavour: str) -> None:
    where = context(flavour)
    shown = convert(f"```{{quiz}}\n{QUIZ}\n```", 1, where)
    assert not where.problems
    assert shown.count("<details") == shown.count("</details>") == 6
    assert "<summary><code>a</code> &lt; <kbd>b</kbd> &lt;i&gt;</summary>\n\n✔ **Right.** Good." in shown
    assert "**Question 2.** Question 2 12.3 s?" in shown
    assert ("✘ **Not this one.** See *x*." if flavour == "lab" else "{term}`x`") in shown


def test_a_claim_without_a_value_says_what_to_run() -> None:
    where = context()
    convert("One\n{claim}`other`", 7, where)
    ((line, problem, fix),) = where.problems
    assert line == 8
    assert "No value of the claim 'other' has been recorded yet (torch)" in problem
    assert "tlcourse build --execute" in fix
    where = context()
    convert("{claim}`acc;nonsense`", 1, where)
    assert "nonsense" in where.problems[0][1]


def test_references_that_do_not_exist() -> None:
    where = context()
    convert("{cite}`he2018`", 3, where)
    assert where.problems[0][0] == 3
    assert "he2019" in where.problems[0][2]


def test_small_helpers() -> None:
    assert claim_references("x\n{claim}`a;.1f` `{claim}`") == [("a", 1)]
    assert labels_in("(a)=\n\n```{figure} x\n:name: b\n```") == {"a", "b"}
    assert {"note", "quiz", "figure"} <= set(DIRECTIVES)
    assert {"claim", "term", "cite", "doc", "ref"} <= set(ROLES)


# -- dollars: money stays text, formulas stay formulas --

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
