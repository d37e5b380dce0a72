"""An exercise as a folder: found by itself, its answers read with their places, its judge a table."""

from __future__ import annotations

import ast
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from tlcourse.errors import CourseError
from tlcourse.exercises import all_exercises, engine, get, judge_observation, load_answer, observe_in_process
from tlcourse.exercises.engine.answers import FILES, answers_in, read_answers
from tlcourse.exercises.engine.folder import exercises_in
from tlcourse.exercises.engine.registry import add_module
from tlcourse.exercises.engine.table import always, read, right, stopped, total, wrong

CHAPTERS = Path(engine.__file__).parents[1] / "chapters"

FILES_OF_TWICE = {
    "__init__.py": """
        from tlcourse.exercises.engine import About

        ABOUT = About(title="Twice as much", points=1, answer="twice")
    """,
    "probe.py": """
        from tlcourse.exercises.engine import plain

        def inputs(rng):
            return {"x": rng.normal(size=3)}

        def probe(answer, inputs, framework):
            return {"value": plain(answer(inputs["x"]))}
    """,
    "judge.py": """
        from types import SimpleNamespace
        from tlcourse.exercises.engine import always, array, close, read, right, show, total, wrong

        ROWS = (
            right(lambda case: close(case.got, 2 * case.x), "Each number is doubled."),
            wrong(lambda case: close(case.got, case.x**2), "{shown}: these are squares.", "squares"),
            wrong(always, "{shown} is not twice what you were given.", "another number"),
        )

        def judge(observed, inputs):
            got = array(observed["value"], "the doubled numbers", inputs["x"].shape)
            return total(read(ROWS, SimpleNamespace(got=got, x=inputs["x"], shown=show(got))))
    """,
    "hints.md": """
        1. What is added to a number
           to double it?
        2. `2 * x`
    """,
    "answers.py": '''
        """Answers."""

        # %% [right] a sum
        def twice(x):
            return x + x

        # %% [wrong] squares: "these are squares"
        def twice(x):
            return x * x

        # %% [wrong] nothing done
        def twice(x):
            return x
    ''',
}


@pytest.fixture
def chapter(tmp_path, monkeypatch, request):
    """A package ch93 with one exercise, importable under a name of the test's own."""
    top = f"own_{abs(hash(request.node.name))}"
    folder = tmp_path / top / "ch93" / "twice"
    folder.mkdir(parents=True)
    (tmp_path / top / "__init__.py").write_text("")
    (folder.parent / "__init__.py").write_text("")
    for name, text in FILES_OF_TWICE.items():
        (folder / name).write_text(textwrap.dedent(text).lstrip())
    monkeypatch.syspath_prepend(str(tmp_path))
    return f"{top}.ch93", folder


def report(exercise, source):
    inputs = exercise.draw()
    answer, failed = load_answer(exercise, source)
    return judge_observation(
        exercise, failed or observe_in_process(exercise, answer, inputs, "plain"), inputs
    )


def test_a_folder_is_an_exercise(chapter):
    package, folder = chapter
    (exercise,) = exercises_in(package)
    assert (exercise.id, exercise.title, exercise.points, exercise.answer) == (
        "ch93-twice",
        "Twice as much",
        1,
        "twice",
    )
    assert exercise.hints == ("What is added to a number to double it?", "`2 * x`")
    assert exercise.folder == folder
    assert [(m.name, m.expect) for m in exercise.misconceptions] == [("squares", "these are squares")]
    assert exercise.misconceptions[0].source_for("keras").startswith("def twice")
    by_name = {answer.name: report(exercise, answer.source) for answer in answers_in(folder)}
    assert by_name["a sum"].points == 1
    assert by_name["squares"].misconceptions == ("squares",)
    assert "these are squares" in str(by_name["squares"])
    assert by_name["nothing done"].misconceptions == ("another number",)


def test_folders_come_in_the_order_asked_for_and_then_by_name(chapter):
    package, folder = chapter
    for name in ("alpha", "omega"):
        other = folder.parent / name
        other.mkdir()
        for each in folder.iterdir():
            if each.is_file():
                (other / each.name).write_bytes(each.read_bytes())
    (folder.parent / "__init__.py").write_text('ORDER = ("twice",)\n')
    assert [e.id for e in exercises_in(package)] == ["ch93-twice", "ch93-alpha", "ch93-omega"]


def test_what_a_folder_lacks_is_named(chapter):
    package, folder = chapter
    (folder.parent / "__init__.py").write_text('ORDER = ("gone",)\n')
    with pytest.raises(CourseError, match="names 'gone', which is not a folder"):
        exercises_in(package)
    with pytest.raises(CourseError, match="not the package of a chapter"):
        exercises_in("tlcourse.exercises.chapters")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("__init__.py", "TITLE = 'x'\n", "has no ABOUT"),
        ("probe.py", "def inputs(rng):\n    return {}\n", r"probe has no probe\(\)"),
        ("judge.py", "ROWS = ()\n", r"judge has no judge\(\)"),
        ("hints.md", "1. One.\n3. Three.\n", "not one of a numbered list: '3. Three.'"),
        ("hints.md", "Just think.\n", "not one of a numbered list: 'Just think.'"),
    ],
)
def test_a_broken_file_of_a_folder_is_named(chapter, name, text, message):
    package, folder = chapter
    (folder / name).write_text(text)
    with pytest.raises(CourseError, match=message):
        exercises_in(package)


def test_without_its_secret_files_a_folder_still_runs_its_probe_and_judges_nothing(chapter):
    package, folder = chapter
    for name in ("judge.py", "hints.md", "answers.py"):
        (folder / name).unlink()
    (exercise,) = exercises_in(package)
    assert exercise.probe(lambda x: x, {"x": np.ones(2)}, "plain")["value"].tolist() == [1.0, 1.0]
    assert exercise.hints == ()
    assert len(exercise.misconceptions) == 0
    with pytest.raises(RuntimeError, match="not here"):
        exercise.judge({}, {})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# %% [rihgt] x\na = 1\n", "line 1: this is not the header of an answer"),
        ("# %%\na = 1\n", "line 1: this is not the header of an answer"),
        ('# %% [wrong] x: "unfinished\na = 1\n', "line 1: this is not the header of an answer"),
        ('# %% [wrong] x: "a" b"\na = 1\n', "line 1: the message .* is not a string"),
        ('# %% [right] x: "why"\na = 1\n', "line 1: a right answer has no message"),
        ("# %% [right] x\na = 1\n# %% [wrong] x\na = 2\n", "line 3: 'x' stands on line 1 already"),
        ("# %% [right] x\n\n# %% [wrong] y\na = 2\n", "line 1: there is no code in this cell"),
        ("# %% [right] x\n# only words\n", "line 1: there is no code in this cell"),
        ("import os\n# %% [right] x\na = 1\n", "line 1: code stands above the first answer"),
        ("# %% [right] x\na = 1\nb = = 2\n", "line 3: Python cannot read it"),
    ],
)
def test_a_mistake_in_a_file_of_answers_is_told_with_its_line(tmp_path, text, message):
    (tmp_path / "answers.py").write_text(text)
    with pytest.raises(CourseError, match=rf"answers\.py, {message}"):
        read_answers(tmp_path / "answers.py")


def test_one_name_means_one_thing_in_both_frameworks(tmp_path):
    (tmp_path / "answers_torch.py").write_text('# %% [wrong] x: "why"\na = 1\n')
    (tmp_path / "answers_keras.py").write_text("# %% [wrong] x\na = 2\n")
    with pytest.raises(CourseError, match=r"line 1: 'x' has another header in answers_torch\.py"):
        answers_in(tmp_path)
    (tmp_path / "answers_keras.py").write_text('# %% [wrong] x: "why"\na = 2\n')
    assert [(a.frameworks, a.source) for a in answers_in(tmp_path)] == [
        (("torch",), "a = 1\n"),
        (("keras",), "a = 2\n"),
    ]
    (tmp_path / "answers.py").write_text('# %% [wrong] x: "why"\na = 3\n')
    with pytest.raises(CourseError, match=r"'x' stands in answers.py too"):
        answers_in(tmp_path)


class Case:
    def __init__(self, n: int) -> None:
        self.n, self.shown = n, f"<{n}>"


TABLE = (
    wrong(lambda case: case.n < 0, "{shown} is negative.", "negative"),
    wrong(lambda case: case.n < 5, "{shown} is small.", "small", points=0.5),
    right(always, "Large enough.", 2),
)


def test_the_first_row_that_holds_is_read():
    found = [read(TABLE, Case(n)) for n in (-1, 3, 7)]
    assert [(points, f.message, f.misconception, f.passed) for points, f in found] == [
        (0.0, "<-1> is negative.", "negative", False),
        (0.5, "<3> is small.", "small", False),
        (2, "Large enough.", None, True),
    ]


def test_of_several_cases_the_worst_gives_the_points():
    points, finding = read(TABLE, [Case(7), Case(3), Case(-1)])
    assert (points, finding.message) == (0.0, "<3> is small.")
    points, finding = read(TABLE, [Case(7), Case(3), Case(4)])
    assert (points, finding.message) == (0.5, "<3> is small.")


def test_of_several_cases_the_first_that_fails_is_told():
    assert read(TABLE, [Case(7), Case(3), Case(-1)])[1].message == "<3> is small."
    assert read(TABLE, [Case(7), Case(8)]) == read(TABLE, Case(7))
    verdict = total(read(TABLE, Case(3)), read(TABLE, Case(9)))
    assert verdict.points == 2.5
    assert [finding.passed for finding in verdict.findings] == [False, True]
    assert stopped(TABLE[:1], [Case(1), Case(2)]) is None
    assert stopped(TABLE[:1], [Case(1), Case(-2)]).findings[0].message == "<-2> is negative."
    with pytest.raises(ValueError, match="No row of the table holds"):
        read(TABLE[:1], Case(1))


def test_every_exercise_is_in_the_chapter_that_its_id_says():
    for number in range(10):
        found = all_exercises(f"{number:02d}")
        assert found
        assert {e.chapter for e in found} == {f"{number:02d}"}


def test_the_folders_of_the_course_are_whole():
    folders = [e for e in all_exercises() if e.folder is not None and "tlcourse" in e.probe.__module__]
    assert folders
    for exercise in folders:
        there = {path.name for path in exercise.folder.iterdir() if path.is_file()}
        assert {"__init__.py", "probe.py", "judge.py", "hints.md"} <= there, exercise.id
        assert {name for name in there if name.startswith("answer")} <= set(FILES), exercise.id
        assert exercise.hints, exercise.id
        covered = {f for answer in answers_in(exercise.folder) for f in answer.frameworks}
        assert covered == set(exercise.frameworks), exercise.id


def test_a_check_loads_its_own_chapter_and_reads_no_answer():
    code = """
        import builtins, io, sys
        opened = []
        sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
        from tlcourse.exercises import check
        def draw_per_class(labels, n, seed):
            return []
        print(check("ch00-draw-per-class", draw_per_class, framework="torch").state.value)
        names = [m for m in sys.modules if m.startswith("tlcourse.exercises.ch")]
        print([m for m in names if "ch00" not in m and m != "tlcourse.exercises.chapters"])
        within = [p.rsplit("/exercises/chapters/", 1)[1] for p in opened if "/exercises/chapters/" in p]
        read = [p for p in within if p.rsplit("/", 1)[-1].startswith("answers")]
        print([m for m in names if ".answers" in m], read)
    """
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        check=True,
        timeout=900,
    )
    assert ran.stdout.splitlines() == ["NOT YET", "[]", "[] []"]


def test_an_instructors_own_folder_is_found_by_name(chapter):
    package, _ = chapter
    add_module(package)
    assert get("ch93-twice").title == "Twice as much"


def test_an_exercise_imports_the_engine_by_one_door():
    """What an author needs of the engine is public in it: no folder knows how the engine is laid out."""
    for path in CHAPTERS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            module = getattr(node, "module", None) or ""
            if isinstance(node, ast.ImportFrom) and module.startswith("tlcourse.exercises"):
                assert module == "tlcourse.exercises.engine", f"{path}:{node.lineno}: {module}"
                names = {alias.name for alias in node.names}
                assert names <= set(engine.__all__), f"{path}:{node.lineno}: {names - set(engine.__all__)}"
