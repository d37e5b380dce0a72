"""What counts of a student's notebooks, and what a notebook can do to the process that reads it: nothing."""

from __future__ import annotations

import contextlib
import copy
import json
import os
import shutil
import time
from pathlib import Path

import nbformat
import pytest

from tlcourse.grading import reader as reader_module
from tlcourse.grading.choosing import choose
from tlcourse.grading.model import NotGradedError
from tlcourse.grading.reader import Reader
from tlcourse.grading.reading import MOST_CELLS, MOST_SOURCE
from tlcourse.grading.record import grade_id_of, load_record
from tlcourse.grading.sample import fill, right_answers
from tlcourse.grading.submissions import find_submissions
from tools.processor_time import spent

ROOT = Path(__file__).parents[2]
RECORD = load_record(ROOT, "00", "torch")
RIGHT = right_answers(ROOT, RECORD)
NAME = RECORD.name
PICK = "ch00-pick-class"
WRONG = "def pick_class(logits, names):\n    return names[0], 1.0"
WORKED = nbformat.writes(fill(RECORD, RIGHT))
HALF = nbformat.writes(fill(RECORD, {PICK: WRONG}))
BLANK = nbformat.writes(RECORD.notebook)
SOLVED = (ROOT / "solutions" / "torch" / f"{NAME}.ipynb").read_text()


@pytest.fixture(scope="module")
def reader():
    with Reader(ROOT, "00") as made:
        yield made


def put(path: Path, text: str, age: float = 0.0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    moment = 1_790_000_000 - age
    os.utime(path, (moment, moment))


def counted(folder: Path, reader: Reader) -> tuple[str, str]:
    """Which file counts and the notes, or the reason why none does."""
    (handed,) = find_submissions(folder, "00", folder.parent / f"scratch{time.monotonic_ns()}").submissions
    try:
        chosen = choose(handed, reader)
    except NotGradedError as problem:
        return "", problem.reason
    return chosen.shown.removeprefix("ada/"), "; ".join(chosen.notes)


@pytest.mark.parametrize(
    ("files", "which", "note"),
    [
        ([("a", WORKED, 9), ("b", BLANK, 0)], "a", "b.ipynb (blank)"),
        ([("a", HALF, 9), ("b", WORKED, 0)], "b", "being the newest"),
        ([("a", WORKED, 0), ("b", HALF, 9)], "a", "not counted: ada/b.ipynb"),
        ([("a", HALF, 0), ("b", WORKED, 0)], "b", "the newest, please look: ada/b.ipynb, ada/a.ipynb"),
        ([("a", WORKED, 0), ("b", WORKED, 0)], "a", "counts"),
        ([("a", WORKED, 9), ("b", "{", 0)], "a", "b.ipynb (the file is not JSON"),
        ([("a", BLANK, 9), ("b", "{", 0)], "", "the file is not JSON"),
        ([("a", HALF, 9), ("b", SOLVED, 0)], "a", "course's own notebook of solutions"),
        ([("a", BLANK, 9), ("b", SOLVED, 0)], "a", "course's own notebook of solutions"),
        ([("a", SOLVED, 0)], "", "course's own notebook of solutions"),
    ],
)
def test_a_worked_notebook_counts_and_the_newest_of_these(tmp_path, reader, files, which, note):
    for name, text, age in files:
        put(tmp_path / "class" / "ada" / f"{name}.ipynb", text, age)
    counting, notes = counted(tmp_path / "class", reader)
    assert counting == (f"{which}.ipynb" if which else "")
    assert note in notes


@pytest.mark.parametrize("worked", ["torch", "keras"])
@pytest.mark.parametrize("zipped", [False, True])
def test_of_a_whole_checkout_the_learners_worked_notebook_counts(tmp_path, reader, worked, zipped):
    home = tmp_path / "class" / "ada" / "transfer-learning"
    for side in ("torch", "keras"):
        for part in ("notebooks", "solutions"):
            shutil.copytree(ROOT / part / side, home / part / side)
    (home / "tlcourse").mkdir()
    (home / "README.md").write_text("# The course")
    record = load_record(ROOT, "00", worked)
    answers = {PICK: WRONG}
    (home / "notebooks" / worked / f"{NAME}.ipynb").write_text(nbformat.writes(fill(record, answers)))
    for path in home.rglob("*"):
        os.utime(path, (1_790_000_000, 1_790_000_000))
    if zipped:
        shutil.make_archive(str(tmp_path / "class" / "ada"), "zip", tmp_path / "class" / "ada")
        shutil.rmtree(tmp_path / "class" / "ada")
    (handed,) = find_submissions(tmp_path / "class", "00", tmp_path / "scratch").submissions
    assert handed.student == "ada"
    chosen = choose(handed, reader)
    assert chosen.shown.endswith(f"transfer-learning/notebooks/{worked}/{NAME}.ipynb")
    assert chosen.opened.answered == 1
    assert chosen.opened.rebuilt.framework == worked
    assert "the only one that was worked in" in chosen.notes[0]


def changed(text: str, change) -> str:
    notebook = nbformat.reads(text, as_version=4)
    change(notebook)
    return nbformat.writes(notebook)


def _executed(notebook) -> None:
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count = 7
            cell.outputs = [nbformat.v4.new_output("stream", text="hello")]


def _without_metadata(notebook) -> None:
    notebook.metadata.clear()
    for cell in notebook.cells:
        cell.metadata.clear()


def _other_spaces(notebook) -> None:
    for cell in notebook.cells:
        cell.source = cell.source.replace(", ", " ,  ").replace("rng = ", "rng   =   ")


def _without_marks(notebook) -> None:
    for cell in notebook.cells:
        cell.source = cell.source.replace("    ### BEGIN SOLUTION\n", "").replace("    ### END SOLUTION", "")


def _of_another_edition(notebook) -> None:
    for cell in notebook.cells:
        cell.source = cell.source.replace("weights", "scores")


@pytest.mark.parametrize(
    "change", [_executed, _without_metadata, _other_spaces, _without_marks, _of_another_edition]
)
def test_a_solution_is_known_by_what_is_in_it(tmp_path, reader, change):
    put(tmp_path / "class" / "ada" / "my-own-work.ipynb", changed(SOLVED, change))
    assert "notebook of solutions" in counted(tmp_path / "class", reader)[1]


def test_a_solution_among_the_students_own_answers_is_left_out(reader):
    def own_pick(notebook):
        for cell in notebook.cells:
            if grade_id_of(cell) == PICK:
                cell.source = WRONG

    opened = reader.open(changed(SOLVED, own_pick).encode(), "x.ipynb")
    assert opened.answered == 1
    assert "ch00-draw-per-class is the course's own solution" in " ".join(opened.rebuilt.notes)


def test_the_same_lines_from_a_student_are_the_students(reader):
    assert reader.open(WORKED.encode(), "x.ipynb").answered == len(RIGHT)


def with_cells(*sources: str, framework: str = "torch") -> bytes:
    notebook = copy.deepcopy(fill(RECORD, RIGHT))
    notebook.cells += [nbformat.v4.new_code_cell(source) for source in sources]
    return json.dumps(notebook).encode()


HEAVY = {
    "tiny cells": (with_cells(*["x = 1"] * 60_000), "60,0"),
    "one large cell": (with_cells("x = 1\n" * 1_700_000), "characters"),
    "a list of lines": (
        json.dumps(
            {**json.loads(WORKED), "cells": [{"cell_type": "code", "source": ["x = 1\n"] * 300_000}]}
        ).encode(),
        "characters",
    ),
    "cells that are none": (json.dumps({**json.loads(WORKED), "cells": [1] * 100_000}).encode(), "100,000"),
}


@pytest.mark.parametrize("name", HEAVY)
def test_what_is_far_too_large_is_refused_at_once(reader, name):
    reader.open(WORKED.encode(), "x.ipynb")
    begun = spent()
    with pytest.raises(NotGradedError) as caught:
        reader.open(HEAVY[name][0], "x.ipynb")
    assert spent() - begun < 10
    assert HEAVY[name][1] in caught.value.reason


def test_what_is_large_and_allowed_is_read(reader):
    opened = reader.open(with_cells(*["x = 1"] * (MOST_CELLS - 100)), "x.ipynb")
    assert opened.answered == len(RIGHT)
    assert MOST_SOURCE >= 500_000


DEEP = {
    "brackets": "x = " + "(" * 90_000 + ")" * 90_000,
    "minus": "x = " + "-" * 300_000 + "1",
    "dots": "x = a" + ".b" * 200_000,
    "sum": "x = 1" + " + 1" * 150_000,
    "else": "if 1: pass\n" + "elif 1: pass\n" * 40_000,
    "nested": "\n".join(" " * i + "if 1:" for i in range(90)) + "\n" + " " * 90 + "x = 1",
    "f-string": 'f"' + "{" * 1000 + "}" * 1000 + '"',
    "null": "x = 1\x00",
    "number": "x = 10 ** " + "9" * 100_000,
    "lone surrogate": "x = '\ud800'",
}


@pytest.mark.parametrize("name", DEEP)
@pytest.mark.parametrize("where", ["beside", "in the answer"])
def test_a_cell_cannot_stop_the_class(reader, name, where):
    source = DEEP[name] if where == "beside" else f"def pick_class(l, n):\n    return 1\n{DEEP[name]}"
    with contextlib.suppress(NotGradedError):
        assert reader.open(with_cells(source), "x.ipynb").answered >= 1
    assert reader.open(WORKED.encode(), "x.ipynb").answered == len(RIGHT)


@pytest.mark.parametrize(
    "what", ["os._exit(3)", "os.kill(os.getpid(), 11)", "time.sleep(1000)", "[0] * 10**9", "0/0", "spin()"]
)
@pytest.mark.turns(3, "tlcourse/grading", "tests/grading")
def test_whatever_the_child_does_costs_one_student(monkeypatch, tmp_path, what):
    """A stand-in for faults of the parser that nobody knows yet: the child does it itself."""
    monkeypatch.setattr(reader_module, "_WALL", 5.0)
    monkeypatch.setattr(reader_module, "SECONDS", 3)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import os, sys, time\n"
        "def spin():\n    while True: pass\n"
        "if sys.orig_argv[1:3] == ['-m', 'tlcourse.grading.reader_child']:\n"
        "    import tlcourse.grading.guard as guard\n    kept = guard.rebuild\n"
        "    def rebuild(student, record):\n"
        "        if any('DO IT' in cell['source'] for cell in student.cells):\n"
        f"            {what}\n"
        "        return kept(student, record)\n"
        "    guard.rebuild = rebuild\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{folder}{os.pathsep}{ROOT}")
    with Reader(ROOT, "00") as made:
        assert made.open(WORKED.encode(), "x.ipynb").answered == len(RIGHT)
        with pytest.raises(NotGradedError) as caught:
            made.open(with_cells("# DO IT"), "x.ipynb")
        assert "did not get through it" in caught.value.reason or "taken apart" in caught.value.reason
        assert made.open(WORKED.encode(), "x.ipynb").answered == len(RIGHT)


def test_a_reply_that_is_no_reply_is_no_answer(reader, monkeypatch):
    for reply in (b"[]", b"{", b'{"framework": "jax"}', b'{"framework": "torch", "answers": 1}', b"[" * 9999):
        with monkeypatch.context() as patched:
            patched.setattr(reader, "_line", lambda seconds, reply=reply: reply)
            with pytest.raises(NotGradedError):
                reader.open(WORKED.encode(), "x.ipynb")
        reader._end()  # what it really said is still in the pipe
    assert reader.open(WORKED.encode(), "x.ipynb").answered == len(RIGHT)


def test_a_notebook_more_costs_milliseconds(reader):
    reader.open(WORKED.encode(), "x.ipynb")
    begun = time.process_time()
    for number in range(20):
        reader.open(with_cells(f"x = {number}"), "x.ipynb")
    assert (time.process_time() - begun) / 20 < 0.1


def test_no_file_of_a_students_is_imported(tmp_path, monkeypatch):
    for name in ("json", "nbformat", "tlcourse", "ast", "numpy"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'was-here')!r}, 'w')\n")
    monkeypatch.chdir(tmp_path)
    with Reader(ROOT, "00") as made:
        assert made.open(WORKED.encode(), "x.ipynb").answered == len(RIGHT)
    assert not (tmp_path / "was-here").exists()
