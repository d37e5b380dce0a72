"""What JupyterLab cannot show is turned into what it can; what the site builds keeps its directives."""

# Sources and what they become are easier to compare on one line.
# ruff: noqa: E501

from __future__ import annotations

import re

import pytest
from myst_texts import FIXTURES, context, lab, site

from tlcourse.authoring.myst import (
    DIRECTIVES,
    ROLES,
    claim_references,
    convert,
    labels_in,
)
from tlcourse.authoring.myst.directives import ADMONITIONS


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
    assert shown == f"<blockquote>\n\n**{ADMONITIONS[name]}**\n\nBody 12.3 s.\n\n</blockquote>"


def test_admonitions_with_titles_options_and_others_inside() -> None:
    shown = lab("::::{admonition} My `title`\n:class: dropdown\n\n:::{tip}\nInner\n:::\n::::")
    assert shown.startswith("<details><summary>My <code>title</code></summary>\n\n<blockquote")
    assert "**Tip**\n\nInner" in shown
    assert lab(":::{note} First words.\nMore.\n:::").count("First words.\n\nMore.") == 1
    assert "<blockquote>\n\n**Beware**" in lab(":::{admonition} Beware\n:class: warning\nBody\n:::")


def test_a_directive_in_a_list_keeps_its_indent() -> None:
    shown = lab("- item\n\n  :::{note}\n  Body\n  :::\n- more")
    assert "\n  <blockquote" in shown
    assert "\n  Body" in shown


def test_footnotes_are_numbered_over_the_chapter() -> None:
    where = context()
    first = convert("A[^x] and B[^y].\n\n[^x]: The x,\n  and more.", 1, where)
    second = convert("[^y]: The y.", 1, where)
    assert 'href="#footnote-1">1</a>' in first
    assert '<a id="footnote-1"></a><sup>1</sup> The x, and more.' in first
    assert '<a id="footnote-2"></a><sup>2</sup> The y.' in second


def test_images_are_attached() -> None:
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
