"""The launch buttons and the cell that installs the course: from one setting, or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell

import tlcourse
from tlcourse.authoring import launch
from tlcourse.authoring.compile import compile_chapter
from tlcourse.authoring.launch import Repository, install_source, launch_links, repository_of
from tlcourse.errors import SettingError
from tlcourse.files import course_root

ROOT = course_root(Path(tlcourse.__file__).parent)
PLACE = Repository("ada", "my-course", "v1/next")


def _book(folder: Path, setting: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "_config.yml").write_text(setting)
    return folder


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("repository:\n  url: https://github.com/ada/my-course\n", Repository("ada", "my-course")),
        ("repository:\n  url: https://github.com/ada/my.course.git\n", Repository("ada", "my.course")),
        ("repository:\n  url: https://github.com/ada/c/\n  branch: dev\n", Repository("ada", "c", "dev")),
        ("repository: https://github.com/ada/c\n", Repository("ada", "c")),
        ('repository:\n  url: ""\n', None),
        ("repository:\n", None),
        ("title: x\n", None),
        ("", None),
    ],
)
def test_the_setting_is_read(setting: str, expected: Repository | None, tmp_path: Path) -> None:
    assert repository_of(_book(tmp_path, setting)) == expected


@pytest.mark.parametrize(
    "url",
    ["https://gitlab.com/ada/c", "github.com/ada/c", "https://github.com/ada", "https://github.com/a b/c"],
)
def test_an_address_that_no_service_opens_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"book/_config\.yml") as raised:
        repository_of(_book(tmp_path, f"repository:\n  url: '{url}'\n"))
    assert "leave `url:` empty" in raised.value.fix


def test_the_addresses_are_the_services_own() -> None:
    links = launch_links(PLACE, "keras", "02-choose")
    file = "ada/my-course/blob/v1/next/notebooks/keras/02-choose.ipynb"
    assert links == {
        "Colab": f"https://colab.research.google.com/github/{file}",
        "Kaggle": f"https://kaggle.com/kernels/welcome?src=https://github.com/{file}",
        "Binder": "https://mybinder.org/v2/gh/ada/my-course/v1%2Fnext"
        "?urlpath=lab/tree/notebooks/keras/02-choose.ipynb",
        "Codespaces": "https://codespaces.new/ada/my-course?ref=v1%2Fnext",
    }


def _commands(framework: str, lacking: set[str]) -> list[str]:
    """What a kernel without these modules would give to pip when it runs the cell."""
    shell = InteractiveShell()
    asked: list[str] = []
    shell.register_magic_function(asked.append, "line", "pip")
    code = install_source(PLACE, framework).replace(
        "from importlib.util import find_spec", f"find_spec = lambda name: None if name in {lacking} else 1"
    )
    shell.run_cell(code).raise_error()
    return asked


def test_where_the_course_is_the_cell_does_nothing() -> None:
    for framework in ("torch", "keras"):
        assert _commands(framework, set()) == []


@pytest.mark.parametrize(
    ("framework", "lacking", "extra"),
    [
        ("torch", {"tlcourse", "torch"}, "[torch]"),
        ("torch", {"tlcourse"}, "[torch]"),
        ("keras", {"tlcourse", "tensorflow"}, "[keras]"),
        ("keras", {"tlcourse"}, ""),
    ],
)
def test_elsewhere_it_installs_the_course_and_keeps_the_tensorflow_that_knows_the_gpu(
    framework: str, lacking: set[str], extra: str
) -> None:
    wanted = f'install -q "tlcourse{extra} @ git+https://github.com/ada/my-course@v1/next"'
    assert _commands(framework, lacking) == [wanted]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The course's sources, in a copy whose settings a test may change."""
    copy = tmp_path / "course"
    for part in ("chapters", "claims"):
        shutil.copytree(ROOT / "book" / part, copy / "book" / part)
    shutil.copy(ROOT / "book" / "references.bib", copy / "book")
    return copy


def test_a_notebook_has_the_buttons_and_the_cell_only_where_there_is_a_repository(course: Path) -> None:
    chapter = min((course / "book" / "chapters").glob("*.md"))
    _book(course / "book", "repository:\n  url: https://github.com/ada/my-course\n")
    notebook = compile_chapter(chapter, "torch", "learner")
    nbformat.validate(notebook)
    cells = {cell.id: cell.source for cell in notebook.cells}
    assert list(cells)[:5] == ["title", "opening", "launch", "install", "setup"]
    for name, address in launch_links(Repository("ada", "my-course"), "torch", chapter.stem).items():
        assert f"[{name}]({address})" in cells["launch"]
    assert cells["install"] == install_source(Repository("ada", "my-course"), "torch")
    # What is executed and graded, and the site's page, are the same as without.
    for flavour in ("solution", "site"):
        assert "install" not in {cell.id for cell in compile_chapter(chapter, "torch", flavour).cells}
    _book(course / "book", "repository:\n  url: ''\n")
    bare = {cell.id for cell in compile_chapter(chapter, "torch", "learner").cells}
    assert not {"launch", "install"} & bare


def test_the_course_as_it_is_says_why_it_has_none() -> None:
    assert repository_of(ROOT / "book") is None
    assert "empty" in launch.NO_REPOSITORY
