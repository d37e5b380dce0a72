"""Three notebooks from one source: valid, the same to the byte everywhere, with ids that stay."""

# Sources and what they become are easier to compare on one line.
# ruff: noqa: E501

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from tlcourse.authoring import compile as compiling
from tlcourse.authoring.compile import compile_chapter
from tlcourse.authoring.opening import about
from tlcourse.authoring.serialize import digest, dumps
from tlcourse.authoring.source import SourceMistakes
from tlcourse.claims import write_claims
from tlcourse.errors import UnknownNameError

CLAIMS = {"answer": {"value": 42}, "mean": {"value": 3.0, "n": 4, "spread": 1.87, "fmt": ".2f"}}


def chapter(course: Path) -> Path:
    return course / "book/chapters/00-first-steps.md"


def compiled(
    course: Path, framework: str = "torch", flavour: str = "learner", **given: object
) -> nbformat.NotebookNode:
    return compile_chapter(
        chapter(course), framework, flavour, claims=CLAIMS, seconds={"processor": 23}, **given
    )  # type: ignore[arg-type]


def by_id(notebook: nbformat.NotebookNode) -> dict[str, nbformat.NotebookNode]:
    return {cell.id: cell for cell in notebook.cells}


@pytest.mark.parametrize("framework", ["torch", "keras"])
@pytest.mark.parametrize("flavour", ["learner", "solution", "site"])
def test_notebooks_are_valid(course: Path, framework: str, flavour: str) -> None:
    notebook = compiled(course, framework, flavour)
    nbformat.validate(notebook)
    nbformat.validate(nbformat.reads(dumps(notebook), as_version=4))
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert ids[:3] == ["title", "opening", "setup"]
    assert "version" not in notebook.metadata.language_info
    assert dumps(notebook).endswith("}\n")


def test_what_a_learner_gets(course: Path) -> None:
    cells = by_id(compiled(course))
    assert cells["title"].source == "# First steps"
    time = "about 30 s of processor time on two CPU cores (to run every cell, not to read)."
    assert time in cells["opening"].source  # and nothing of a GPU, where nobody measured
    assert "- double a number" in cells["opening"].source
    answer, check = cells["ch00-double"], cells["ch00-double-check"]
    assert answer.source == 'def double(x):\n    """Twice x."""\n    ...  # your code here'
    assert check.source == 'check("ch00-double")'
    assert answer.metadata.nbgrader.solution
    assert not answer.metadata.nbgrader.grade
    assert check.metadata.nbgrader.grade
    assert check.metadata.nbgrader.points == 3
    assert check.metadata.nbgrader.schema_version == 3
    assert "y = x + x" not in dumps(compiled(course))
    assert "SOLUTION" not in dumps(compiled(course))
    with_image = next(cell for cell in cells.values() if "attachments" in cell)
    assert list(with_image.attachments["dot.svg"]) == ["image/svg+xml"]


def test_the_setup_cell_is_the_contract() -> None:
    assert compiling.setup_source("01-why-transfer-learning", "torch") == (
        "import tlcourse\nfrom tlcourse.exercises import check, hint, progress\n\n"
        'tlcourse.start("01-why-transfer-learning", framework="torch", seed=0)'
    )


def test_solution_and_site(course: Path) -> None:
    solution = by_id(compiled(course, flavour="solution"))
    assert "### BEGIN SOLUTION" in solution["ch00-double"].source
    assert "checksum" not in solution["ch00-double"].metadata.nbgrader
    site = by_id(compiled(course, flavour="site"))
    assert "SOLUTION" not in site["ch00-double"].source
    assert "hide-input" in site["ch00-double"].metadata.tags
    assert "...  # your code here" in site["ch00-double-task"].source
    assert site["ch00-double-hints"].source.count("<details") == 2
    assert "Add x to x." in site["ch00-double-hints"].source
    assert list(site).index("ch00-double-hints") == list(site).index("ch00-double-check") + 1
    # Outputs are matched by id: every code cell of the page is one of the solution's, and all are there but
    # those that record numbers.
    kept = {i for i, cell in solution.items() if "bookkeeping" in cell.metadata.get("tags", [])}
    assert len(kept) == 2
    assert {i for i, cell in site.items() if cell.cell_type == "code"} == {
        i for i, cell in solution.items() if cell.cell_type == "code"
    } - kept
    text = "\n".join(cell.source for cell in site.values())
    assert "{claim}" not in text.replace("`{claim}`", "").replace('"{claim}`answer`', "")
    assert ":::{note}" in text
    assert "(torch-start)=" in text


def test_frameworks_share_ids_and_nothing_of_the_other(course: Path) -> None:
    torch, keras = by_id(compiled(course, "torch")), by_id(compiled(course, "keras"))
    shared = set(torch) & set(keras)
    assert {"ch00-double", "plot-it", "title"} < shared
    assert [i for i in torch if i in shared] == [i for i in keras if i in shared]
    assert len(torch) - len(shared) == len(keras) - len(shared) == 2
    assert not any("Only for Keras" in cell.source for cell in torch.values())
    assert [list(cell.metadata.get("tags", [])) for cell in torch.values() if 'print("torch")' in cell.source] == [["hide-input"]]  # fmt: skip


def test_ids_stay_when_cells_are_inserted(course: Path) -> None:
    before = list(by_id(compiled(course)))
    path = chapter(course)
    path.write_text(path.read_text().replace("(start)=", "```{code-cell}\nnew = 1\n```\n\n(start)="))
    after = list(by_id(compiled(course)))
    assert [i for i in after if i in before] == before
    assert len(after) == len(before) + 1


def test_the_same_bytes_in_every_process(course: Path, tmp_path: Path) -> None:
    script = (
        "import sys; from types import SimpleNamespace as N; from tlcourse.authoring import compile as c, serialize; from tlcourse.authoring.source import exercise_cells\n"
        "exercise_cells.catalogue = lambda: {'ch00-double': N(id='ch00-double', points=3, hints=('a',), frameworks=('torch', 'keras'))}\n"
        "claims = {'answer': {'value': 42}, 'mean': {'value': 3.0}}\n"
        "for flavour in ('learner', 'solution', 'site'):\n"
        "    nb = c.compile_chapter(sys.argv[1], 'keras', flavour, claims=claims, seconds={})\n"
        "    sys.stdout.buffer.write(serialize.dumps(nb).encode())\n"
    )
    given = []
    for seed in ("0", "1", "2024"):
        done = subprocess.run(
            [sys.executable, "-c", script, str(chapter(course))],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=tmp_path,
            capture_output=True,
            check=True,
        )
        given.append(done.stdout)
    assert len(given[0]) > 5000
    assert given[0] == given[1] == given[2]


def test_committed_claims_are_used(course: Path) -> None:
    with pytest.raises(SourceMistakes, match="tlcourse build --execute") as caught:
        compile_chapter(chapter(course), "torch", "learner")
    rows = chapter(course).read_text().split("\n")
    assert rows[caught.value.mistakes[0].line - 1].startswith("The answer is {claim}")
    write_claims(course / "book/claims/torch/00-first-steps.json", CLAIMS, {"processor": 100, "gpu": 7})
    notebook = compile_chapter(chapter(course), "torch", "learner")
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "The answer is 42, or 42.0; the mean is 3.00 ± 2.98 (n = 4)" in text
    assert "about 2 min of processor time on two CPU cores, about 10 s on a GPU" in text
    bare = compile_chapter(chapter(course), "keras", "solution", unresolved=True)
    assert "The answer is …" in "\n".join(cell.source for cell in bare.cells)


def test_wrong_names(course: Path) -> None:
    with pytest.raises(UnknownNameError, match="'tensorflow'"):
        compile_chapter(chapter(course), "tensorflow", "learner")
    with pytest.raises(UnknownNameError, match="'student'"):
        compile_chapter(chapter(course), "torch", "student")  # type: ignore[arg-type]


def test_points_come_from_the_exercise(course: Path, known: dict[str, SimpleNamespace]) -> None:
    known["ch00-double"].points = 5
    assert by_id(compiled(course))["ch00-double-check"].metadata.nbgrader.points == 5


def test_times_are_rounded_generously() -> None:
    assert [about(s) for s in (0.3, 11, 39)] == ["about 10 s", "about 20 s", "about 40 s"]
    assert about(52) == about(70) == "about 1 min"


def test_a_digest_sees_texts_only(course: Path) -> None:
    notebook = compiled(course)
    before = digest(notebook)
    notebook.cells[2].outputs = [nbformat.v4.new_output("stream", text="hello")]
    notebook.cells[2].execution_count = 3
    notebook.metadata.language_info["version"] = "3.12"
    assert digest(notebook) == before == notebook.metadata.tlcourse.digest
    notebook.cells[2].source += "\n# mine"
    assert digest(notebook) != before


def test_money_in_the_opening_stays_text(course: Path) -> None:
    source = chapter(course)
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace("- read a claim", "- pay $5 or $10 for $n$ claims"), encoding="utf-8")
    opening = by_id(compiled(course))["opening"].source
    assert "- pay <span>&#36;</span>5 or <span>&#36;</span>10 for $n$ claims" in opening
    assert r"- pay \$5 or \$10 for $n$ claims" in by_id(compiled(course, flavour="site"))["opening"].source
    source.write_text(text.replace("- read a claim", "- pay $5 to 10 US$"), encoding="utf-8")
    with pytest.raises(SourceMistakes, match="may be money or a formula"):
        compiled(course)
