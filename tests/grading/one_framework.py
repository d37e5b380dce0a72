"""A made-up class with one framework in it: one sandbox to start where nothing is asked about two."""

from __future__ import annotations

from pathlib import Path

from tlcourse.grading.sample import make_class


def torch_class(place: Path, root: Path, students: int) -> list[str]:
    """Write a class for chapter 0 without its notebooks in Keras; the names of who is left.

    Two are unreadable files, which say nothing of a framework.
    """
    make_class(place, "00", root=root, students=students)
    for path in place.glob("*/*.ipynb"):
        if '"framework": "keras"' in path.read_text():
            path.unlink()
            path.parent.rmdir()
    return sorted(path.parent.name for path in place.glob("*/*.ipynb"))
