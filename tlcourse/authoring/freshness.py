"""Whether a solution's outputs still belong to its code: a hash of its cells and of what its run read."""

from __future__ import annotations

import ast
import csv
import functools
import hashlib
import io
import json
import tokenize
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["code_hash", "essence", "package_folder"]

SEEN_AS_TEXT = (".py", ".csv", ".json", ".txt", ".md")
TABLES = "sweeps/results/"
LISTS = frozenset({"__all__", "_SUBMODULES", "TOPICS", "LOADERS"})
"""What a module says of those beside it: one more of them changes nothing for the others."""


def package_folder(root: Path) -> Path:
    """The package that the notebooks of a course depend on: the checkout's own, else the installed one."""
    import tlcourse

    own = root / "tlcourse"
    return own if own.is_dir() else Path(tlcourse.__file__).parent


def code_hash(notebook: Mapping[str, Any], reads: Iterable[str], folder: Path) -> str:
    """What the outputs of a solution depend on: its code cells, and what running them read of the package.

    Parameters
    ----------
    notebook : notebook node
        A compiled solution.
    reads : iterable of str
        What its last run read, relative to ``folder``: files, and folders that were listed (with a slash at
        the end), as `tlcourse.authoring.kernel` wrote them down.
    folder : Path
        The package.

    Returns
    -------
    str
        16 hex digits. Comments, docstrings and empty lines of modules do not count, nor what the
        ``__init__`` of a package says of modules that the run did not read: a new one beside them changes
        nothing for it. A file that is gone counts as a change.
    """
    cells = [
        [cell["id"], cell["source"], sorted(cell["metadata"].get("tags", []))]
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]
    known = frozenset(reads)
    files = [(name, _state(folder, name, known)) for name in sorted(known)]
    return hashlib.sha256(json.dumps([cells, files]).encode("utf-8")).hexdigest()[:16]


def _state(folder: Path, name: str, reads: frozenset[str]) -> str:
    path = folder / name
    try:
        if name.endswith("/"):
            entries = sorted(entry.name for entry in path.iterdir() if entry.name[0] not in "._")
            return _digest(json.dumps(entries).encode())
        if name.startswith(TABLES) and path.suffix == ".csv":
            return _digest(_numbers_of(path).encode("utf-8"))
        if path.name == "__init__.py":
            return _digest(_concerning(path, folder, reads).encode("utf-8"))
        return _file_hash(str(path), path.stat().st_mtime_ns)
    except OSError:
        return "gone"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


@functools.lru_cache(maxsize=4096)
def _file_hash(path: str, changed: int) -> str:
    content = Path(path).read_bytes()
    if path.endswith(SEEN_AS_TEXT):
        content = content.replace(b"\r\n", b"\n")  # as Git may check them out elsewhere
    if path.endswith(".py"):
        content = essence(content.decode("utf-8")).encode("utf-8")
    return _digest(content)


def _numbers_of(path: Path) -> str:
    """A recorded table without its column of code hashes, which `results --rehash` may rewrite."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    kept = [place for place, column in enumerate(header) if column != "code"]
    return json.dumps([[row[place] for place in kept] for row in (header, *rows)])


def _concerning(path: Path, folder: Path, reads: frozenset[str]) -> str:
    """The code of an ``__init__`` without its lists of modules, and without imports of unread ones."""
    source = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    rows = source.split("\n")
    for node in ast.parse(source).body:
        lists = not LISTS.isdisjoint(_assigned(node))
        if lists or (isinstance(node, ast.ImportFrom) and not _read(node, path.parent, folder, reads)):
            for number in range(node.lineno - 1, node.end_lineno or node.lineno):
                rows[number] = ""
    return essence("\n".join(rows))


def _assigned(node: ast.stmt) -> list[str]:
    """The names to which a statement assigns, with a type beside them or without."""
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign):
        targets = [node.target]
    else:
        return []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _read(node: ast.ImportFrom, package: Path, folder: Path, reads: frozenset[str]) -> bool:
    """Whether an import is from elsewhere, or from a module of the package that was read."""
    if node.level:
        start = package.parents[node.level - 2] if node.level > 1 else package
        module = start / (node.module or "").replace(".", "/")
    elif (node.module or "").partition(".")[0] == folder.name:
        module = folder.parent / str(node.module).replace(".", "/")
    else:
        return True
    name = module.relative_to(folder).as_posix()
    return name == "." or f"{name}.py" in reads or f"{name}/__init__.py" in reads


def essence(source: str) -> str:
    """Python code without comments, docstrings and empty lines.

    Cut out by position, so the result does not depend on how a version of Python would print its syntax tree.

    Examples
    --------
    >>> essence('def f():  # why\\n    "What."\\n\\n    return 1\\n')
    'def f():\\n    return 1'
    """
    rows = [list(row.encode("utf-8")) for row in source.split("\n")]
    for node in ast.walk(ast.parse(source)):
        body = getattr(node, "body", None)
        first = body[0] if isinstance(body, list) and body else None
        if (
            isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
            and isinstance(first, ast.Expr)
            and isinstance(first.value, ast.Constant)
            and isinstance(first.value.value, str)
        ):
            for number in range(first.lineno - 1, first.end_lineno or first.lineno):
                start = first.col_offset if number == first.lineno - 1 else 0
                end = first.end_col_offset if number == (first.end_lineno or 0) - 1 else None
                width = len(rows[number][start:end])
                rows[number][start:end] = [32] * width
    lines = [bytes(row).decode("utf-8") for row in rows]
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row = lines[token.start[0] - 1]
            at = row.rfind(token.string)
            if at >= 0:
                lines[token.start[0] - 1] = row[:at]
    return "\n".join(row.rstrip() for row in lines if row.strip())
