"""What takes turns by the commit: something of it in every run, and all of it within a stated number."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest
from commit import FRAMEWORKS, RECENT, changed_files, in_turn, just_changed, place, waits


@pytest.mark.parametrize("of", [1, 2, 3, 5])
@pytest.mark.parametrize("first", [0, 1, 410, 411, 412])
def test_every_case_has_its_turn_within_the_commits_that_are_stated(of: int, first: int) -> None:
    cases = list("abcdefgh")
    runs = [in_turn(cases, of, turn) for turn in range(first, first + 2 * of - 1)]
    assert all(len(cases) // of <= len(run) <= len(cases) // of + 1 for run in runs)
    assert sorted({case for run in runs for case in run}) == cases


def test_no_case_waits_for_ever_where_some_commits_are_not_tested() -> None:
    for every in (2, 3, 6):
        for of in (2, 3):
            assert {place(of, turn) for turn in range(0, 20 * every, every)} == set(range(of))


def test_few_cases_and_none() -> None:
    assert in_turn([], 3) == []
    assert {in_turn("ab", 9, turn)[0] for turn in range(10)} == {"a", "b"}
    assert len(FRAMEWORKS) == 2


def test_what_was_just_changed_has_no_turns(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=n", "-c", "user.email=e@x")
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)

    def write(name: str, text: str) -> None:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    assert changed_files(tmp_path) is None, "no checkout"
    assert just_changed(tmp_path / "old", tmp_path), "where git cannot tell, everything is tried"
    git("init", "-q")
    write("old/judge.py", "1")
    git("add", ".")
    git("commit", "-qm", "old")
    for number in range(RECENT):
        write("new/judge.py", str(number))
        git("add", ".")
        git("commit", "-qm", "new")
    write("waiting/a folder/judge.py", "1")
    changed_files.cache_clear()
    assert not just_changed(tmp_path / "old", tmp_path)
    assert just_changed(tmp_path / "new", tmp_path)
    (changed,) = [path for path in (tmp_path / "new").iterdir() if path.is_file()][:1]
    assert just_changed(changed, tmp_path), "a file may be what a slow test is about"
    assert just_changed(tmp_path / "waiting" / "a folder", tmp_path)
    assert not just_changed(tmp_path / "ne", tmp_path), "a name that begins alike is another folder"


def test_a_slow_test_has_its_turn_and_never_waits_while_its_folder_changes(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=n", "-c", "user.email=e@x")
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q")
    for folder in ("quiet", *["busy"] * RECENT):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "x.py").write_text(str(len(list(tmp_path.iterdir()))))
        git("add", ".")
        git("commit", "-qm", folder, "--allow-empty")
    (tmp_path / "busy" / "y.py").write_text("1")
    changed_files.cache_clear()
    for of in (2, 3):
        for name in ("a.py::test_one", "a.py::test_two"):
            waiting = [waits(name, of, ["quiet"], turn, tmp_path) for turn in range(2 * of - 1)]
            assert True in waiting, "it would run in every commit"
            assert False in waiting, "it would wait for ever"
            assert not any(waits(name, of, ["quiet", "busy"], turn, tmp_path) for turn in range(9))
    changed_files.cache_clear()


def test_the_folders_that_slow_tests_are_about_are_there() -> None:
    root = Path(__file__).parents[1]
    marks = [
        (file, node)
        for file in (root / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.turns"
    ]
    assert marks
    for file, node in marks:
        of, *folders = [ast.literal_eval(argument) for argument in node.args]
        assert of >= 2, file
        assert folders, file
        assert all((root / folder).exists() for folder in folders), (file, folders)
