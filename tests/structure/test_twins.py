"""Two frameworks, one pattern: ``_torch.py`` and ``_keras.py`` have the same names and parameters."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from course_imports import PACKAGE, dotted, sources

SIDES = ("_torch.py", "_keras.py")
PACKAGES = sorted({path.parent for path in sources() if path.name in SIDES})
# Parts of a side, which only that side calls: what the two frameworks ask of a batch differs.
PARTS = ("training/loop/inputs_torch.py",)
# Packages that need only one side, and why.
ONE_SIDED = {
    "tlcourse.authoring.in_browser": "the page runs one file, and the network is the same in both",
    "tlcourse.sweeps.shared.compact": "the sweeps about pruning and distillation run in PyTorch only",
    "tlcourse.language.attention": "in PyTorch the library transformers has its own attention",
    "tlcourse.language.instruct": "no library of this environment reads a GGUF file in Keras",
    "tlcourse.sweeps.shared.writers": "Keras has no SmolLM2, so the sweeps about writing run in PyTorch only",
    "tlcourse.models.h5": "PyTorch does not read Keras's own files",
}


def public(tree: ast.Module) -> list[str]:
    """A module's ``__all__``."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return sorted(ast.literal_eval(node.value))
    raise AssertionError("there is no __all__")


def arguments(function: ast.FunctionDef) -> list[str]:
    """The parameters in order, with how they may be given and their defaults.

    ``**kwargs`` is left out: every layer of Keras takes a name and a dtype that way.
    """
    given = function.args
    plain = [*given.posonlyargs, *given.args]
    defaults = [None] * (len(plain) - len(given.defaults)) + [ast.unparse(d) for d in given.defaults]
    told = [f"{a.arg}={d}" if d else a.arg for a, d in zip(plain, defaults, strict=True) if a.arg != "self"]
    told += [f"*{given.vararg.arg}"] if given.vararg else []
    for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        told.append(f"*, {one.arg}" + (f"={ast.unparse(default)}" if default else ""))
    return told


def contract(path: Path) -> dict[str, list[str]]:
    """The public functions and classes of a side, with their parameters."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {}
    for name in public(tree):
        node = next((n for n in tree.body if getattr(n, "name", "") == name), None)
        if isinstance(node, ast.ClassDef):
            node = next((n for n in node.body if getattr(n, "name", "") == "__init__"), None)
        found[name] = arguments(node) if isinstance(node, ast.FunctionDef) else []
    return found


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: ".".join(dotted(path / "__init__.py")))
def test_both_sides_keep_one_contract(package: Path) -> None:
    name = ".".join(dotted(package / "__init__.py"))
    assert (package / "__init__.py").exists()
    there = [side for side in SIDES if (package / side).exists()]
    if name in ONE_SIDED:
        assert len(there) == 1, f"{name} has both sides now: take it out of ONE_SIDED"
        return
    assert len(there) == 2, f"{name} has only {there}: write the other side, or say in ONE_SIDED why not"
    torch, keras = (contract(package / side) for side in SIDES)
    assert torch == keras


def test_the_sides_that_need_no_twin_are_there() -> None:
    names = {".".join(dotted(package / "__init__.py")) for package in PACKAGES}
    assert set(ONE_SIDED) <= names
    assert len(names) > 10


def test_the_grader_loads_what_is_there() -> None:
    """The sandbox's first process imports these by name; a wrong one would end it."""
    from tlcourse.grading.sandbox import zygote

    for name in zygote._COURSE:
        path = PACKAGE.joinpath(*name.split("."))
        assert (path / "__init__.py").exists() or path.with_suffix(".py").exists(), name
    for name in zygote._SIDED:
        assert PACKAGE.joinpath(*name.split(".")) in PACKAGES, name


def test_no_other_pattern() -> None:
    """Twins told apart by the end of their names are the old habit: `loop_torch.py`, `loop_keras.py`."""
    names = {str(path.relative_to(PACKAGE)) for path in sources() if path.name not in SIDES}
    old = [name for name in names if name.replace("_torch.py", "_keras.py") in names - {name}]
    # An exercise's answers are in one file for each framework; no code of the course calls them.
    assert not [name for name in old if not name.startswith("exercises/chapters/") and name not in PARTS]


def test_a_difference_is_seen(tmp_path: Path) -> None:
    text = '__all__ = ["f"]\ndef f(a, b=1, *, c):\n    pass\n'
    for side, source in zip(SIDES, (text, text.replace("b=1", "b=2")), strict=True):
        (tmp_path / side).write_text(source)
    torch, keras = (contract(tmp_path / side) for side in SIDES)
    assert torch == {"f": ["a", "b=1", "*, c"]}
    assert torch != keras
