"""Whether a solution's outputs still belong to its code: a hash of its cells and of what its run read."""

from __future__ import annotations

import ast
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
        16 hex digits. Comments, docstrings and empty lines of modules do not count. A file that is gone
        counts as a change.
    """
    cells = [
        [cell["id"], cell["source"], sorted(cell["metadata"].get("tags", []))]
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]
    files = [(name, _state(folder / name, listed=name.endswith("/"))) for name in sorted(set(reads))]
    return hashlib.sha256(json.dumps([cells, files]).encode("utf-8")).hexdigest()[:16]


def _state(path: Path, listed: bool) -> str:
    try:
        if listed:
            names = sorted(
                entry.name for entry in path.iterdir() if not entry.name.startswith(("__pycache__", "."))
            )
            return hashlib.sha256(json.dumps(names).encode()).hexdigest()[:16]
        return _file_hash(str(path), path.stat().st_mtime_ns)
    except OSError:
        return "gone"


@functools.lru_cache(maxsize=4096)
def _file_hash(path: str, changed: int) -> str:
    content = Path(path).read_bytes()
    if path.endswith(SEEN_AS_TEXT):
        content = content.replace(b"\r\n", b"\n")  # as Git may check them out elsewhere
    if path.endswith(".py"):
        content = essence(content.decode("utf-8")).encode("utf-8")
    return hashlib.sha256(content).hexdigest()[:16]


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
