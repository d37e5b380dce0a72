"""What counts as an answer when a submission is rebuilt, and what it leans on."""

from __future__ import annotations

import ast
import copy
import re
from pathlib import Path

import nbformat
import pytest

from tlcourse.exercises import all_exercises
from tlcourse.exercises.engine.registry import chapter_number
from tlcourse.grading.guard import rebuild
from tlcourse.grading.reading import read_notebook
from tlcourse.grading.record import grade_id_of, load_record
from tlcourse.grading.sample import fill, right_answers
from tlcourse.grading.slices import leans_on

ROOT = Path(__file__).parents[2]
CHAPTERS = sorted({e.chapter for e in all_exercises()})


def rebuilt(record, change):
    notebook = copy.deepcopy(record.notebook)
    change(notebook)
    return rebuild(read_notebook(nbformat.writes(notebook).encode(), record.chapter), record)


def own_code(notebook):
    return [c for c in notebook.cells if c.cell_type == "code" and grade_id_of(c) is None]


def another_number(notebook):
    for cell in own_code(notebook):
        cell.source = re.sub(r"(?<![\w.\"'])(\d+)(?![\w.\"'])", lambda m: str(int(m[1]) + 1), cell.source)


def another_number_and_no_ids(notebook):
    another_number(notebook)
    for i, cell in enumerate(notebook.cells):
        cell.id = f"x{i}"


def a_line_more(notebook):
    for cell in own_code(notebook):
        cell.source += "\nmine = 1\n"


@pytest.mark.parametrize("framework", ["torch", "keras"])
@pytest.mark.parametrize("chapter", CHAPTERS)
@pytest.mark.parametrize("change", [another_number, another_number_and_no_ids, a_line_more])
def test_a_cell_of_the_course_is_never_an_answer(chapter, framework, change):
    submission = rebuilt(load_record(ROOT, chapter, framework), change)
    assert {a.exercise_id: len(a.attempts) for a in submission.answers} == {
        a.exercise_id: 0 for a in submission.answers
    }


def test_some_chapter_defines_an_answer_s_name_in_a_cell_of_its_own():
    # Otherwise the test above would test nothing.
    from tlcourse.exercises.engine.cells import binds

    clashes = [
        exercise.id
        for chapter in CHAPTERS
        for exercise in load_record(ROOT, chapter, "torch").exercises
        for cell in own_code(load_record(ROOT, chapter, "torch").notebook)
        if exercise.answer in binds(cell.source)
    ]
    assert clashes


def test_what_a_student_wrote_into_a_cell_of_the_course_counts():
    record = load_record(ROOT, "00", "torch")

    def write(notebook):
        own_code(notebook)[2].source = "def pick_class(logits, names):\n    return names[0], 1.0\n"

    answers = {a.exercise_id: a for a in rebuilt(record, write).answers}
    assert len(answers["ch00-pick-class"].attempts) == 1


def test_two_answers_in_one_cell_both_count():
    record = load_record(ROOT, "00", "torch")
    first, second, _ = record.exercises

    def merge(notebook):
        for cell in notebook.cells:
            if grade_id_of(cell) == first.id:
                cell.source = (
                    f"def {first.answer}(*a):\n    return 1\n\ndef {second.answer}(*a):\n    return 2\n"
                )

    submission = rebuilt(record, merge)
    assert [len(a.attempts) for a in submission.answers][:2] == [1, 1]


def test_the_note_says_that_there_are_several():
    record = load_record(ROOT, "00", "torch")

    def twice(notebook):
        source = "def pick_class(logits, names):\n    return names[0], 1.0\n"
        for cell in list(notebook.cells):
            if grade_id_of(cell) == "ch00-pick-class":
                cell.source = source
        notebook.cells.append(nbformat.v4.new_code_cell(source.replace("1.0", "0.5")))

    submission = rebuilt(record, twice)
    assert "pick_class (ch00-pick-class) is defined in 2 cells" in submission.notes
    assert [a.source.count("0.5") for a in submission.answers[1].attempts] == [0, 1]


@pytest.mark.parametrize(
    ("above", "there"),
    [
        ("t = {}\nfor k in 'ab':\n    t[k] = 1", "t[k] = 1"),
        ("t = {}\nif True:\n    t.update(a=1)", "t.update(a=1)"),
        ("t = [3, 1]\nimport random\nrandom.shuffle(t)", "random.shuffle(t)"),
        ("t = {}\ndef fill():\n    t['a'] = 1\n\ndef go():\n    global t\n    t = {1: 2}\ngo()", "go()"),
        ("class T: pass\nt = T()\nwith open('x') as f:\n    t.text = f.read()", "t.text = f.read()"),
        ("t = [0]\nt += [1]", "t += [1]"),
        ("t = [0, 1]\ndel t[0]", "del t[0]"),
        ("t = [0]\nwhile t:\n    last = t.pop()", "t.pop()"),
        ("%%capture\nt = 1", "t = 1"),
        ("a, (b, t) = 1, (2, 3)", "(b, t)"),
        ("import numpy as np\nt = np.zeros(3)\nnp.add.at(t, [0], 1)", "np.add.at(t, [0], 1)"),
    ],
)
def test_what_fills_a_table_is_there(above, there):
    assert there in leans_on("def f(x):\n    return t[x]", "f", [above])


def test_a_function_that_calls_a_module_changes_no_module():
    above = [
        "import numpy as np",
        "def hits(rows):\n    np.fill_diagonal(rows, -2)\n    return rows.argmax(1)",
        "shelf = train(1000)\nfound = hits(shelf)",
    ]
    setup = leans_on("def f(x):\n    return np.exp(x)", "f", above)
    assert "import numpy as np" in setup
    assert "hits" not in setup
    assert "train" not in setup


@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_no_solution_leans_on_the_chapters_experiments(framework):
    """What stands above runs for every answer of a class: imports and definitions, nothing that computes."""
    for chapter in sorted({chapter_number(exercise.chapter) for exercise in all_exercises()}):
        record = load_record(ROOT, chapter, framework)
        student = read_notebook(nbformat.writes(fill(record, right_answers(ROOT, record))).encode(), chapter)
        for answer in rebuild(student, record).answers:
            for tried in ast.parse(answer.attempts[-1].setup).body:
                (statement,) = tried.body if isinstance(tried, ast.Try) else [tried]
                computes = not isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef) and any(
                    isinstance(node, ast.Call) for node in ast.walk(statement)
                )
                assert not computes, f"{answer.exercise_id} in {framework}: {ast.unparse(statement)}"


def test_what_only_looks_is_left_out():
    above = ["t = [1]", "print(t)\ncheck('x', t)\ndisplay(t)", "y = train(t)"]
    # The course's own cell: what a student's call does to `t` nobody knows.
    setup = leans_on("def f(x):\n    return t[x]\nprint(y)", "f", above, spare=[above[2]])
    assert "t = [1]" in setup
    assert "print" not in setup
    assert "train" not in setup
