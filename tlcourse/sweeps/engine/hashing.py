"""The hash that tells stale rows: over the code that a row runs, its settings, and what else it is given.

The code is the row's function and what that uses, wherever in ``sweeps/shared``, ``sweeps/topics`` or the
function's own package it is defined, without comments and docstrings. So a change of the grid, of another
function or of a comment does not make a row stale, and where in these places a function is kept does not
matter. What a row uses from the rest of the package and from libraries is not followed. Of the names that a
line imports those count that the row's code uses, and of the package not from which module, so that a module
can be moved. That the rows still hold after a change there is what the sampled re-run in CI is for.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tlcourse.sweeps.engine.spec import Sweep, SweepError, key

__all__ = ["code_of", "row_hash"]

FOLLOWED = ("tlcourse.sweeps.shared", "tlcourse.sweeps.topics")
NOT_THE_ROWS = "tlcourse.sweeps.engine"
"""Names from here describe sweeps, and decide nothing in a row."""


@dataclass(frozen=True)
class _Imported:
    """What a name stands for that an import gave: a module, or something in one."""

    module: str
    name: str = ""


@dataclass
class _Module:
    """The statements of a module, and the names that its imports give."""

    name: str
    statements: list[ast.stmt]
    defining: dict[str, list[int]] = field(default_factory=dict)
    """Name -> the numbers of the statements that define it."""
    imported: dict[str, _Imported] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, node in enumerate(self.statements):
            for name in _defined(node):
                self.defining.setdefault(name, []).append(number)
            self.imported |= _imports(node, self.name)


@cache
def _read(name: str) -> _Module:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise SweepError(f"The module {name!r} is not there.", "Check the sweep's `run`.")
    with open(spec.origin, encoding="utf-8") as file:
        return _Module(name, ast.parse(file.read()).body)


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
        yield node.name
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            yield from (part.id for part in ast.walk(target) if isinstance(part, ast.Name))
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from map(_given, node.names)


def _imports(node: ast.AST, module: str) -> dict[str, _Imported]:
    """The names that an import statement binds in a module; none for any other statement."""
    if isinstance(node, ast.Import):
        return {
            alias.asname or alias.name: _Imported(
                alias.name if alias.asname else alias.name.partition(".")[0]
            )
            for alias in node.names
        }
    if not isinstance(node, ast.ImportFrom):
        return {}
    source = node.module or ""
    if node.level:
        source = importlib.util.resolve_name("." * node.level + source, module.rpartition(".")[0])
    return {alias.asname or alias.name: _Imported(source, alias.name) for alias in node.names}


class _Imports(ast.NodeTransformer):
    """Takes docstrings and imports out of a statement, and keeps what the statement uses of the imports."""

    def __init__(self, used: frozenset[str]) -> None:
        self.used = used
        self.kept: set[str] = set()

    def visit_Import(self, line: ast.Import) -> None:
        self._keep(line)

    def visit_ImportFrom(self, line: ast.ImportFrom) -> None:
        self._keep(line)

    def _keep(self, line: ast.Import | ast.ImportFrom) -> None:
        self.kept |= {_shown(line, alias) for alias in line.names if _given(alias) in self.used}

    def _visit_body(self, node: ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef) -> ast.AST:
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node

    visit_FunctionDef = visit_ClassDef = visit_AsyncFunctionDef = _visit_body


def _given(alias: ast.alias) -> str:
    """The name that an import gives."""
    return (alias.asname or alias.name).partition(".")[0]


def _shown(line: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    """One imported name; not from which module, where that is one of the course's."""
    if isinstance(line, ast.Import):
        return f"import {ast.unparse(alias)}"
    source = "" if _from_the_course(line) else f"from {line.module} "
    return f"{source}import {ast.unparse(alias)}"


def _essence(node: ast.stmt, used: Iterable[str] = ()) -> str:
    """A statement without docstrings, below what it uses of what it imports.

    ``used`` are further names that are used: of an import at the top of a module, those that the code below
    it uses. Imports come first and sorted, as the order of import lines depends on the modules' names.
    """
    tree = ast.parse(ast.unparse(node))  # a copy to cut up
    names = {part.id for part in ast.walk(tree) if isinstance(part, ast.Name)}
    imports = _Imports(frozenset(names.union(used)))
    tree = imports.visit(tree)
    return "\n".join([*sorted(imports.kept), *filter(None, [ast.unparse(tree)])])


def _from_the_course(line: ast.ImportFrom) -> bool:
    return line.level > 0 or _inside(line.module or "", ("tlcourse",))


def _inside(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


class _Search:
    """Everything that a function uses, from module to module."""

    def __init__(self, packages: tuple[str, ...]) -> None:
        self.packages = packages
        self.needed: dict[str, dict[int, set[str]]] = {}
        """Module -> the numbers of its statements that are used -> which of the names that they define."""
        self.queue: list[tuple[str, str]] = []

    def run(self, module: str, name: str) -> None:
        """Collect the statements that define a name, and those that they use in turn."""
        self.queue.append((module, name))
        met: set[tuple[str, str]] = set()
        while self.queue:
            place = self.queue.pop()
            if place not in met:
                met.add(place)
                self._define(*place)

    def _define(self, name: str, wanted: str) -> None:
        module = _read(name)
        for number in module.defining.get(wanted, ()):
            node = module.statements[number]
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                if not self._follow(module.imported.get(wanted), wanted):
                    self._need(name, number, wanted)
            elif self._need(name, number, wanted):
                self._use(module, node)

    def _need(self, module: str, number: int, wanted: str) -> bool:
        """Note that a statement is used; False where that was noted before."""
        used = self.needed.setdefault(module, {})
        new = number not in used
        used.setdefault(number, set()).add(wanted)
        return new

    def _follow(self, source: _Imported | None, attribute: str = "") -> bool:
        """Go on where an import leads; False where it leads out of what is followed.

        A module itself is followed where its attributes are read (:meth:`_use`).
        """
        if source is None:
            return False
        if _inside(source.module, (NOT_THE_ROWS,)):
            return True
        if not _inside(source.module, self.packages):
            return False
        if source.name and not _is_module(f"{source.module}.{source.name}"):
            self.queue.append((source.module, source.name))
        return True

    def _use(self, module: _Module, node: ast.stmt) -> None:
        """Put the names that a statement uses in the queue."""
        known = dict(module.imported)
        for part in ast.walk(node):
            for name, source in _imports(part, module.name).items():  # inside a function
                known[name] = source
                self._follow(source, name)
        read_from = {}
        for part in ast.walk(node):
            if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
                read_from[id(part.value)] = part.attr
        for part in ast.walk(node):
            if not isinstance(part, ast.Name):
                continue
            self.queue.append((module.name, part.id))
            if (origin := known.get(part.id)) is None:
                continue
            target = f"{origin.module}.{origin.name}".rstrip(".")
            if _inside(target, self.packages) and _is_module(target):
                attribute = read_from.get(id(part))
                everything = _read(target).defining if attribute is None else [attribute]
                self.queue += [(target, name) for name in everything]

    def text(self, first: str) -> str:
        """The code: that of the first module, then that of the others, in no module's name's order."""
        texts = {
            name: "\n".join(
                _essence(_read(name).statements[number], wanted) for number, wanted in sorted(used.items())
            )
            for name, used in self.needed.items()
        }
        own = texts.pop(first, "")
        return "\n".join(filter(None, [own, *sorted(texts.values())]))


def code_of(run: str) -> str:
    """The code of a row's function and of what it uses, without comments and docstrings.

    Parameters
    ----------
    run : str
        ``"module:function"``.

    Raises
    ------
    SweepError
        If there is no such module.

    Examples
    --------
    >>> print(code_of("tlcourse.sweeps.topics.architectures:_multiply_adds").split()[0])
    GMACS
    """
    module, _, function = run.partition(":")
    package = module.rpartition(".")[0]
    search = _Search((*FOLLOWED, package) if package else FOLLOWED)
    search.run(module, function)
    return search.text(module)


@cache
def _code_digest(run: str) -> str:
    return hashlib.sha256(code_of(run).encode()).hexdigest()


def row_hash(sweep: Sweep, settings: Mapping[str, Any]) -> str:
    """Ten hex digits that change when the sweep's code, the row's settings or what it is given do."""
    text = f"{_code_digest(sweep.run)} {key(settings)}"
    if given := sweep.given(dict(settings)):
        text += f" {json.dumps(given, sort_keys=True)}"
    return hashlib.sha256(text.encode()).hexdigest()[:10]
