"""What the jail shows of the package: probes, and nothing that knows an answer."""

from __future__ import annotations

import importlib.util
import marshal
import py_compile
from importlib.util import cache_from_source
from pathlib import Path

import tlcourse
from tlcourse.exercises import all_exercises
from tlcourse.exercises.engine.answers import answers_in
from tlcourse.exercises.engine.own_work import hidden_in, place_of
from tlcourse.grading.sandbox.view import build_view


def course() -> list:
    """The course's own exercises: other tests of this process add toys."""
    return [e for e in all_exercises() if e.probe.__module__.startswith("tlcourse.")]


def test_of_a_folder_the_view_has_what_it_is_and_its_probe_and_nothing_else(tmp_path):
    build_view(tmp_path / "tlcourse", "04")
    chapters = tmp_path / "tlcourse" / "exercises" / "chapters"
    assert course()
    for exercise in course():
        folder = chapters / f"ch{exercise.chapter}" / exercise.folder.name
        there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.suffix != ".pyc"}
        assert there == {"__init__.py", "probe.py", "__pycache__"}, exercise.id
    # Neither under another name, nor compiled, nor copied into a module beside it.
    text = "\n".join(path.read_text("utf-8") for path in tmp_path.rglob("*.py"))
    names = {path.name.split(".")[0] for path in chapters.rglob("*") if path.is_file()}
    assert not {name for name in names if name.startswith(("judge", "hints", "answers"))}
    for exercise in course():
        for answer in answers_in(exercise.folder):
            assert answer.source.strip() not in text, (exercise.id, answer.name)
        for hint in exercise.hints:
            assert hint not in text


def test_the_view_has_no_grader_and_no_compiler(tmp_path):
    build_view(tmp_path / "tlcourse", "00")
    there = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.py")}
    assert "tlcourse/exercises/engine/observe.py" in there
    assert not [name for name in there if "/authoring/" in name]
    inside = {name.rpartition("/")[2] for name in there if "/grading/" in name}
    assert inside == {
        "__init__.py",
        "attacks.py",
        "audit.py",
        "child.py",
        "linux.py",
        "plain_traceback.py",
        "peeking.py",
        "untouched.py",
        "zygote.py",
    }


def test_what_is_compiled_is_what_is_shown(tmp_path):
    """Taken along from the package where a file is as it is there, and not where its functions are empty."""
    package, shown = Path(tlcourse.__file__).parent, tmp_path / "tlcourse"
    emptied = {place_of(name)[0] for name in hidden_in("03")}
    files = {Path(importlib.util.find_spec(name).origin) for name in emptied}
    same = package / "errors.py"
    for file in (*files, same):  # as an import of the package's own does
        py_compile.compile(str(file), doraise=True)
    build_view(shown, "03")
    assert len(files) > 3
    for file in (*files, same):
        path = shown / file.relative_to(package)
        assert (path.read_bytes() == file.read_bytes()) == (file == same)
        code = marshal.loads(Path(cache_from_source(str(path))).read_bytes()[16:])
        assert code == compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    assert sorted(shown.rglob("*.pyc")) == sorted(
        Path(cache_from_source(str(path))) for path in shown.rglob("*.py")
    )
