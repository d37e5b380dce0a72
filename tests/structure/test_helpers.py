"""Each test file runs by itself: what it shares with others lies beside it, or at the top of the tests."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


def imported(path: Path) -> set[str]:
    """The first parts of the names of what a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.partition(".")[0])
    return names


def out_of_reach(tests: Path) -> dict[str, set[str]]:
    """Of each file the helpers that pytest finds only where another folder's tests are run as well."""
    folders: defaultdict[str, set[Path]] = defaultdict(set)
    for path in tests.rglob("*.py"):
        folders[path.stem].add(path.parent)
    missing = {
        path.relative_to(tests).as_posix(): {
            name for name in imported(path) if folders[name] and not folders[name] & {path.parent, tests}
        }
        for path in sorted(tests.rglob("*.py"))
    }
    return {path: names for path, names in missing.items() if names}


def test_no_helper_lies_in_the_folder_of_other_tests() -> None:
    assert out_of_reach(TESTS) == {}


def test_one_that_does_is_seen(tmp_path: Path) -> None:
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
    (tmp_path / "top.py").write_text("import ast\n")
    (tmp_path / "one" / "test_a.py").write_text(
        "def test():\n    from cases import all_cases\nimport top, os\n"
    )
    (tmp_path / "other" / "cases.py").write_text("import top\n")
    assert out_of_reach(tmp_path) == {"one/test_a.py": {"cases"}}
