"""What the jail shows of the package: probes, and nothing that knows an answer."""

from __future__ import annotations

import ast

import pytest

from tlcourse.errors import CourseError
from tlcourse.exercises import all_exercises
from tlcourse.exercises.engine.answers import answers_in
from tlcourse.grading.sandbox.slicing import slice_modules
from tlcourse.grading.sandbox.view import build_view, probe_modules


@pytest.fixture(scope="module")
def modules():
    return probe_modules()


def course() -> list:
    """The course's own exercises: other tests of this process add toys."""
    return [e for e in all_exercises() if e.probe.__module__.startswith("tlcourse.")]


def in_modules() -> list:
    """Those of them that are no folders."""
    return [e for e in course() if e.folder is None]


def in_folders() -> list:
    return [e for e in course() if e.folder is not None]


def names(source: str) -> set[str]:
    return {n.name for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef)}


def test_probes_are_there_and_inputs_and_judges_are_not(modules):
    there = {name for source in modules.values() for name in names(source)}
    for exercise in in_modules():
        assert exercise.probe.__name__ in there
        module = f"{exercise.probe.__module__.rpartition('.')[2]}.py"
        assert exercise.judge.__name__ not in names(modules[module]), exercise.id
        assert exercise.inputs.__name__ not in names(modules[module]), exercise.id


def test_no_misconception_hint_or_verdict_is_there(modules):
    text = "\n".join(modules.values())
    assert "Verdict(" not in text
    assert "Misconception(" not in text
    for exercise in in_modules():
        for wrong in exercise.misconceptions:
            for framework in exercise.frameworks:
                source = wrong.source_for(framework)
                assert source is None or source.strip() not in text, (exercise.id, wrong.name)
        for hint in exercise.hints:
            assert hint not in text


def test_of_a_folder_the_view_has_what_it_is_and_its_probe_and_nothing_else(tmp_path):
    build_view(tmp_path / "tlcourse", "04")
    chapters = tmp_path / "tlcourse" / "exercises" / "chapters"
    assert in_folders()
    for exercise in in_folders():
        folder = chapters / f"ch{exercise.chapter}" / exercise.folder.name
        there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.suffix != ".pyc"}
        assert there == {"__init__.py", "probe.py", "__pycache__"}, exercise.id
    # Neither under another name, nor compiled, nor copied into a module beside it.
    text = "\n".join(path.read_text("utf-8") for path in tmp_path.rglob("*.py"))
    names = {path.name.split(".")[0] for path in chapters.rglob("*") if path.is_file()}
    assert not {name for name in names if name.startswith(("judge", "hints", "answers"))}
    for exercise in in_folders():
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
        "untouched.py",
        "zygote.py",
    }


def test_a_slice_keeps_what_is_needed_and_follows_siblings():
    sources = {
        "a": "import os\nfrom .b import helper, secret\nX = 1\nY = [x for x in range(3)]\n"
        "def f():\n    return helper(X)\ndef g():\n    x = secret()\n    return os, Y\n",
        "b": "SCALE = 2\ndef helper(x):\n    return x * SCALE\ndef secret():\n    return 42\n",
    }
    sliced = slice_modules(sources, {"a": ["f"]})
    assert "secret" not in sliced["a"] + sliced["b"]
    assert "import os" not in sliced["a"]
    assert "Y" not in sliced["a"]
    assert "SCALE" in sliced["b"]
    with pytest.raises(CourseError, match="does not bind 'nothing'"):
        slice_modules(sources, {"a": ["nothing"]})
