"""What a learner imports is public: chapters, pages and the README hold to each package's ``__all__``."""

from __future__ import annotations

import ast
import importlib
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from course_imports import PACKAGE, ROOT

PAGES = [*sorted((ROOT / "book").rglob("*.md")), ROOT / "README.md"]
FENCE = re.compile(r"^(`{3,})\{?(?:code-cell|python|pycon|ipython3?)\b[^\n]*\n(.*?)^\1", re.M | re.S)


def cells(text: str) -> Iterator[tuple[int, str]]:
    """(line, source) of each block of Python on a page."""
    for found in FENCE.finditer(text):
        body = re.sub(r"\A(?::[\w-]+:.*\n)+", lambda m: "\n" * m[0].count("\n"), found[2])
        body = re.sub(r"^(>>>|\.\.\.) ?", "", body, flags=re.M) if ">>>" in body else body
        yield text[: found.start(2)].count("\n") + 1, re.sub(r"^([ \t]*)[%!].*$", r"\1pass", body, flags=re.M)


def module_file(name: str) -> Path | None:
    """The file of a module of the course."""
    path = ROOT.joinpath(*name.split("."))
    return next((p for p in (path.with_suffix(".py"), path / "__init__.py") if p.exists()), None)


def public(name: str) -> set[str] | None:
    """A module's ``__all__``; None where it has none. It is imported only if the list is not written out."""
    file = module_file(name)
    assert file is not None, name
    body = ast.parse(file.read_text(encoding="utf-8")).body
    if any(isinstance(node, ast.AugAssign) and getattr(node.target, "id", "") == "__all__" for node in body):
        return set(importlib.import_module(name).__all__)
    for node in body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            listed = {e.value for e in getattr(node.value, "elts", []) if isinstance(e, ast.Constant)}
            return listed | set(SUBMODULES) if name == "tlcourse" else listed
    return None


def _submodules() -> tuple[str, ...]:
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    return next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "_SUBMODULES"
    )


SUBMODULES = _submodules()


def problem(module: str, name: str) -> str | None:
    """What is wrong with the use of a name of a module, or None."""
    parts = module.split(".")
    if any(part.startswith("_") for part in [*parts, name]):
        return f"{module}.{name} is private"
    if len(parts) > 1 and parts[1] not in SUBMODULES:
        return f"{module} is not in tlcourse.__all__"
    known = public(module)
    if known is None:
        return f"{module} has no __all__"
    return None if name in known else f"{name} is not in {module}.__all__"


def uses(source: str, names: dict[str, str]) -> Iterator[tuple[int, str, str]]:
    """(line, module, name) of each use of the course in a cell; `names` holds what earlier cells imported."""
    tree = ast.parse(textwrap.dedent(source))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == "tlcourse":
                    names[alias.asname or "tlcourse"] = alias.name if alias.asname else "tlcourse"
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "tlcourse":
            for alias in node.names:
                yield node.lineno, str(node.module), alias.name
                full = f"{node.module}.{alias.name}"
                if module_file(full) and not imports_itself(str(node.module), alias.name):
                    names[alias.asname or alias.name] = full
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
            yield node.lineno, names[node.value.id], node.attr
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Attribute)
            and isinstance(node.value.value, ast.Name)
            and node.value.value.id in names
            and module_file(f"{names[node.value.value.id]}.{node.value.attr}")
        ):
            yield node.lineno, f"{names[node.value.value.id]}.{node.value.attr}", node.attr


def imports_itself(module: str, name: str) -> bool:
    """Whether a name is a package's own, as the function `search` of `tlcourse.language`, and no module."""
    file = module_file(module)
    assert file is not None, module
    return any(
        isinstance(node, ast.ImportFrom) and any((a.asname or a.name) == name for a in node.names)
        for node in ast.parse(file.read_text(encoding="utf-8")).body
    )


def problems(page: Path) -> list[str]:
    """Every use on a page that is not public."""
    told, names = [], {}
    for line, source in cells(page.read_text(encoding="utf-8")):
        try:
            found = list(uses(source, names))
        except SyntaxError:
            assert "tlcourse" not in source, f"{page.name}:{line}: a block that is not Python"
            continue
        for at, module, name in found:
            wrong = problem(module, name)
            if wrong:
                told.append(f"{page.relative_to(ROOT)}:{line + at}: {wrong}")
    return told


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_uses_what_is_public(page: Path) -> None:
    found = problems(page)
    assert not found, "\n".join(found)


def test_what_is_public_is_there() -> None:
    """`tlcourse` reaches everything that it lists, and so does every public package."""
    import tlcourse

    for name in tlcourse.__all__:
        value = getattr(tlcourse, name)
        if name in SUBMODULES:
            listed = public(f"tlcourse.{name}")
            assert listed is not None, f"tlcourse.{name} has no __all__"
            assert value is importlib.import_module(f"tlcourse.{name}")
            missing = [one for one in listed if not hasattr(value, one)]
            assert not missing, (name, missing)


def test_what_is_not_for_learners_is_not_shown() -> None:
    assert not {"authoring", "grading", "commands", "frameworks"} & set(SUBMODULES)


def test_a_private_use_is_seen() -> None:
    text = (
        "```{code-cell} ipython3\n:tags: [torch]\nfrom tlcourse import models\nmodels.card('x')\n"
        "models.no_such_thing()\nfrom tlcourse.models.loaded import _torch\n```\n"
        "```python\nimport tlcourse\ntlcourse.authoring.build\n```\n"
    )
    names: dict[str, str] = {}
    found = [problem(m, n) for _, cell in cells(text) for _, m, n in uses(cell, names)]
    assert [one for one in found if one] == [
        "tlcourse.models.loaded._torch is private",
        "no_such_thing is not in tlcourse.models.__all__",
        "tlcourse.authoring is not in tlcourse.__all__",
        "authoring is not in tlcourse.__all__",
    ]
