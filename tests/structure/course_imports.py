"""What the package's modules import of one another, read from their sources: nothing is imported here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "tlcourse"


class Import(NamedTuple):
    """One import of a module of the course, anywhere in a file, lazy ones included."""

    file: str
    line: int
    importer: str  # the package or module at the top level in which it stands
    imported: str  # that of what is imported
    target: str  # the dotted name


def sources() -> list[Path]:
    """All modules of the package."""
    return sorted(PACKAGE.rglob("*.py"))


def dotted(path: Path) -> list[str]:
    """The parts of a module's name, such as ["tlcourse", "models", "loading"]."""
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return parts[:-1] if parts[-1] == "__init__" else parts


def imports(path: Path) -> Iterator[Import]:
    """What a module imports from other packages at the top level of the course."""
    name = dotted(path)
    package = name if path.name == "__init__.py" else name[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        targets = []
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            targets = [f"{module}.{alias.name}" for alias in node.names] if module == "tlcourse" else [module]
        for target in targets:
            parts = target.split(".")
            if parts[0] == "tlcourse" and len(parts) > 1 and name[1:2] != parts[1:2]:
                where = str(path.relative_to(ROOT))
                yield Import(where, node.lineno, name[1] if name[1:] else "tlcourse", parts[1], target)
