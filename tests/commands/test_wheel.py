"""The wheel: whoever installs it has the course, in a folder that is no checkout.

Here its code runs on the packages of this environment; ``tools/try_wheel.py`` tries it in an empty one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

import tlcourse
from tlcourse.files import course_root

ROOT = course_root(Path(tlcourse.__file__).parent)
pytestmark = [
    pytest.mark.turns(2, "tlcourse/commands", "tests/commands"),
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="what belongs to the wheel is what git knows"),
]
BUILD = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]


def _git(*arguments: str, cwd: Path = ROOT) -> list[str]:
    run = subprocess.run(["git", *arguments], cwd=cwd, capture_output=True, text=True, check=True)
    return run.stdout.splitlines()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean copy of the commit, with what the working tree changed in the code."""
    copy = tmp_path_factory.mktemp("checkout") / "tlcourse"
    _git("clone", "-q", "--depth", "1", ROOT.as_uri(), str(copy))
    changed = _git("ls-files", "-m", "-o", "--exclude-standard", "--", "tlcourse", "*.py", "*.toml", "*.in")
    for name in changed:
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    return copy


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run([*BUILD, "-w", str(folder), str(checkout)], capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return path


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel, and an empty folder to work in."""

    python: Path
    folder: Path

    def __call__(self, *arguments: str) -> str:
        """What the command line prints."""
        run = subprocess.run(
            [str(self.python.with_name("tlcourse")), *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            env={**{k: v for k, v in os.environ.items() if k != "PYTHONPATH"}, "MPLBACKEND": "agg"},
        )
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The packages of this environment are borrowed, its editable course is not."""
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, with_pip=False)
    python = place / "bin" / "python"
    install = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "-q",
        "--no-deps",
        "--no-index",
    ]
    subprocess.run([*install, str(wheel)], check=True)
    (site,) = place.glob("lib/*/site-packages")
    # A path in a .pth file is searched, but the .pth files in it, the editable course's, are not read.
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return Installed(python, tmp_path_factory.mktemp("learner"))


def test_nothing_of_the_course_is_left_out_and_nothing_else_is_in_it(checkout: Path, wheel: Path) -> None:
    known = set(_git("ls-files", cwd=checkout)) | set(
        _git("ls-files", "-o", "--exclude-standard", cwd=checkout)
    )
    expected = {name for name in known if name.startswith("tlcourse/")}
    for part in ("book/chapters/", "book/claims/", "notebooks/", "solutions/", "project/"):
        expected |= {f"tlcourse/_course/{name}" for name in known if name.startswith(part)}
    expected.add("tlcourse/_course/book/references.bib")
    with zipfile.ZipFile(wheel) as file:
        packed = {name for name in file.namelist() if not name.split("/")[0].endswith(".dist-info")}
    assert packed == expected


def test_a_notebook_that_somebody_worked_in_does_not_get_into_a_wheel(checkout: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    _git("clone", "-q", checkout.as_uri(), str(copy))
    for name in ("setup.py", "pyproject.toml", "MANIFEST.in"):
        (copy / name).write_bytes((checkout / name).read_bytes())
    notebook = next((copy / "notebooks" / "torch").glob("*.ipynb"))
    text = notebook.read_text(encoding="utf-8")
    notebook.write_text(text.replace('"execution_count": null', '"execution_count": 7', 1), encoding="utf-8")
    built = subprocess.run([*BUILD, "-w", str(tmp_path), str(copy)], capture_output=True, text=True)
    assert built.returncode != 0
    assert f"Somebody worked in notebooks/torch/{notebook.name}" in built.stdout + built.stderr


def test_from_the_wheel_to_a_checked_answer(installed: Installed) -> None:
    assert installed("--version") == f"tlcourse {tlcourse.__version__}\n"
    installed("start", "mine")
    chapters = len(list((ROOT / "book" / "chapters").glob("*.md")))
    for side in ("torch", "keras"):
        assert len(list((installed.folder / "mine" / side).glob("*.ipynb"))) == chapters
    answer = installed.folder / "answer.py"
    answer.write_text(
        "import numpy as np\n"
        "def pick_class(logits, names):\n"
        "    weights = np.exp(logits - np.max(logits))\n"
        "    best = int(np.argmax(weights))\n"
        "    return names[best], float(weights[best] / weights.sum())\n"
    )
    assert "PASS" in installed("check", "ch00-pick-class", "answer.py")


def test_an_instructor_needs_no_checkout_either(installed: Installed) -> None:
    assert "4 submissions" in installed("sample-class", "class00", "--chapter", "00", "--students", "4")
    assert len(list((installed.folder / "class00").glob("**/*.ipynb"))) == 4
