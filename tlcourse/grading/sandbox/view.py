"""The copy of the package that a student's code may see: all of it but what knows the answers."""

from __future__ import annotations

import compileall
import shutil
import types
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tlcourse.errors import CourseError
from tlcourse.exercises import Exercise, all_exercises
from tlcourse.exercises.engine.folder import SHOWN
from tlcourse.exercises.engine.own_work import hidden_in, place_of, without_bodies
from tlcourse.grading.sandbox.slicing import slice_modules

__all__ = ["build_view", "probe_modules"]

PACKAGE = Path(__file__).parents[2]
_LEFT_OUT = ("authoring", "results", "__pycache__")
"""What no answer needs: the compiler, and the sweeps' tables."""
_JAILED = (
    "attacks.py",
    "audit.py",
    "child.py",
    "linux.py",
    "plain_traceback.py",
    "untouched.py",
    "zygote.py",
)
"""What of the sandbox runs in the jail."""
_HEAD = '''"""Probes only: what the grader's sandbox shows of a chapter's exercises."""

from __future__ import annotations

from .engine.model import Exercise


def absent(*_):
    raise RuntimeError("This part of an exercise is not here.")


'''


@cache  # half of the time that a view takes; a worker builds one for each framework
def probe_modules() -> Mapping[str, str]:
    """File name to source: the exercise modules ``chNN.py`` and theirs, with their probes only.

    Raises
    ------
    CourseError
        If a probe is not a plain function at the top level of its module.
    """
    folder = PACKAGE / "exercises"
    sources = {
        path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("ch[0-9][0-9]*.py"))
    }
    roots: dict[str, set[str]] = {}
    chapters: dict[str, list[Exercise]] = {}
    for exercise in all_exercises():
        probe = exercise.probe
        module = probe.__module__.rpartition(".")[2] if isinstance(probe, types.FunctionType) else ""
        if module not in sources:
            continue  # an instructor's own module; it travels whole
        if probe.__name__ != probe.__qualname__:
            raise CourseError(
                f"The probe of {exercise.id} is not a function at the top level of its module.",
                "Write it with a plain `def` at the left margin.",
            )
        roots.setdefault(module, set()).add(probe.__name__)
        chapters.setdefault(f"ch{exercise.chapter}", []).append(exercise)
    sliced = slice_modules(sources, roots)
    # A chapter's own module holds EXERCISES; one that holds probes as well gets both.
    for chapter, exercises in chapters.items():
        lines = [sliced.get(chapter, "")]
        for exercise in exercises:
            module = exercise.probe.__module__.rpartition(".")[2]
            if module != chapter:
                lines.append(f"from .{module} import {exercise.probe.__name__}")
        lines.append("EXERCISES = (")
        lines += [
            f"    Exercise({e.id!r}, {e.title!r}, {e.points!r}, {e.answer!r}, absent, {e.probe.__name__},"
            f" absent, (), (), {e.frameworks!r}, returns={e.returns!r}),"
            for e in exercises
        ]
        body = "\n".join([*lines, ")"]).replace("from __future__ import annotations", "")
        sliced[chapter] = _HEAD + body + "\n"
    return types.MappingProxyType({f"{name}.py": source for name, source in sliced.items()})


def build_view(to: Path, chapter: str) -> None:
    """Write the view of the package to a new folder.

    Parameters
    ----------
    to : pathlib.Path
        Made here.
    chapter : str
        Two digits; the functions that do what its exercises ask for have no body in the view.

    Raises
    ------
    CourseError
        As `probe_modules`.
    """
    probes = probe_modules()
    shutil.copytree(PACKAGE, to, ignore=_left_out)
    for name, source in probes.items():
        (to / "exercises" / name).write_text(source, encoding="utf-8")
    for empty in ("grading/__init__.py", "grading/sandbox/__init__.py"):
        (to / empty).write_text("", encoding="utf-8")
    _empty_functions(to, chapter)
    for path in (to, *to.rglob("*")):  # whatever the grader's umask: an answer runs as another user
        path.chmod(0o755 if path.is_dir() else 0o644)
    compileall.compile_dir(str(to), quiet=2, workers=1)


def _left_out(folder: str, names: list[str]) -> set[str]:
    """Of what lies in one of the package's folders, what the view does not show."""
    here = Path(folder).relative_to(PACKAGE)
    out = {name for name in names if name in _LEFT_OUT or name.endswith((".pyc", ".tmp", ".lock"))}
    if here == Path("exercises"):
        out |= {name for name in names if name.startswith("ch") and name[2:4].isdigit()}
    if here.parts[:2] == ("exercises", "chapters") and len(here.parts) == 4:
        out |= set(names) - set(SHOWN)
    if here == Path("grading"):
        out |= set(names) - {"sandbox"}
    if here == Path("grading/sandbox"):
        out |= set(names) - set(_JAILED)
    return out


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
