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


def _submissions(submissions: Path, chapter: str, framework: str, students: int, root: Path) -> None:
    """A class of one framework: several sample classes, without those of the other framework."""
    name = load_record(root, chapter, framework).name
    done = seed = 0
    while done < students:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "class"
            make_class(folder, chapter, root=root, students=30, seed=seed)
            for path in sorted(folder.glob("*/*.ipynb")):
                text = path.read_text()
                if done < students and (f'"framework": "{framework}"' in text or len(text) < 1000):
                    to = submissions / f"{path.parent.name}{seed}" / f"{name}.ipynb"
                    to.parent.mkdir(parents=True)
                    shutil.copy(path, to)
                    done += 1
        seed += 1


def _stock(
    submissions: Sequence[Path], chapter: str, framework: str, root: Path, course: Path
) -> tuple[float, dict[str, float]]:
    """Stock `nbgrader autograde` on the same files: seconds, and the marks that it exports."""
    make_course(course, root=root, framework=framework, chapters=[chapter])
    (course / "nbgrader_config.py").write_text(_STOCK)
    for folder in submissions:
        shutil.copytree(folder, course / "submitted" / file_name(folder.name) / f"chapter-{chapter}")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path}
    began = time.monotonic()
    command = [sys.executable, "-m", "nbgrader", "autograde", f"chapter-{chapter}"]
    subprocess.run(command, cwd=course, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seconds = time.monotonic() - began
    command = [sys.executable, "-m", "nbgrader", "export"]
    subprocess.run(command, cwd=course, env=environment, check=True, capture_output=True)
    rows = csv.DictReader((course / "grades.csv").open(encoding="utf-8"))
    return seconds, {row["student_id"]: float(row["score"]) for row in rows}


def _compare(chapter: str, framework: str, students: int, stock_students: int | None, root: Path) -> None:
    """Make a class, grade it both ways one after the other, compare the marks, print rates and memory."""
    with tempfile.TemporaryDirectory(prefix="tlcourse-bench-") as scratch:
        submissions, course, out = (Path(scratch) / name for name in ("class", "course", "out"))
        _submissions(submissions, chapter, framework, students, root)
        began = time.monotonic()
        results = grade(submissions, chapter, out, root=root, framework=framework).results
        ours = time.monotonic() - began
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
        both = sorted(submissions.iterdir())[:stock_students]
        stock, marks = _stock(both, chapter, framework, root, course)
    names = {folder.name for folder in both}
    graded = [result for result in results if result.status == "graded" and result.student in names]
    different = [
        result.student
        for result in graded
        if abs(marks.get(file_name(result.student), -1) - (result.points or 0)) > 1e-6
    ]
    count = len(results)
    print(f"chapter {chapter}, {framework}, {count} submissions, {os.cpu_count()} cores")
    print(f"  tlcourse grade:     {ours:7.1f} s, {60 * count / ours:6.1f} a minute")
    rate = 60 * len(both) / stock
    print(f"  nbgrader autograde: {stock:7.1f} s, {rate:6.1f} a minute ({len(both)} submissions)")
    ratio = (stock / len(both)) / (ours / count)
    print(f"  ratio {ratio:.1f}; largest process {memory:.1f} GiB")
    print(f"  marks that differ, of {len(graded)}: {len(different)} {', '.join(different)}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare the two graders in each framework."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chapter", default="02")
    parser.add_argument("--students", type=int, default=60)
    parser.add_argument("--stock", type=int, help="how many of them nbgrader grades as well (all)")
    parser.add_argument("--framework", choices=("torch", "keras"), action="append")
    options = parser.parse_args(arguments)
    for framework in options.framework or ("torch", "keras"):
        _compare(options.chapter, framework, options.students, options.stock, course_root())


if __name__ == "__main__":
    main()
