"""The copy of the package that a student's code may see: all of it but what knows the answers."""

from __future__ import annotations

import compileall
import shutil
from importlib.util import cache_from_source
from pathlib import Path

from tlcourse.exercises.engine.folder import SHOWN
from tlcourse.exercises.engine.own_work import hidden_in, place_of, without_bodies

__all__ = ["build_view"]

PACKAGE = Path(__file__).parents[2]
_LEFT_OUT = ("authoring", "results", "__pycache__")
"""What no answer needs: the compiler, and the sweeps' tables."""
_JAILED = (
    "attacks.py",
    "audit.py",
    "child.py",
    "linux.py",
    "peeking.py",
    "plain_traceback.py",
    "untouched.py",
    "zygote.py",
)
"""What of the sandbox runs in the jail."""


def build_view(to: Path, chapter: str) -> None:
    """Write the view of the package to a new folder.

    Parameters
    ----------
    to : pathlib.Path
        Made here.
    chapter : str
        Two digits; the functions that do what its exercises ask for have no body in the view.
    """
    shutil.copytree(PACKAGE, to, ignore=_left_out)
    for empty in ("grading/__init__.py", "grading/sandbox/__init__.py"):
        (to / empty).write_text("", encoding="utf-8")
    _empty_functions(to, chapter)
    _copy_compiled(to)
    for path in (to, *to.rglob("*")):  # whatever the grader's umask: an answer runs as another user
        path.chmod(0o755 if path.is_dir() else 0o644)
    compileall.compile_dir(str(to), quiet=2, workers=1)


def _left_out(folder: str, names: list[str]) -> set[str]:
    """Of what lies in one of the package's folders, what the view does not show."""
    here = Path(folder).relative_to(PACKAGE)
    out = {name for name in names if name in _LEFT_OUT or name.endswith((".pyc", ".tmp", ".lock"))}
    if here.parts[:2] == ("exercises", "chapters") and len(here.parts) == 4:
        out |= set(names) - set(SHOWN)
    if here == Path("grading"):
        out |= set(names) - {"sandbox"}
    if here == Path("grading/sandbox"):
        out |= set(names) - set(_JAILED)
    return out


def _copy_compiled(view: Path) -> None:
    """Take along what Python has compiled of the files that are in the view as they are in the package.

    To compile all of it anew takes a second of each sandbox's start. What is too old is compiled again.
    """
    for path in view.rglob("*.py"):
        source = PACKAGE / path.relative_to(view)
        compiled = Path(cache_from_source(str(source)))
        if compiled.is_file() and path.read_bytes() == source.read_bytes():
            place = Path(cache_from_source(str(path)))
            place.parent.mkdir(exist_ok=True)
            shutil.copyfile(compiled, place)


def _empty_functions(view: Path, chapter: str) -> None:
    """Take the bodies out of the course's functions that a chapter's exercises ask for."""
    by_module: dict[str, list[str]] = {}
    for name in hidden_in(chapter):
        module, function = place_of(name)
        by_module.setdefault(module, []).append(function)
    for module, functions in by_module.items():
        path = view.joinpath(*module.split(".")[1:])
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        source = without_bodies(file.read_text(encoding="utf-8"), functions, module)
        file.write_text(source, encoding="utf-8")
