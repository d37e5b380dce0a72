"""The course as an nbgrader course: source, release and a gradebook, with our guard and sandbox in it."""

from __future__ import annotations

import copy
import os
import shutil
import sys
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from tlcourse.authoring.source import STUB, chapter_paths
from tlcourse.authoring.source.bookkeeping import in_solution_only
from tlcourse.errors import CourseError
from tlcourse.grading.record import Record, load_record
from tlcourse.notebook_format import nbformat

__all__ = ["configure", "course_config", "make_course", "source_of"]

_CONFIG = '''"""nbgrader's configuration of this course, for `nbgrader autograde` and the formgrader alike."""

c = get_config()

from tlcourse.grading.nbgrader_course import configure

configure(c, course={course!r}, checkout={checkout!r})
'''


def configure(c: Config, course: str, checkout: str) -> None:
    """Put the guard and the isolated execution in nbgrader's own lists, in place of what they replace.

    Parameters
    ----------
    c : traitlets.config.Config
    course : str
        The nbgrader course's folder.
    checkout : str
        The folder of tlcourse itself.
    """
    seams = "tlcourse.grading.nbgrader_seams"
    c.CourseDirectory.course_id = "tlcourse"
    c.CourseDirectory.root = course
    c.CourseDirectory.db_url = f"sqlite:///{Path(course) / 'gradebook.db'}"
    c.ClearSolutions.code_stub = {"python": STUB}
    c.Autograde.sanitize_preprocessors = [
        "nbgrader.preprocessors.ClearOutput",
        f"{seams}.Guard",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    # No late penalties of nbgrader's: its hand-in times are in a file that a student can write.
    c.Autograde.autograde_preprocessors = [
        f"{seams}.IsolatedExecute",
        "nbgrader.preprocessors.LimitOutput",
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    c.Guard.checkout = checkout
    c.IsolatedExecute.checkout = checkout
    c.IsolatedExecute.seed_file = str(Path(course) / "seed.txt")
    # A submission that was not graded does not get 0 points but an empty field.
    c.ExportApp.plugin_class = f"{seams}.MarksExporter"


def course_config(course: Path, checkout: Path) -> Config:
    """The configuration that ``nbgrader_config.py`` makes, as an object."""
    config = Config()
    configure(config, str(course), str(checkout))
    return config


def make_course(
    course: Path, *, root: Path, framework: str = "torch", chapters: list[str] | None = None
) -> list[str]:
    """Write an nbgrader course, or add chapters to one, and assign them.

    Parameters
    ----------
    course : pathlib.Path
        Its folder; made if missing.
    root : pathlib.Path
        The checkout of tlcourse.
    framework : {"torch", "keras"}
        Of the notebooks in ``source`` and ``release``. Submissions may be of either.
    chapters : list of str, optional
        All by default.

    Returns
    -------
    list of str
        nbgrader's names of the assignments: "chapter-02".

    Raises
    ------
    CourseError
        If nbgrader refuses a notebook.
    """
    course, root = course.resolve(), root.resolve()
    course.mkdir(parents=True, exist_ok=True)
    (course / "nbgrader_config.py").write_text(
        _CONFIG.format(course=str(course), checkout=str(root)), encoding="utf-8"
    )
    if shutil.which("alembic") is None:  # nbgrader calls it by name, wherever it was itself called from
        os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    api = NbGraderAPI(config=course_config(course, root))
    assigned = []
    for path in chapter_paths(root):
        record = load_record(root, path.stem[:2], framework)
        if chapters is None or record.chapter in chapters:
            _write_source(course, root, record)
            _assign(api, record.assignment)
            assigned.append(record.assignment)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        known = {assignment.name for assignment in gradebook.assignments}
    if not set(assigned) <= known:
        raise CourseError("nbgrader's gradebook lacks the assignments.", "Delete gradebook.db and try again.")
    return assigned


def _write_source(course: Path, root: Path, record: Record) -> None:
    """Put a chapter's solution where nbgrader makes the assignment from it."""
    folder = course / "source" / record.assignment
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    file = f"{record.name}.ipynb"
    solution = nbformat.read(root / "solutions" / record.framework / file, as_version=4)
    nbformat.write(source_of(solution), folder / file)


def source_of(solution: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """What nbgrader's ``source`` needs of an executed solution: no outputs, and no cells of bookkeeping.

    With these nbgrader releases what the course's own compiler writes for learners.
    """
    notebook = copy.deepcopy(solution)
    notebook.cells = [cell for cell in notebook.cells if not in_solution_only(cell)]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def _assign(api: NbGraderAPI, assignment: str) -> None:
    outcome = api.generate_assignment(assignment, force=True, create=True)
    if not outcome["success"]:
        log = str(outcome.get("error") or outcome.get("log"))[-300:]
        raise CourseError(
            f"nbgrader could not assign {assignment}: {log}",
            "Run `nbgrader generate_assignment` in the course's folder to see all of it.",
        )
