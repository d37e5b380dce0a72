"""A small course of two chapters, with its own exercises, package, set-up cell and folder."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from tlcourse.authoring import compile as compiling
from tlcourse.authoring.build import course as building
from tlcourse.authoring.source import exercise_cells

FIXTURES = Path(__file__).parent / "fixtures"

# No framework, and a check that keeps nbgrader's protocol: all the kernels of these tests need.
SETUP = """\
import os

def check(name):
    passed = double(3) == 6
    mode = os.environ.get("NBGRADER_EXECUTION")
    if mode == "validate" and not passed:
        raise AssertionError("double(3) is not that")
    if mode == "autograde":
        return 3 if passed else 0
    print("PASS" if passed else "NOT YET")"""


def exercise(name: str, frameworks: tuple[str, ...] = ("torch", "keras")) -> SimpleNamespace:
    return SimpleNamespace(id=name, points=3, hints=("Add.", "Add x to x."), frameworks=frameworks)


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> dict[str, SimpleNamespace]:
    """The exercises that exist; a test may add its own."""
    exercises = {"ch00-double": exercise("ch00-double"), "ch00-only": exercise("ch00-only", ("torch",))}
    monkeypatch.setattr(exercise_cells, "catalogue", lambda: exercises)
    return exercises


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: object) -> Path:
    """A copy of the fixture course, to be built and broken."""
    root = tmp_path / "course"
    shutil.copytree(FIXTURES / "course", root)
    package = tmp_path / "package"
    package.mkdir()
    (package / "models.py").write_text("def load():\n    return 1\n")
    monkeypatch.setattr(building, "package_folder", lambda root: package)
    monkeypatch.setattr(compiling, "setup_source", lambda chapter, framework: SETUP)
    return root
