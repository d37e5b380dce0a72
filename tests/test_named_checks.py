"""Tests that are written once for both frameworks: each framework's file names all of them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent


def checks_in(path: Path) -> set[str]:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return {node.name for node in body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def imported_from(path: Path, module: str) -> set[str]:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    froms = (node for node in body if isinstance(node, ast.ImportFrom) and node.module == module)
    return {alias.name for node in froms for alias in node.names}


CHECKS = sorted(
    path for path in TESTS.rglob("*_checks.py") if checks_in(path) and not path.name.startswith("test_")
)


@pytest.mark.parametrize("checks", CHECKS, ids=lambda path: path.stem)
@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_every_check_is_named_in_the_file_of_each_framework(checks, framework):
    named = [
        imported_from(path, checks.stem)
        for path in checks.parent.glob(f"test_*_{framework}.py")
        if imported_from(path, checks.stem)
    ]
    assert len(named) == 1
    assert checks_in(checks) <= named[0], checks_in(checks) - named[0]


def test_no_test_file_hides_what_it_runs():
    hiding = [path.name for path in TESTS.rglob("*.py") if "*" in set().union(*_all_imports(path))]
    assert CHECKS
    assert not hiding


def _all_imports(path: Path) -> list[set[str]]:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return [{a.name for a in node.names} for node in body if isinstance(node, ast.ImportFrom)] or [set()]
