"""Puts what a learner works with into the wheel, beside the code; all else is in pyproject.toml.

A wheel holds packages only. So the notebooks, the sources of the chapters, the solutions and the scripts of
``project/`` are copied to ``tlcourse/_course/``, laid out as in the checkout: `tlcourse.commands.places`
finds them in either place, and ``tlcourse start`` lays the notebooks out for a learner.
"""

import json
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
COURSE = (
    "book/chapters/[0-9][0-9]-*.md",
    "book/references.bib",
    "book/claims/*/[0-9][0-9]-*.json",
    "notebooks/*/[0-9][0-9]-*.ipynb",
    "solutions/*/[0-9][0-9]-*.ipynb",
    "project/*",
)


def worked_in(path: Path) -> bool:
    """Whether somebody ran cells of a learner's notebook: what is handed out is blank."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return any(cell.get("outputs") or cell.get("execution_count") for cell in cells)


def course_files() -> list[Path]:
    """Of the checkout, relative to it."""
    found = sorted(path for pattern in COURSE for path in ROOT.glob(pattern) if path.is_file())
    return [path.relative_to(ROOT) for path in found if ".yours" not in path.name]


class BuildWithCourse(build_py):
    """The modules, and the course's files; an editable installation finds them in the checkout."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        names = course_files()
        missing = {"book", "notebooks", "solutions", "project"} - {name.parts[0] for name in names}
        if missing:
            raise SystemExit(
                f"The wheel would lack {', '.join(sorted(missing))}: run `tlcourse build` first."
            )
        used = [str(name) for name in names if name.parts[0] == "notebooks" and worked_in(ROOT / name)]
        if used:
            raise SystemExit(f"Somebody worked in {used[0]}: build the wheel from a clean checkout.")
        for name in names:
            target = Path(self.build_lib, "tlcourse", "_course", name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target)


setup(cmdclass={"build_py": BuildWithCourse})
