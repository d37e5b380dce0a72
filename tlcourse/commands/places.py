"""Where the course's files are, and where a learner's folder is.

In a checkout the files of the course are the checkout's. A wheel brings them inside the package, laid out in
the same way (``setup.py``), and `tlcourse start` lays the notebooks out in a folder of the learner's.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import tlcourse
from tlcourse.errors import CourseError
from tlcourse.files import course_root
from tlcourse.frameworks import FRAMEWORKS

__all__ = ["MARKER", "course_files", "installed_frameworks", "learner_folder", "notebooks_of"]

#: What `tlcourse start` leaves in a learner's folder: the version, and the hashes of the files that it wrote.
MARKER = ".tlcourse.json"
_MODULES = {"torch": ("torch", "torchvision", "timm"), "keras": ("keras", "tensorflow")}


def course_files(start: Path | None = None) -> Path:
    """The folder with the course's ``book/chapters``, ``notebooks``, ``solutions`` and ``project``.

    Parameters
    ----------
    start : path, optional
        Where to look for a checkout, upwards; otherwise the working directory.

    Returns
    -------
    path
        That checkout; else what came with the installed package, or the checkout that it was installed from.

    Raises
    ------
    CourseError
        If there is neither.
    """
    try:
        return course_root(start)
    except CourseError as outside:
        package = Path(tlcourse.__file__).resolve().parent
        for folder in (package / "_course", package.parent):
            if (folder / "book" / "chapters").is_dir():
                return folder
        raise CourseError(
            outside.problem, "Install the course from its wheel, or go to the folder that you cloned."
        ) from None


def learner_folder(start: Path | None = None) -> Path | None:
    """What `tlcourse start` laid out, here or above; in a checkout its ``notebooks``; None elsewhere."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / MARKER).is_file():
            return folder
        if (folder / "book" / "chapters").is_dir():
            return folder / "notebooks"
    return None


def notebooks_of(folder: Path, sides: Sequence[str] = FRAMEWORKS) -> list[Path]:
    """The chapters in a folder, by framework, without the work that was put aside there."""
    from tlcourse.authoring.build.learners import is_set_aside

    found = [path for side in sides for path in sorted((folder / side).glob("[0-9][0-9]-*.ipynb"))]
    return [path for path in found if not is_set_aside(path)]


def installed_frameworks() -> list[str]:
    """The frameworks whose packages are all there; none of them is imported."""
    return [
        side
        for side in FRAMEWORKS
        if all(importlib.util.find_spec(module) is not None for module in _MODULES[side])
    ]
