"""Our guard, isolated execution and export, at nbgrader's own seams: what ``nbgrader_config.py`` names."""

from __future__ import annotations

import csv
import json
import warnings
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from traitlets import Unicode

from tlcourse.exercises.engine.registry import chapter_number
from tlcourse.grading import store
from tlcourse.grading.judging import Task, judge_task
from tlcourse.grading.model import Answer, Mark, Rebuilt, Result
from tlcourse.grading.reader import Reader
from tlcourse.grading.record import grade_id_of, load_record
from tlcourse.grading.sandbox.proof import Secrets
from tlcourse.grading.tables import defused
from tlcourse.notebook_format import nbformat

__all__ = ["Guard", "IsolatedExecute", "MarksExporter", "autograded", "marks_by_hand", "save_in_gradebook"]

_KEY = "tlcourse_grading"


def prepared(rebuilt: Rebuilt) -> Any:
    """The rebuilt notebook with what `IsolatedExecute` needs in its metadata, where no student can write."""
    notebook = nbformat.from_dict(rebuilt.notebook)
    notebook.metadata[_KEY] = {
        "framework": rebuilt.framework,
        "chapter": rebuilt.chapter,
        "answers": {a.exercise_id: a.to_plain() for a in rebuilt.answers},
        "notes": list(rebuilt.notes),
    }
    return notebook


def autograded(notebook: Any, marks: tuple[Mark, ...]) -> Any:
    """A rebuilt notebook whose check cells have the judge's points and message as their output."""
    by_cell = {f"{mark.exercise_id}-check": mark for mark in marks}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.outputs, cell.execution_count = [], None
        mark = by_cell.get(grade_id_of(cell) or "")
        if mark is not None:
            cell.execution_count = 1
            data = {"text/plain": repr(float(round(mark.points, 4))), "text/html": mark.report._repr_html_()}
            cell.outputs = [nbformat.v4.new_output("execute_result", data, execution_count=1)]
    return notebook


class Guard(NbGraderPreprocessor):
    """In place of DeduplicateIds and OverwriteCells: the course's record with the student's answers in it."""

    checkout = Unicode(help="The folder of tlcourse.").tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Rebuild the notebook; NotGradedError, which nbgrader logs, if it cannot be."""
        name = resources["nbgrader"]["notebook"]
        content = json.dumps(nb).encode()
        chapter = chapter_number(name)
        with Reader(Path(self.checkout), chapter) as reader:
            rebuilt = reader.open(content, f"{name}.ipynb").rebuilt
        for note in rebuilt.notes:
            self.log.warning("%s: %s", resources["nbgrader"]["student"], note)
        return prepared(rebuilt), resources


class IsolatedExecute(NbGraderPreprocessor):
    """In place of Execute: answers run in the sandbox, the judge out here, and marks become outputs."""

    checkout = Unicode(help="The folder of tlcourse.").tag(config=True)
    seed_file = Unicode(help="Of the class's secret seed.").tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Judge the answers that `Guard` found."""
        about = nb.metadata.pop(_KEY)
        record = load_record(Path(self.checkout), about["chapter"], about["framework"])
        task = Task(
            resources["nbgrader"]["student"],
            record.chapter,
            record.framework,
            tuple(Answer.from_plain(name, attempts) for name, attempts in about["answers"].items()),
            {e.id: record.stub(e.id) for e in record.exercises},
            store.read_seed(Path(self.seed_file)),
            secrets=Secrets.of(Path(self.checkout), Path(self.seed_file)),
        )
        return autograded(nb, judge_task(task).marks), resources


def save_in_gradebook(
    course: Path, result: Result, notebook: Any, student_id: str, name: str, file: str
) -> None:
    """Record one result as `nbgrader autograde` does: the notebook, and the marks by nbgrader's own code.

    Parameters
    ----------
    course : pathlib.Path
        An nbgrader course that knows the chapter.
    result : Result
    notebook : nbformat.NotebookNode or None
        Rebuilt; None where the submission was not graded: its cells then wait for a mark by hand.
    student_id, name : str
        nbgrader's id (safe as a folder's name) and the name to show.
    file : str
        The notebook's name without its ending.
    """
    with warnings.catch_warnings():
        # nbgrader's own queries warn of SQLAlchemy's session; an instructor can do nothing about that.
        warnings.simplefilter("ignore")
        _save(course, result, notebook, student_id, name, file)


def _save(course: Path, result: Result, notebook: Any, student_id: str, name: str, file: str) -> None:
    assignment, url = f"chapter-{result.chapter}", f"sqlite:///{course / 'gradebook.db'}"
    with Gradebook(url) as gradebook:
        gradebook.update_or_create_student(student_id, first_name="", last_name=name)
        gradebook.update_or_create_submission(assignment, student_id)
        if notebook is None:
            for grade in gradebook.find_submission_notebook(file, assignment, student_id).grades:
                grade.auto_score, grade.needs_manual_grade = None, True
            gradebook.db.commit()
    if notebook is None:
        return
    resources = {
        "nbgrader": {"student": student_id, "assignment": assignment, "notebook": file, "db_url": url},
        "unique_key": file,
    }
    made, _ = SaveAutoGrades().preprocess(autograded(notebook, result.marks), resources)
    path = course / "autograded" / student_id / assignment / f"{file}.ipynb"
    store.write_safely(path, nbformat.writes(made))


def marks_by_hand(course: Path, chapter: str) -> list[tuple[str, str, float, str]]:
    """What a grader typed into the formgrader: (nbgrader's student id, exercise id, points, comment)."""
    marks = []
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        for submission in gradebook.assignment_submissions(f"chapter-{chapter}"):
            for notebook in submission.notebooks:
                comments = {comment.name: comment.manual_comment or "" for comment in notebook.comments}
                for grade in notebook.grades:
                    if grade.manual_score is not None:
                        name = grade.name.removesuffix("-check")
                        points = float(grade.manual_score) + float(grade.extra_credit or 0)
                        marks.append((submission.student_id, name, points, comments.get(name, "")))
    return marks


class MarksExporter(ExportPlugin):
    """nbgrader's export with quoting, defused formulas, and an empty score for what was not graded."""

    def export(self, gradebook: Gradebook) -> None:
        """Write ``grades.csv``, or what ``--to`` says."""
        path = Path(self.to or "grades.csv")
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["assignment", "student_id", "name", "max_score", "score", "status"])
            for assignment in gradebook.assignments:
                for student in gradebook.students:
                    writer.writerow(_exported(gradebook, assignment, student))


def _exported(gradebook: Gradebook, assignment: Any, student: Any) -> list[Any]:
    """One line of the export: one assignment of one student."""
    try:
        submission = gradebook.find_submission(assignment.name, student.id)
    except Exception:  # nbgrader's word for "there is none"
        return [assignment.name, defused(student.id), "", assignment.max_score, "", "missing"]
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    unmarked = any(grade.auto_score is None and grade.manual_score is None for grade in grades)
    return [
        assignment.name,
        defused(student.id),
        defused(student.last_name),
        assignment.max_score,
        "" if unmarked else submission.score,
        "not graded" if unmarked else "graded",
    ]
