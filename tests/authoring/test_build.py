"""A whole build in a temporary course: executed once, again only when it must, nothing lost on the way."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from tlcourse.authoring.build import BuildReport, build
from tlcourse.authoring.build.__main__ import main
from tlcourse.authoring.build.times import with_processor_time
from tlcourse.authoring.execute import ExecutionError, meter
from tlcourse.authoring.execute.meter import CellLimits
from tlcourse.authoring.freshness import code_hash
from tlcourse.authoring.source import SourceMistakes
from tlcourse.errors import UnknownNameError

NAME = "00-first-steps"


def run(course: Path, **given: object) -> tuple[BuildReport, list[str]]:
    lines: list[str] = []
    return build(course, echo=lines.append, **given), lines  # type: ignore[arg-type]


def tree(course: Path) -> dict[str, bytes]:
    return {
        path.relative_to(course).as_posix(): path.read_bytes()
        for kind in ("notebooks", "solutions", "book/claims")
        for path in sorted((course / kind).rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def one(course: Path) -> Path:
    """The course with its longer chapter only, built for torch."""
    (course / "book/chapters/01-second.md").write_text(
        "---\ntlcourse:\n  title: Second\n  question: Q?\n  you_will: [x]\n---\n\n(more)=\n## More\n"
    )
    run(course, chapters=["00"], frameworks=["torch"])
    return course


def change(course: Path, old: str, new: str, name: str = NAME) -> None:
    path = course / f"book/chapters/{name}.md"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def kernels_running() -> list[int]:
    """The kernels that this process started and that have not ended."""
    import psutil

    children = psutil.Process().children(recursive=True)
    return [p.pid for p in children if p.status() != "zombie" and "tlcourse.authoring.kernel" in p.cmdline()]


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_a_build_and_then_another(course: Path) -> None:
    report, lines = run(course)
    assert not kernels_running(), "a chapter's kernel holds a gigabyte or two: ten of them fill a laptop"
    assert len(report.executed) == 4
    assert len(report.written) == 8
    assert any("executed in" in row for row in lines)
    solution = nbformat.read(course / f"solutions/torch/{NAME}.ipynb", as_version=4)
    nbformat.validate(solution)
    outputs = {cell.id: cell.outputs for cell in solution.cells if cell.cell_type == "code"}
    assert outputs["ch00-double-check"][0].text == "PASS\n"
    assert outputs["plot-it"][0].data["text/plain"] == "<object at 0x…>"
    recorded = solution.metadata.tlcourse
    assert recorded.chapter == NAME
    assert set(recorded.cell_processor_seconds) == set(outputs)
    assert recorded.code_hash
    assert recorded.source_hash
    assert "The answer is 42, or 42.0" in "\n".join(cell.source for cell in solution.cells)
    claims = json.loads((course / f"book/claims/torch/{NAME}.json").read_text())
    assert claims["claims"]["mean"]["value"] == 3.0
    assert claims["seconds"] == {"processor": recorded.processor_seconds}
    learner = nbformat.read(course / f"notebooks/keras/{NAME}.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in learner.cells)
    assert "42, or 42.0" in "\n".join(cell.source for cell in learner.cells)

    before = tree(course)
    report, _ = run(course)
    assert not report.executed
    assert not report.written
    assert len(report.unchanged) == 8
    assert tree(course) == before
    report, lines = run(course, check=True)
    assert report.ok, lines


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_prose_is_compiled_again_but_not_executed(one: Path) -> None:
    change(one, "Double a number.", "Double any number, {claim}`answer` say.")
    report, _ = run(one, chapters=["00"], frameworks=["torch"])
    assert not report.executed
    assert len(report.written) == 2
    solution = nbformat.read(one / f"solutions/torch/{NAME}.ipynb", as_version=4)
    assert any("any number, 42 say" in cell.source for cell in solution.cells)
    assert any(cell.get("outputs") for cell in solution.cells)


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_code_is_executed_again(one: Path) -> None:
    change(one, 'record("answer", 42', 'record("answer", 43')
    report, lines = run(one, check=True, chapters=["00"], frameworks=["torch"])
    assert not report.ok
    assert report.stale == [f"solutions/torch/{NAME}.ipynb"]
    assert "tlcourse build" in " ".join(lines)
    report, _ = run(one, execute=False, chapters=["00"], frameworks=["torch"])
    assert report.stale
    report, lines = run(one, chapters=["00"], frameworks=["torch"])
    assert len(report.executed) == 1
    assert any("the claim answer moved from 42 to 43" in row for row in lines)
    assert "The answer is 43" in (one / f"notebooks/torch/{NAME}.ipynb").read_text()


READER = """\
```{code-cell} ipython3
import os, sys
from pathlib import Path

folder = Path(PACKAGE)
sys.path.insert(0, str(folder))
import models
print(models.load(), sorted(os.listdir(folder / "tables")))
print((folder / "table.csv").read_text())
```
"""


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_only_what_a_run_read_makes_it_stale(course: Path, tmp_path: Path) -> None:
    package = tmp_path / "package"
    (package / "tables").mkdir()
    (package / "tables/one.csv").write_text("1")
    (package / "table.csv").write_text("a,b")
    (package / "unread.py").write_text("x = 1\n")
    (package / "authoring").mkdir()
    source = course / f"book/chapters/{NAME}.md"
    source.write_text(source.read_text() + "\n" + READER.replace("PACKAGE", repr(str(package))))
    only: dict[str, object] = {"chapters": ["00"], "frameworks": ["torch"]}
    run(course, **only)
    path = course / f"solutions/torch/{NAME}.ipynb"
    reads = nbformat.read(path, as_version=4).metadata.tlcourse.reads
    assert reads == ["models.py", "table.csv", "tables/"]

    def stale() -> bool:
        report, _ = run(course, check=True, **only)
        return bool(report.stale)

    assert not stale()
    # Nothing of this was read, or it says the same as before.
    (package / "unread.py").write_text("x = 2\n")
    (package / "new.py").write_text("x = 3\n")
    (package / "authoring/compile.py").write_text("x = 2\n")
    (package / "tables/one.csv").write_text("its name was read, not its text")
    (package / "models.py").write_text(
        '"""What."""\n\n\ndef load():  # a comment\n    """Doc."""\n    return 1\n'
    )
    assert not stale()
    for name, changed in (
        ("models.py", "def load():\n    return 2\n"),
        ("table.csv", "a,c"),
        ("tables/two.csv", "2"),
        ("models.py", None),
    ):
        before = (package / name).read_text() if (package / name).exists() else None
        if changed is None:
            (package / name).unlink()
        else:
            (package / name).write_text(changed)
        assert stale(), name
        if before is None:
            (package / name).unlink()
        else:
            (package / name).write_text(before)
    assert not stale()


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_a_package_counts_for_the_modules_that_were_read(tmp_path: Path) -> None:
    folder = tmp_path / "tlcourse"
    (folder / "data").mkdir(parents=True)
    init = folder / "data/__init__.py"
    (folder / "data/cats.py").write_text("def cats(): ...\n")
    (folder / "data/cats2.py").write_text("def cats(): ...\n")
    reads = ["data/__init__.py", "data/cats.py"]

    def now(source: str) -> str:
        init.write_text(source)
        return code_hash({"cells": []}, reads, folder)

    first = now("from .cats import cats\n\n__all__ = ['cats']\nSIZE = 3\n")
    # A data set more: nothing for a notebook that ran without it.
    dogs = "from tlcourse.data.dogs import dogs\nfrom .dogs import dogs\n"
    assert now(f"{dogs}from .cats import cats\n\n__all__ = ['cats', 'dogs']\nSIZE = 3\n") == first
    topics = "TOPICS: dict[str, tuple[str, ...]] = {\n    'dogs': ('barks',),\n}\n"
    assert now(f"from .cats import cats\n\n__all__ = ['cats']\n{topics}SIZE = 3\n") == first
    packages = "_SUBMODULES = (\n    'dogs',\n)\n"  # as in `tlcourse` itself
    assert now(f"from .cats import cats\n\n__all__ = ['cats']\n{packages}SIZE = 3\n") == first
    # But another module for what it used, another number, or an import from elsewhere is something.
    assert now("from .cats2 import cats\nSIZE = 3\n") != first
    assert now("from .cats import cats\nSIZE = 4\n") != first
    assert now("from .cats import cats\nfrom numpy import size as SIZE\nSIZE = 3\n") != first


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_a_table_counts_without_the_hashes_of_its_code(tmp_path: Path) -> None:
    table = tmp_path / "sweeps/results/one.csv"
    table.parent.mkdir(parents=True)

    def now(text: str) -> str:
        table.write_text(text)
        return code_hash({"cells": []}, ["sweeps/results/one.csv"], tmp_path)

    first = now("seed,accuracy,code\n0,0.5,aa\n")
    assert now("seed,accuracy,code\n0,0.5,bb\n") == first
    assert now("seed,accuracy,code\n0,0.6,aa\n") != first


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_a_solution_that_does_not_say_what_it_read_is_stale(one: Path) -> None:
    path = one / f"solutions/torch/{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    del notebook.metadata.tlcourse["reads"]
    nbformat.write(notebook, path)
    report, _ = run(one, check=True, chapters=["00"], frameworks=["torch"])
    assert report.stale


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_a_check_finds_an_edited_file_and_writes_nothing(one: Path) -> None:
    path = one / f"solutions/torch/{NAME}.ipynb"
    path.write_text(path.read_text().replace("Only for PyTorch.", "Only for me."))
    learner = one / f"notebooks/torch/{NAME}.ipynb"
    learner.unlink()
    before = tree(one)
    report, lines = run(one, check=True, chapters=["00"], frameworks=["torch"])
    assert not report.ok
    assert sorted(report.differences) == [f"notebooks/torch/{NAME}.ipynb", f"solutions/torch/{NAME}.ipynb"]
    assert any("Only for me." in row for row in lines)
    assert tree(one) == before


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_a_check_leaves_outputs_alone(one: Path) -> None:
    path = one / f"solutions/torch/{NAME}.ipynb"
    path.write_text(path.read_text().replace('"PASS\\n"', '"PASSED\\n"'))
    report, _ = run(one, check=True, chapters=["00"], frameworks=["torch"])
    assert report.ok


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_a_check_of_a_course_never_built(course: Path) -> None:
    with pytest.raises(SourceMistakes, match="recorded yet"):
        run(course, check=True)
    report, _ = run(course, check=True, chapters=["01"])
    assert not report.ok
    assert len(report.differences) == 4


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_a_learners_work_is_never_lost(one: Path) -> None:
    path = one / f"notebooks/torch/{NAME}.ipynb"
    mine = path.read_text().replace("...  # your code here", "return 2 * x")
    path.write_text(mine)
    report, _ = run(one, chapters=["00"], frameworks=["torch"])
    assert report.kept == [f"notebooks/torch/{NAME}.ipynb"]
    assert path.read_text() == mine
    change(one, "Only for PyTorch.", "Only for PyTorch!")
    report, lines = run(one, chapters=["00"], frameworks=["torch"])
    aside = path.with_name(f"{NAME}.yours-1.ipynb")
    assert report.moved == [(f"notebooks/torch/{NAME}.ipynb", f"notebooks/torch/{aside.name}")]
    assert aside.read_text() == mine
    assert "Only for PyTorch!" in path.read_text()
    assert any(aside.name in row for row in lines)
    # A notebook that is none at all is put aside too.
    path.write_text("{ broken")
    run(one, chapters=["00"], frameworks=["torch"])
    assert path.with_name(f"{NAME}.yours-2.ipynb").read_text() == "{ broken"


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_a_notebook_that_was_only_run_is_replaced_by_a_new_edition(one: Path) -> None:
    path = one / f"notebooks/torch/{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].outputs = [nbformat.v4.new_output("stream", text="hello")]
    notebook.cells[2].execution_count = 1
    nbformat.write(notebook, path)
    report, _ = run(one, chapters=["00"], frameworks=["torch"])
    assert report.kept
    change(one, "Only for PyTorch.", "Only for PyTorch!")
    report, _ = run(one, chapters=["00"], frameworks=["torch"])
    assert not report.kept
    assert not report.moved
    assert "hello" not in path.read_text()


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_files_of_a_chapter_that_is_gone(course: Path) -> None:
    run(course)
    own = course / "notebooks/torch/my-own.ipynb"
    own.write_text(json.dumps(nbformat.v4.new_notebook()))
    worked = course / "notebooks/keras/01-second.ipynb"
    worked.write_text(worked.read_text().replace("x = 1", "x = 2"))
    (course / "book/chapters/01-second.md").unlink()
    change(course, "See {doc}`01-second` or [the second](01-second.md#more), ", "")
    report, _ = run(course, check=True)
    assert "solutions/torch/01-second.ipynb" in report.differences
    assert not report.ok
    report, _ = run(course)
    assert len(report.removed) == 5
    assert own.exists()
    assert worked.exists()
    assert not (course / "notebooks/torch/01-second.ipynb").exists()
    assert not (course / "book/claims/torch/01-second.json").exists()


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_a_cell_that_fails_says_where_and_keeps_the_old_solution(one: Path) -> None:
    before = tree(one)
    change(one, "numbers = [1, 2, 3, 6]", "numbers = [1, 2, 3, 6]\nnumbers.appendd(7)")
    rows = (one / f"book/chapters/{NAME}.md").read_text().split("\n")
    with pytest.raises(ExecutionError) as caught:
        run(one, chapters=["00"], frameworks=["torch"])
    line = rows.index("numbers.appendd(7)") + 1
    assert f"book/chapters/{NAME}.md:{line}: {NAME} (torch)" in str(caught.value)
    assert "AttributeError" in str(caught.value)
    assert "untouched" in caught.value.fix
    assert tree(one) == before
    assert (one / f"_build/failed/torch/{NAME}.ipynb").exists()


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_a_kernel_that_dies_and_one_that_hangs(one: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change(one, "numbers = [1, 2, 3, 6]", "numbers = [1, 2, 3, 6]\nimport os; os._exit(1)")
    with pytest.raises(ExecutionError, match="killed the kernel"):
        run(one, chapters=["00"], frameworks=["torch"])
    change(one, "import os; os._exit(1)", "import time; time.sleep(60)")
    monkeypatch.setattr(meter, "CELL_LIMITS", CellLimits(wall=2))
    with pytest.raises(ExecutionError, match="did not end within 2 s"):
        run(one, chapters=["00"], frameworks=["torch"])


# A child of the kernel computes, and the kernel itself only waits for it.
COMPUTES = """\
import subprocess, sys
spin = "import time\\nwhile time.process_time() < 60: pass"
_ = subprocess.run([sys.executable, "-c", spin])"""


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_a_cell_is_limited_by_what_it_computes(one: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meter, "CELL_LIMITS", CellLimits(processor=2))
    # It waits longer than the limit, as any cell does on a busy machine.
    change(one, "numbers = [1, 2, 3, 6]", "numbers = [1, 2, 3, 6]\nimport time; time.sleep(4)")
    report, _ = run(one, chapters=["00"], frameworks=["torch"])
    assert report.executed
    solution = nbformat.read(one / f"solutions/torch/{NAME}.ipynb", as_version=4)
    assert solution.metadata.tlcourse.processor_seconds < 2
    change(one, "import time; time.sleep(4)", COMPUTES)
    with pytest.raises(ExecutionError, match="took more than 2 s of processor time"):
        run(one, chapters=["00"], frameworks=["torch"])


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_what_a_child_computes_counts(one: Path) -> None:
    change(one, "numbers = [1, 2, 3, 6]", "numbers = [1, 2, 3, 6]\n" + COMPUTES.replace("< 60", "< 2"))
    run(one, chapters=["00"], frameworks=["torch"])
    recorded = nbformat.read(one / f"solutions/torch/{NAME}.ipynb", as_version=4).metadata.tlcourse
    # Clocks of two processes, each rounded.
    assert 1.9 <= max(recorded.cell_processor_seconds.values()) < 10


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_the_time_of_a_chapter_moves_only_with_a_real_change() -> None:
    assert with_processor_time({}, 12.5) == {"processor": 12.5}
    assert with_processor_time({"processor": 12.5, "gpu": 3.0}, 13.0) == {"processor": 12.5, "gpu": 3.0}
    assert with_processor_time({"processor": 12.5, "gpu": 3.0}, 25.0) == {"processor": 25.0, "gpu": 3.0}
    # What was recorded under another name, such as wall time, is not carried on.
    assert with_processor_time({"cpu": 12.5}, 13.0) == {"processor": 13.0}


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_one_failing_notebook_does_not_stop_the_others(course: Path) -> None:
    change(course, "x = 1", "x = 1 / 0", "01-second")
    with pytest.raises(ExecutionError, match="2 notebooks failed"):
        run(course)
    assert (course / f"solutions/torch/{NAME}.ipynb").exists()


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_paths_of_this_machine_are_refused(one: Path) -> None:
    change(one, "object()", f'print("{one}/x")')
    with pytest.raises(ExecutionError, match="the course's folder of this machine"):
        run(one, chapters=["00"], frameworks=["torch"])


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_outputs_are_cleaned(one: Path) -> None:
    code = (
        "import sys, warnings\n"
        'print("1%\\r50%\\r100%")\n'
        'warnings.warn("careful")\n'
        "from IPython.display import display\n"
        'view = {"application/vnd.jupyter.widget-view+json": {"model_id": "a"}}\n'
        'display({**view, "text/plain": "HBox()"}, raw=True)\n'
        'display({**view, "text/html": "<b>static</b>"}, raw=True)'
    )
    change(one, "object()", code)
    run(one, chapters=["00"], frameworks=["torch"])
    solution = nbformat.read(one / f"solutions/torch/{NAME}.ipynb", as_version=4)
    cell = next(cell for cell in solution.cells if cell.id == "plot-it")
    texts = {output.name: output.text for output in cell.outputs if output.output_type == "stream"}
    assert texts["stdout"] == "100%\n"
    assert texts["stderr"].startswith("<cell>:3: UserWarning: careful")
    shown = [output.data for output in cell.outputs if output.output_type == "display_data"]
    assert shown == [{"text/html": "<b>static</b>"}]
    assert "execution" not in cell.metadata


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_a_claim_that_only_running_could_find_missing(one: Path) -> None:
    before = tree(one)
    change(
        one, 'record("answer", 42, tolerance=0)', 'for word in []:\n    record(f"{word}", 42, tolerance=0)'
    )
    with pytest.raises(SourceMistakes, match="claim 'answer'"):
        run(one, chapters=["00"], frameworks=["torch"])
    assert tree(one) == before


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_mistakes_of_all_chapters_come_before_any_work(course: Path) -> None:
    change(course, "## Quiz", "# Quiz")
    change(course, "## More", "# More", "01-second")
    with pytest.raises(SourceMistakes) as caught:
        run(course)
    assert {mistake.file for mistake in caught.value.mistakes} == {
        f"book/chapters/{NAME}.md",
        "book/chapters/01-second.md",
    }
    assert not (course / "notebooks").exists()


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_choosing(course: Path) -> None:
    report, _ = run(course, chapters=["01-second"], frameworks=["keras"])
    assert report.executed == ["solutions/keras/01-second.ipynb"]
    with pytest.raises(UnknownNameError, match="'07'"):
        run(course, chapters=["07"])
    with pytest.raises(UnknownNameError, match="'jax'"):
        run(course, frameworks=["jax"])


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_as_a_plain_command(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(course), "--chapter", "01", "--framework", "torch"]) == 0
    assert main(["--root", str(course), "--chapter", "01", "--framework", "torch", "--check"]) == 0
    change(course, "Nothing to record.", "Nothing.", "01-second")
    assert main(["--root", str(course), "--chapter", "01", "--framework", "torch", "--check"]) == 1
    change(course, "Nothing.", "{nothing}`x`", "01-second")
    assert main(["--root", str(course), "--chapter", "01"]) == 1
    assert "01-second.md:11: The role {nothing}" in capsys.readouterr().out


@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_a_gpu_gives_its_time_and_nothing_else(one: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (one / f"solutions/torch/{NAME}.ipynb").read_text()
    monkeypatch.setenv("TLCOURSE_DEVICE", "cuda")
    run(one, chapters=["00"], frameworks=["torch"], force=True)
    claims = json.loads((one / f"book/claims/torch/{NAME}.json").read_text())
    assert set(claims["seconds"]) == {"processor", "gpu"}
    after = (one / f"solutions/torch/{NAME}.ipynb").read_text()
    assert after == before.replace("two CPU cores (", "two CPU cores, about 10 s on a GPU (") != before
