"""How fast the grader is, beside stock nbgrader on the same notebooks and machine: ``make bench-grading``."""

from __future__ import annotations

import argparse
import csv
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tlcourse.authoring.source import STUB
from tlcourse.files import course_root
from tlcourse.grading.classroom import grade
from tlcourse.grading.nbgrader_course import make_course
from tlcourse.grading.record import load_record
from tlcourse.grading.sample import make_class
from tlcourse.grading.words import file_name

__all__ = ["main"]

_STOCK = f"""\
c = get_config()
c.CourseDirectory.course_id = "tlcourse"
c.ClearSolutions.code_stub = {{"python": {STUB!r}}}
c.ExecutePreprocessor.timeout = 300
"""


def _submissions(place: Path, chapter: str, framework: str, students: int, root: Path) -> None:
    """A class of one framework: several sample classes, those of the other framework left away."""
    name = load_record(root, chapter, framework).name
    done = seed = 0
    while done < students:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "class"
            make_class(folder, chapter, root=root, students=30, seed=seed)
            for path in sorted(folder.glob("*/*.ipynb")):
                text = path.read_text()
                if done < students and (f'"framework": "{framework}"' in text or len(text) < 1000):
                    to = place / f"{path.parent.name}{seed}" / f"{name}.ipynb"
                    to.parent.mkdir(parents=True)
                    shutil.copy(path, to)
                    done += 1
        seed += 1


def _stock(
    place: Path, chapter: str, framework: str, root: Path, course: Path
) -> tuple[float, dict[str, float]]:
    """Stock `nbgrader autograde` on the same files: seconds, and the marks that it exports."""
    make_course(course, root=root, framework=framework, chapters=[chapter])
    (course / "nbgrader_config.py").write_text(_STOCK)
    for folder in place.iterdir():
        shutil.copytree(folder, course / "submitted" / file_name(folder.name) / f"chapter-{chapter}")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path}
    begun = time.monotonic()
    command = [sys.executable, "-m", "nbgrader", "autograde", f"chapter-{chapter}"]
    subprocess.run(command, cwd=course, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seconds = time.monotonic() - begun
    command = [sys.executable, "-m", "nbgrader", "export"]
    subprocess.run(command, cwd=course, env=environment, check=True, capture_output=True)
    rows = csv.DictReader((course / "grades.csv").open(encoding="utf-8"))
    return seconds, {row["student_id"]: float(row["score"]) for row in rows}


def main(arguments: Sequence[str] | None = None) -> None:
    """Make a class, grade it both ways one after the other, compare the marks, print rates and memory."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--chapter", default="02")
    ask.add_argument("--students", type=int, default=60)
    ask.add_argument("--framework", choices=("torch", "keras"), action="append")
    asked = ask.parse_args(arguments)
    root = course_root()
    for framework in asked.framework or ("torch", "keras"):
        with tempfile.TemporaryDirectory(prefix="tlcourse-bench-") as scratch:
            place, course, out = (Path(scratch) / name for name in ("class", "course", "out"))
            _submissions(place, asked.chapter, framework, asked.students, root)
            begun = time.monotonic()
            found = grade(place, asked.chapter, out, root=root, framework=framework)
            ours = time.monotonic() - begun
            memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
            stock, marks = _stock(place, asked.chapter, framework, root, course)
        graded = [r for r in found.results if r.status == "graded"]
        other = [
            r.student for r in graded if abs(marks.get(file_name(r.student), -1) - (r.points or 0)) > 1e-6
        ]
        print(
            f"chapter {asked.chapter}, {framework}, {len(found.results)} submissions, {os.cpu_count()} cores"
        )
        print(f"  tlcourse grade:     {ours:7.1f} s, {60 * len(found.results) / ours:6.1f} a minute")
        print(f"  nbgrader autograde: {stock:7.1f} s, {60 * len(found.results) / stock:6.1f} a minute")
        print(f"  ratio {stock / ours:.1f}; largest process {memory:.1f} GiB")
        print(f"  marks that differ, of {len(graded)}: {len(other)} {', '.join(other)}")


if __name__ == "__main__":
    main()
