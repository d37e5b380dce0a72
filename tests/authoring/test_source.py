"""Every mistake that a source can have is refused, with its line and what to do."""

# Sources and what they become are easier to compare on one line.
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest
from good_source import GOOD, mistakes, read

from tlcourse.authoring.source import SourceMistakes, blank, read_chapter, read_chapters, solutions


def test_a_good_source_is_read_with_its_lines(tmp_path: Path, known: object) -> None:
    chapter = read(tmp_path, GOOD)
    rows = GOOD.split("\n")
    for cell in chapter.cells:
        assert rows[cell.line - 1] == cell.source.split("\n")[0]
    assert [cell.id for cell in chapter.cells][2] == "ch00-double"
    assert chapter.you_will == ("do it",)


# (what is replaced, by what, a line with the mistake (counted in the broken text), words of the message)
BROKEN = {
    "unknown exercise": ("ch00-double", "ch00-dubble", "def double(x):", "There is no exercise 'ch00-dubble'"),
    "solution in a plain cell": (
        'record("answer", 42, tolerance=0)',
        'record("answer", 42, tolerance=0)\n### BEGIN SOLUTION\n### END SOLUTION',
        "### BEGIN SOLUTION",
        "is not in an exercise cell",
    ),
    "solution marker in prose": ("## Begin", "### BEGIN SOLUTION", "### BEGIN SOLUTION", "marker in prose"),
    "solution never ends": ("    ### END SOLUTION\n", "", "    ### BEGIN SOLUTION", "never ends"),
    "solution never begins": ("    ### BEGIN SOLUTION\n", "", "    ### END SOLUTION", "never began"),
    "nested solution": (
        "    return 2 * x",
        "    return 2 * x  #\n    ### BEGIN SOLUTION",
        "    ### BEGIN SOLUTION#2",
        "inside the one of line",
    ),
    "sloppy marker": ("### BEGIN SOLUTION", "# BEGIN SOLUTION", "    # BEGIN SOLUTION", "is not a marker"),
    "exercise without a solution": (
        "    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
        "    return 2 * x",
        "def double(x):",
        "has no solution",
    ),
    "exercise twice": (
        "```{quiz}",
        "```{code-cell} ipython3\n:exercise: ch00-double\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n```\n\n```{quiz}",
        "### BEGIN SOLUTION",
        "a second time",
    ),
    "explicit id twice": (
        "## Begin",
        '## Begin\n\n+++ {"id": "one"}\n\nHere.\n\n+++ {"id": "one"}\n\nThere.\n\n+++\n',
        "There.",
        "'one' is used a second time",
    ),
    "id of the compiler's": ("## Begin", '+++ {"id": "setup"}\n## Begin', "## Begin", "one that the compiler gives"),
    "unknown tag": (
        ":tags: [bookkeeping]",
        ":tags: [bookkeeping, pytorch]",
        'record("answer", 42, tolerance=0)',
        "The tag 'pytorch' is not known",
    ),
    "unknown option": (
        ":tags: [bookkeeping]",
        ":tags: [bookkeeping]\n:exercize: x",
        'record("answer", 42, tolerance=0)',
        "'exercize' is not known",
    ),
    "exercise missing in one framework": (
        ":exercise: ch00-double",
        ":exercise: ch00-double\n:tags: [torch]",
        "def double(x):",
        "is missing in keras",
    ),
    "exercise not for a framework": ("ch00-double", "ch00-only", "def double(x):", "is not made for keras"),
    "claim that nobody records": (
        "{claim}`answer`",
        "{claim}`anwser`",
        "The answer is {claim}`anwser`.",
        "No torch cell records the claim 'anwser'",
    ),
    "claim of the other framework": (
        'record("answer", 42',
        ':tags: [torch]\nrecord("answer", 42',
        "The answer is {claim}`answer`.",
        "No keras cell records the claim 'answer'",
    ),
    "claim recorded twice": (
        'record("answer", 42, tolerance=0)',
        'record("answer", 42, tolerance=0)\nrecord("answer", 43, tolerance=0)',
        'record("answer", 43, tolerance=0)',
        "a second time",
    ),
    "quiz without a right answer": (
        "Two?\n  choices:\n    - {text: a, correct: true,",
        "Two?\n  choices:\n    - {text: a,",
        "- question: Two?",
        "has no right answer",
    ),
    "choice without an explanation": (
        "- {text: b, explain: never}\n- question: Three?",
        "- {text: b}\n- question: Three?",
        "- question: Two?",
        "has no explanation",
    ),
    "quiz of two questions": ("- question: Three?", "- question: Three?\n  ponits: 1", "- question: Three?", "ponits"),
    "quiz that is not YAML": ("question: One?", "question: One: or two?", "- question: One: or two?", "not YAML"),
    "bad front matter": ('question: "A question: which?"', "question: A question: which?", "  question: A question: which?", "not YAML"),
    "no title": ("  title: A title\n", "", "tlcourse:", "title is missing"),
    "front matter key": ("  title:", "  titel: x\n  title:", "tlcourse:", "titel is not known"),
    "syntax error": (
        'record("answer", 42, tolerance=0)',
        'record("answer", 42, tolerance=0)\nif True print(1)',
        "if True print(1)",
        "not Python",
    ),
    "unknown directive": ("## Begin", ":::{nota}\nhm\n:::", ":::{nota}", "{nota} cannot be shown"),
    "unknown role": ("## Begin", "## Begin\n\nA {claimm}`x`.", "A {claimm}`x`.", "{claimm} cannot be shown"),
    "directive not closed": ("## Begin", "````{note}\nhm", "````{note}", "never closed"),
    "stray colons": ("## Begin", "::::\nhm\n:::::", "::::", "does not open a directive"),
    "code cell in a note": (
        "## Begin",
        "::::{note}\n- a\n\n  ```{code-cell}\n  x\n  ```\n::::",
        "  ```{code-cell}",
        "never run",
    ),
    "title in prose": ("## Begin", "# Begin", "# Begin", "first level"),
    "missing image": ("## Begin", "![A dot](dot.png)", "![A dot](dot.png)", "is not there"),
    "image without words": ("## Begin", "```{figure} https://x/y.png\n```", "```{figure} https://x/y.png", "no text that describes"),
    "link to no chapter": ("## Begin", "[next](07-next.md)", "[next](07-next.md)", "no chapter '07-next'"),
    "hidden tests": (
        'record("answer", 42',
        '### BEGIN HIDDEN TESTS\nrecord("answer", 42',
        "### BEGIN HIDDEN TESTS",
        "nbgrader acts on",
    ),
}  # fmt: skip


def line_of(text: str, row: str) -> int:
    row = row.removesuffix("#2")
    found = [number for number, line in enumerate(text.split("\n"), 1) if line == row]
    return found[-1]


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_is_refused_with_its_line(name: str, tmp_path: Path, known: object) -> None:
    old, new, row, words = BROKEN[name]
    assert old in GOOD
    text = GOOD.replace(old, new, 1) if name != "nested solution" else GOOD.replace(old, new)
    found = mistakes(tmp_path, text)
    matching = [mistake for mistake in found if words in str(mistake)]
    assert matching, [str(mistake) for mistake in found]
    assert matching[0].line == line_of(text, row)
    assert matching[0].file == "book/chapters/00-a.md"
    assert len(matching[0].fix) > 8


@pytest.mark.parametrize("count", [2, 6])
def test_a_quiz_has_three_to_five_questions(count: int, tmp_path: Path, known: object) -> None:
    question = "- question: Q?\n  choices: [{text: a, correct: true, explain: b}, {text: c, explain: d}]\n"
    start = GOOD.index("```{quiz}")
    text = GOOD[:start] + "```{quiz}\n" + question * count + "```\n"
    (found,) = mistakes(tmp_path, text)
    assert f"The quiz has {count} questions" in str(found)
    assert found.line == line_of(text, "```{quiz}")


def test_all_mistakes_are_shown_together(tmp_path: Path, known: object) -> None:
    text = (
        GOOD.replace("## Begin", "# Begin").replace("{claim}`answer`", "{claim}`x`").replace("2 * x", "2 *")
    )
    with pytest.raises(SourceMistakes) as caught:
        read(tmp_path, text)
    shown = str(caught.value)
    assert len(caught.value.mistakes) == 4  # the claim is missing in both frameworks
    assert shown.startswith("4 mistakes")
    assert shown.count("What to do") == 4
    lines = [mistake.line for mistake in caught.value.mistakes]
    assert lines == sorted(lines)


def test_a_cell_never_closed(tmp_path: Path, known: object) -> None:
    text = GOOD[: GOOD.index("```{quiz}")].rstrip().removesuffix("```")
    assert any("never closed" in str(mistake) for mistake in mistakes(tmp_path, text))


def test_files_that_are_no_chapters(tmp_path: Path, known: object) -> None:
    assert "cannot be called" in str(mistakes(tmp_path, GOOD, "Start.md")[0])
    assert "no front matter" in str(mistakes(tmp_path, "## Hello\n")[0])
    with pytest.raises(SourceMistakes, match="no such file"):
        read_chapter(tmp_path / "book" / "chapters" / "09-x.md")
    (tmp_path / "book" / "chapters" / "02-x.md").write_bytes(b"\xff\xfe---")
    with pytest.raises(SourceMistakes, match="UTF-8"):
        read_chapter(tmp_path / "book" / "chapters" / "02-x.md")


def test_names_made_by_a_loop_count_as_recorded(tmp_path: Path, known: object) -> None:
    text = GOOD.replace(
        'record("answer", 42, tolerance=0)', 'for n in "ab":\n    record(f"answer-{n}", 1, tolerance=0)'
    )
    read(tmp_path, text.replace("{claim}`answer`", "{claim}`answer-a`"))
    found = mistakes(tmp_path, text)
    assert "records the claim 'answer'" in str(found[0])


def test_magics_are_not_syntax_errors(tmp_path: Path, known: object) -> None:
    read(tmp_path, GOOD.replace('record("answer"', '%matplotlib inline\n!ls\nrecord?\nrecord("answer"'))


def test_an_exercise_belongs_to_one_chapter(tmp_path: Path, known: object) -> None:
    read(tmp_path, GOOD)
    (tmp_path / "book/chapters/01-b.md").write_text(GOOD)
    with pytest.raises(SourceMistakes, match="in the chapter 00-a too"):
        read_chapters(sorted((tmp_path / "book/chapters").glob("*.md")))


def test_ids_survive_edits_elsewhere(tmp_path: Path, known: object) -> None:
    before = [cell.id for cell in read(tmp_path, GOOD).cells]
    more = GOOD.replace("## Begin", "Before.\n\n```{code-cell}\nz = 1\n```\n\n## Begin")
    after = [cell.id for cell in read(tmp_path, more).cells]
    assert [cell_id for cell_id in after if cell_id in before] == before
    assert len(set(after)) == len(after) == len(before) + 2


def test_equal_cells_have_different_ids(tmp_path: Path, known: object) -> None:
    twice = GOOD.replace("## Begin", "```{code-cell}\nz = 1\n```\n\n```{code-cell}\nz = 1\n```\n\n## Begin")
    ids = [cell.id for cell in read(tmp_path, twice).cells]
    assert len(set(ids)) == len(ids)


def test_solutions_come_apart(tmp_path: Path, known: object) -> None:
    read(tmp_path, GOOD)
    found = solutions(tmp_path / "book/chapters/00-a.md", "keras")
    assert found == {
        "ch00-double": ("def double(x):\n    return 2 * x", "def double(x):\n    ...  # your code here")
    }


def test_blank_keeps_the_indent_and_what_is_around() -> None:
    source = "a = 1\n### BEGIN SOLUTION\nb = 2\n### END SOLUTION\nif a:\n  ### BEGIN SOLUTION\n  c = 3\n  ### END SOLUTION\nd = 4"
    assert blank(source) == "a = 1\n...  # your code here\nif a:\n  ...  # your code here\nd = 4"
