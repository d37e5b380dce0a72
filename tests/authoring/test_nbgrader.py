"""nbgrader itself takes the compiled notebooks: assigns, validates and grades them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tlcourse.authoring.build import build

pytest.importorskip("nbgrader", reason="nbgrader is among the packages for tests")
from tlcourse.grading.nbgrader_course import source_of

NAME = "00-first-steps"
CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "tlcourse"
c.ClearSolutions.code_stub = {"python": "...  # your code here"}
"""


def nbgrader(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    keep = {key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER_", "NBGRADER_"))}
    # nbgrader calls `alembic` by name, wherever it was itself called from.
    keep["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), keep.get("PATH", "")])
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder,
        env={**keep, "HOME": str(home), "JUPYTER_PATH": str(kernels(folder.parent))},
        capture_output=True,
        text=True,
        timeout=240,
    )


def kernels(folder: Path) -> Path:
    """A kernel of this very Python, whatever `python` means on the machine."""
    from ipykernel.kernelspec import write_kernel_spec

    path = folder / "jupyter/kernels/python3"
    if not path.exists():
        path.parent.mkdir(parents=True)
        write_kernel_spec(str(path))
    return folder / "jupyter"


@pytest.fixture
def school(course: Path, tmp_path: Path) -> Path:
    """An nbgrader course whose source is made of the compiled solution."""
    build(course, chapters=["00"], frameworks=["torch"], echo=lambda row: None)
    folder = tmp_path / "school"
    (folder / "source/ps1").mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(CONFIG)
    solution = nbformat.read(course / f"solutions/torch/{NAME}.ipynb", as_version=4)
    assert any("bookkeeping" in cell.metadata.get("tags", []) for cell in solution.cells)
    nbformat.write(source_of(solution), folder / f"source/ps1/{NAME}.ipynb")
    return folder


@pytest.mark.slow
@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_what_nbgrader_releases_is_what_a_learner_gets_and_it_grades_it(school: Path, course: Path) -> None:
    done = nbgrader(school, "generate_assignment", "ps1")
    assert done.returncode == 0, done.stderr
    released = nbformat.read(school / f"release/ps1/{NAME}.ipynb", as_version=4)
    ours = nbformat.read(course / f"notebooks/torch/{NAME}.ipynb", as_version=4)
    assert [cell.id for cell in released.cells] == [cell.id for cell in ours.cells]
    for theirs, mine in zip(released.cells, ours.cells, strict=True):
        assert theirs.source == mine.source
        assert dict(theirs.metadata) == dict(mine.metadata)
        assert not theirs.get("outputs")

    blank = (course / f"notebooks/torch/{NAME}.ipynb").read_text()
    for student, text in (
        ("right", blank.replace("...  # your code here", "return 2 * x")),
        ("blank", blank),
    ):
        folder = school / "submitted" / student / "ps1"
        folder.mkdir(parents=True)
        (folder / f"{NAME}.ipynb").write_text(text)
    done = nbgrader(school, "autograde", "ps1")
    assert done.returncode == 0, done.stderr
    done = nbgrader(school, "export")
    assert done.returncode == 0, done.stderr
    header, *rows = [row.split(",") for row in (school / "grades.csv").read_text().split()]
    scores = {row[header.index("student_id")]: float(row[header.index("score")]) for row in rows}
    assert scores == {"right": 3.0, "blank": 0.0}


@pytest.mark.slow
@pytest.mark.turns(2, "tlcourse/authoring", "tests/authoring")
def test_validation_passes_solved_and_fails_blank(school: Path, course: Path) -> None:
    done = nbgrader(school, "validate", f"source/ps1/{NAME}.ipynb")
    assert done.returncode == 0, done.stderr
    assert "Success! Your notebook passes all the tests." in done.stdout
    (school / "blank.ipynb").write_bytes((course / f"notebooks/torch/{NAME}.ipynb").read_bytes())
    done = nbgrader(school, "validate", "blank.ipynb")
    assert "VALIDATION FAILED ON 1 CELL(S)" in done.stdout, done.stderr
    assert "is not that" in done.stdout
