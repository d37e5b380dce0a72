"""Whose prose is it? What stands after the code of one framework is asked about."""

from __future__ import annotations

from pathlib import Path

import pytest
from good_source import GOOD, read

from tlcourse.authoring.source import SourceMistakes


def code(*tags: str) -> str:
    head = f":tags: [{', '.join(tags)}]\n\n" if tags else ""
    return "```{code-cell} ipython3\n" + head + "x = 1\n```\n"


def whose(folder: Path, *parts: str) -> list[tuple[int, str, str]]:
    """The questions of the compiler about these cells, put behind a good source."""
    try:
        read(folder, GOOD + "\n" + "\n".join(parts))
    except SourceMistakes as error:
        return [(m.line, m.problem, m.fix) for m in error.mistakes]
    return []


PROSE = "It prints one."
TORCH, KERAS, BOTH = (f'+++ {{"tags": ["{name}"]}}\n' for name in ("torch", "keras", "both"))


@pytest.mark.parametrize("name", ["torch", "keras"])
def test_untagged_prose_after_the_code_of_one_framework_is_asked_about(
    tmp_path: Path, known: object, name: str
) -> None:
    [(line, problem, fix)] = whose(tmp_path, code(name), PROSE)
    assert (tmp_path / "book/chapters/00-a.md").read_text().split("\n")[line - 1] == PROSE
    assert f"00-a.md:{line}: Is this for {name} alone?" in problem
    assert f'+++ {{"tags": ["{name}"]}}' in fix
    assert '"both"' in fix


@pytest.mark.parametrize(
    ("parts", "asked"),
    [
        ((code(), PROSE), 0),
        ((code("torch"), code("keras"), PROSE), 0),
        ((code("torch", "keras"), PROSE), 0),
        ((code("torch"), code("torch"), PROSE), 1),
        ((code("torch"), code(), code("keras"), PROSE), 1),
        ((TORCH, "In PyTorch:\n", KERAS, "In Keras:\n", code("keras"), PROSE), 1),  # the other has no code
        ((TORCH, "In PyTorch:\n", code("torch"), KERAS, "In Keras:\n", code("keras"), PROSE), 0),
        ((code("torch"), TORCH, PROSE, "\n+++\n", "And on."), 0),
        ((code("torch"), BOTH, PROSE), 0),
        ((code("keras"), TORCH, PROSE, "\n+++\n", code("torch"), PROSE), 0),
        ((code("torch"), "+++\n", PROSE), 1),
        ((code("torch"), "## A heading\n", code("torch"), PROSE), 2),
    ],
)
def test_when_it_is_asked(tmp_path: Path, known: object, parts: tuple[str, ...], asked: int) -> None:
    found = whose(tmp_path, *parts)
    assert len(found) == asked
    assert all("alone?" in problem for _, problem, _ in found)


def test_the_tag_both_changes_nothing_else(tmp_path: Path, known: object) -> None:
    plain = read(tmp_path, GOOD + "\n" + code() + "\n" + PROSE + "\n")
    tagged = read(tmp_path, GOOD + "\n" + code() + "\n" + BOTH + "\n" + PROSE + "\n")
    assert [(c.id, c.source, c.tags, c.frameworks) for c in tagged.cells] == [
        (c.id, c.source, c.tags, c.frameworks) for c in plain.cells
    ]
    assert tagged.cells[-1].both
    assert not plain.cells[-1].both


@pytest.mark.parametrize("parts", [(code("both"),), ('+++ {"tags": ["both", "torch"]}\n', PROSE)])
def test_the_tag_both_where_it_says_nothing(tmp_path: Path, known: object, parts: tuple[str, ...]) -> None:
    [(_, problem, _)] = whose(tmp_path, *parts)
    assert "'both'" in problem
