"""A written project, and its scripts run as on a machine where the course is not installed."""

from __future__ import annotations

import ast
import contextlib
import csv
import importlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

from tlcourse.project import new_project

#: Python reads this file when it starts. An editable install is found by its own finder, so a search path
#: without the course is not enough.
BLOCKER = """
import sys

class NoCourse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "tlcourse":
            raise ModuleNotFoundError("No module named 'tlcourse'", name="tlcourse")

sys.meta_path.insert(0, NoCourse())
"""


def project(folder: Path, framework: str, *, small: bool = True, **settings: object) -> Path:
    """A new project; if it is small, with the settings of its own test and no weights."""
    new_project(folder, framework, weights=not small)
    if small:
        (folder / "config.toml").write_bytes((folder / "small.toml").read_bytes())
    change(folder, **settings)
    block_the_course(folder)
    return folder


def block_the_course(project: Path) -> None:
    """Make a folder, beside a project, that keeps the course from its scripts."""
    blocker = project.parent / "without_the_course"
    blocker.mkdir(exist_ok=True)
    (blocker / "sitecustomize.py").write_text(BLOCKER)


@contextlib.contextmanager
def imported(folder: Path, names: Sequence[str]) -> Iterator[dict[str, ModuleType]]:
    """Modules of a written project, by their names; what had these names before has them again afterwards."""
    before = {name: sys.modules.pop(name, None) for name in names}
    sys.path.insert(0, str(folder))
    try:
        yield {name: importlib.import_module(name) for name in names}
    finally:
        sys.path.remove(str(folder))
        for name, module in before.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module


def imports_only(folder: Path, files: Sequence[str], allowed: set[str], *, lines: int) -> None:
    """A project's files import each other, what is allowed and the standard library; none is too long."""
    known = {Path(name).stem for name in files} | allowed | sys.stdlib_module_names
    for name in files:
        text = (folder / name).read_text(encoding="utf-8")
        assert "{{" not in text, f"{name} has a word that nobody filled in"
        if not name.endswith(".py"):
            continue
        assert "tlcourse" not in text
        assert len(text.splitlines()) < lines, f"{name} is long"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom):
                roots = {(node.module or "").split(".")[0]}
            elif isinstance(node, ast.Import):
                roots = {alias.name.split(".")[0] for alias in node.names}
            else:
                continue
            assert roots <= known, name


def change(project: Path, **settings: object) -> None:
    """Set ``section__name=value`` in config.toml."""
    file = project / "config.toml"
    text = file.read_text(encoding="utf-8")
    for setting, value in settings.items():
        section, name = setting.split("__")
        line = f"{name} = {str(value).lower() if isinstance(value, bool) else repr(value)}".replace("'", '"')
        text, found = re.subn(rf"^{name} = .*$", lambda _: line, text, flags=re.M)  # noqa: B023
        if not found:
            if f"[{section}]" not in text:
                text += f"\n[{section}]\n"
            text = text.replace(f"[{section}]\n", f"[{section}]\n{line}\n")
    file.write_text(text, encoding="utf-8")


def environment(project: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TLCOURSE")}
    one_thread = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
    return kept | one_thread | {"PYTHONPATH": str(project.parent / "without_the_course")}


def start(project: Path, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        cwd=project,
        env=environment(project),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ask(project: Path, *arguments: object) -> tuple[int, str, str]:
    """The exit status, what was printed and the errors."""
    process = start(project, *arguments)
    printed, errors = process.communicate(timeout=600)
    return process.returncode, printed, errors


def run(project: Path, *arguments: object) -> str:
    """What a script prints that must succeed."""
    status, printed, errors = ask(project, *arguments)
    assert status == 0, errors
    return printed


def refused(project: Path, *arguments: object) -> str:
    """The message of a script that must refuse: a problem, and what to do."""
    status, _, errors = ask(project, *arguments)
    assert status == 1, errors
    assert "Traceback" not in errors
    problem, do = errors.strip().split("\n")[-2:]
    assert problem.startswith("Problem: ")
    assert do.startswith("  What to do: ")
    return errors


def stand_in(folder: Path, **settings: object) -> Path:
    """A project whose network needs no framework; ``python model.py`` trains it."""
    made = project(folder, "torch", **settings)
    shutil.copy(Path(__file__).with_name("stand_in.py"), made / "model.py")
    (made / "train.py").write_text("# model.py trains\n")
    return made


def rows(project: Path) -> dict[str, dict[str, str]]:
    """The lines of split.csv by their file."""
    with open(project / "split.csv", encoding="utf-8", newline="") as opened:
        return {row["file"]: row for row in csv.DictReader(opened)}


def text_project(folder: Path, framework: str, **settings: object) -> Path:
    """A project for texts, with the small encoder of its own test in the folder ``small``."""
    new_project(folder, framework, task="text")
    (folder / "config.toml").write_bytes((folder / "small.toml").read_bytes())
    change(folder, **settings)
    block_the_course(folder)
    made = "from pathlib import Path; import test_project; test_project.small_encoder(Path('small'))"
    run(folder, "-c", made)
    return folder


GOOD = ["lovely", "bright", "warm", "kind", "happy", "fresh", "superb", "tasty", "quick", "fine"]
BAD = ["broken", "late", "cold", "rude", "sad", "stale", "awful", "bland", "slow", "poor"]
THINGS = ["day", "meal", "room", "train", "film", "book", "hotel", "garden", "dinner", "concert"]
THINGS += ["walk", "lesson"]


def reviews(file: Path, *, each: int = 60) -> Path:
    """A CSV file with texts of two labels, two of each author, no two of them alike."""
    lines = ["text,label,author"]
    for name, words in (("good", GOOD), ("bad", BAD)):
        for number in range(each):
            first, second = words[number % 10], words[(number // 10 + 3) % 10]
            thing = THINGS[number % 12], THINGS[(number // 12 + 5) % 12]
            text = f"the {thing[0]} was {first} and our {thing[1]} {second}"
            lines.append(f"{text},{name},a{number // 2}{name}")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def text_rows(project: Path) -> list[dict[str, str]]:
    """The lines of split.csv."""
    with open(project / "split.csv", encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))
