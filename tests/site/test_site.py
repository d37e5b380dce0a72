"""Staging and building the site, on a course of one tiny chapter."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
import tiny_course
import yaml

from tlcourse.authoring.site import build_site
from tlcourse.authoring.site.page import code_of, stage_notebook
from tlcourse.authoring.site.stage import chapters_of, stage
from tlcourse.errors import CourseError
from tlcourse.frameworks import FRAMEWORKS


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return tiny_course.make(tmp_path)


def solution_of(course: Path, framework: str = "torch") -> Path:
    return course / "solutions" / framework / f"{tiny_course.STEM}.ipynb"


def staged(framework: str = "torch") -> nbformat.NotebookNode:
    return stage_notebook(
        tiny_course.notebook(framework, executed=False),
        tiny_course.notebook(framework, executed=True),
        where="here",
    )


def test_outputs_come_from_the_solution_and_widgets_leave_their_picture() -> None:
    page = staged()
    cells = {cell.id: cell for cell in page.cells}
    assert [output.get("text") for output in cells["print"].outputs] == ["torch"], (
        "stdout stays, progress bars go"
    )
    (explorer,) = cells["explorer"].outputs
    assert set(explorer.data) == {"text/html", "text/plain"}, "no widget, no claim, no bare progress bar"
    assert "widgets" not in page.metadata
    nbformat.validate(page)


def test_solutions_fold_and_say_what_is_behind() -> None:
    cell = next(cell for cell in staged().cells if cell.id == "ch00-double")
    assert {"hide-input", "tl-solution"} <= set(cell.metadata.tags)
    assert cell.metadata.mystnb["code_prompt_show"] == "Show the solution: double"
    assert cell.metadata.mystnb["code_prompt_hide"] == "Hide the solution: double"


def test_both_frameworks_share_their_anchors() -> None:
    def anchors(framework: str) -> set[str]:
        return {
            line.split('id="')[1].split('"')[0]
            for cell in staged(framework).cells
            if cell.cell_type == "markdown"
            for line in cell.source.splitlines()
            if "tl-anchor" in line
        }

    assert anchors("keras") < anchors("torch"), "the PyTorch page has one cell more"
    assert len(anchors("keras")) >= 5


def test_staging_leaves_its_arguments_alone() -> None:
    compiled = tiny_course.notebook("torch", executed=False)
    before = nbformat.writes(compiled)
    stage_notebook(compiled, tiny_course.notebook("torch", executed=True), where="here")
    assert nbformat.writes(compiled) == before


def test_markers_do_not_make_a_solution_stale() -> None:
    assert code_of("def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION") == code_of(
        "def f():\n    return 1\n"
    )


@pytest.mark.parametrize("change", ["edited", "new"])
def test_a_solution_older_than_its_chapter_is_refused(change: str) -> None:
    compiled = tiny_course.notebook("torch", executed=False)
    if change == "edited":
        next(cell for cell in compiled.cells if cell.id == "print").source += "\nprint('more')"
    else:
        compiled.cells.append(nbformat.v4.new_code_cell("new = 1", id="fresh"))
    with pytest.raises(CourseError, match=r"is older than its chapter(.|\n)*tlcourse build"):
        stage_notebook(
            compiled, tiny_course.notebook("torch", executed=True), where="solutions/torch/x.ipynb"
        )


def test_a_recorded_error_is_refused() -> None:
    solution = tiny_course.notebook("torch", executed=True)
    cell = next(cell for cell in solution.cells if cell.id == "print")
    cell.outputs = [nbformat.v4.new_output("error", ename="ValueError", evalue="no", traceback=[])]
    with pytest.raises(CourseError, match="holds an error"):
        stage_notebook(tiny_course.notebook("torch", executed=False), solution, where="here")


def test_a_missing_solution_is_named_with_what_to_do(course: Path) -> None:
    solution_of(course, "keras").unlink()
    target = course / "_build" / "book-src"
    with pytest.raises(CourseError, match=r"00-tiny\.ipynb is missing(.|\n)*tlcourse build"):
        stage(course, target, compile=tiny_course.compile_tiny)
    assert not target.exists(), "nothing was written"


def test_a_damaged_solution_is_named(course: Path) -> None:
    solution_of(course).write_text("{", encoding="utf-8")
    with pytest.raises(CourseError, match="not a readable notebook"):
        stage(course, course / "out", compile=tiny_course.compile_tiny)


def test_a_chapter_without_front_matter_is_named(course: Path) -> None:
    (course / "book" / "chapters" / "01-bare.md").write_text("# Bare\n", encoding="utf-8")
    with pytest.raises(CourseError, match=r"book/chapters/01-bare\.md:1: The file has no front matter"):
        chapters_of(course)


def test_a_course_without_chapters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="no chapter"):
        chapters_of(tmp_path)


def test_the_table_of_contents_has_each_chapter_in_each_framework(course: Path) -> None:
    target = course / "out"
    stage(course, target, compile=tiny_course.compile_tiny)
    toc = yaml.safe_load((target / "_toc.yml").read_text(encoding="utf-8"))
    assert [part["caption"] for part in toc["parts"]] == [
        "Begin",
        "Chapters in PyTorch",
        "Chapters in Keras",
        "More",
    ]
    assert toc["parts"][2]["chapters"] == [
        {"file": f"keras/{tiny_course.STEM}", "title": f"0. {tiny_course.TITLE}"}
    ]
    files = [entry["file"] for part in toc["parts"] for entry in part["chapters"]]
    for framework in FRAMEWORKS:
        assert f"{framework}/{tiny_course.STEM}" in files
    assert (target / "_extra" / "notebooks" / "keras" / f"{tiny_course.STEM}.ipynb").is_file()
    index = (target / "index.md").read_text(encoding="utf-8")
    assert "<!-- chapters -->" not in index
    assert "Does the site show every kind of cell?" in index


def test_a_folder_that_is_not_a_site_is_never_replaced(course: Path) -> None:
    mine = course / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(CourseError, match="not a site built before"):
        build_site(course, output=mine, compile=tiny_course.compile_tiny)
    assert (mine / "thesis.txt").read_text(encoding="utf-8") == "years of work"


@pytest.mark.slow
@pytest.mark.turns(2, "tlcourse/authoring", "tests/site")
def test_built_twice_and_a_warning_fails_and_leaves_the_site_of_before(course: Path) -> None:
    said: list[str] = []
    config = course / "book" / "_config.yml"
    private = config.read_text(encoding="utf-8")
    config.write_text(private.replace('url: ""', "url: https://github.com/ada/course"), encoding="utf-8")
    index = build_site(course, compile=tiny_course.compile_tiny, echo=said.append)
    assert not any("repository" in line for line in said)
    for file, source in (
        (f"torch/{tiny_course.STEM}.html", f"chapters/{tiny_course.STEM}.md"),
        ("learners.html", "learners.md"),
    ):
        text = (index.parent / file).read_text(encoding="utf-8")
        assert f'href="https://github.com/ada/course/edit/main/book/{source}"' in text
    assert "Edit this page" not in (index.parent / "search.html").read_text(encoding="utf-8")
    config.write_text(private, encoding="utf-8")
    page = (index.parent / "torch" / f"{tiny_course.STEM}.html").read_text(encoding="utf-8")
    assert page.count(tiny_course.MONEY) == 2, "compiled or not, money is no formula"
    assert page.count('class="math notranslate') == 1
    assert index == course / "_build" / "site" / "index.html"
    assert "A tiny chapter" in index.read_text(encoding="utf-8")
    assert page.count("<math>") == 1
    assert build_site(course, compile=tiny_course.compile_tiny, echo=said.append) == index
    first = index.read_bytes()
    assert any("Edit this page" in line and "is empty" in line for line in said), "absent, with the reason"
    assert "Edit this page" not in index.read_text(encoding="utf-8")

    page = course / "book" / "learners.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nSee {doc}`nowhere`.\n", encoding="utf-8")
    said.clear()
    with pytest.raises(CourseError, match=r"1 warning"):
        build_site(course, compile=tiny_course.compile_tiny, echo=said.append)
    assert any("nowhere" in line and "learners.md" in line for line in said), said
    assert index.read_bytes() == first, "the site of before is still there"
