"""What a sweep is: its function, its grid, its metrics, and the hash that tells stale rows."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import import_module
from typing import Any

from tlcourse.errors import CourseError
from tlcourse.frameworks import FRAMEWORKS

__all__ = ["FRAMEWORKS", "Settings", "Sweep", "SweepError", "key", "row_hash"]

Settings = dict[str, Any]

Tolerance = float | None | Callable[[Settings], float]
"""How far a re-run may land: a number, None (not compared), or a function of the settings that gives one."""


class SweepError(CourseError):
    """A sweep that is not known, a table that is damaged, or a row that no longer comes out as recorded."""


@dataclass(frozen=True)
class Sweep:
    """A comparison: one function, many settings.

    Attributes
    ----------
    name : str
        Name of the sweep and of its table, ``results/<name>.csv``.
    run : str
        ``"module:function"``; called as ``function(framework, **settings)`` in a process whose framework is
        started, single-threaded and seeded with ``settings["seed"]``; returns a number per metric.
    grid : callable
        Gives the list of settings, plain values (int, float, str, bool), the same keys in each. It must hold
        ``seed``.
    metrics : dict
        Metric -> largest absolute difference that a re-run may show, a number or a function of the settings;
        None: recorded, never compared (seconds).
    frameworks : tuple of str
        Where it runs; ``("plain",)`` for a sweep that needs neither.
    cost : callable, optional
        Relative cost of a row, for the time left; by default all rows cost the same.
    title : str
        A line for people.
    """

    name: str
    run: str
    grid: Callable[[], list[Settings]]
    metrics: Mapping[str, Tolerance]
    frameworks: tuple[str, ...] = FRAMEWORKS
    cost: Callable[[Settings], float] = field(default=lambda settings: 1.0)
    title: str = ""

    def settings(self) -> list[Settings]:
        """The grid, checked.

        Raises
        ------
        SweepError
            If the settings differ in their keys, lack a seed, come twice, or share a name with a metric.
        """
        return [dict(one) for one in self._checked]

    @cached_property
    def _checked(self) -> list[Settings]:
        """The grid, made and checked once: the tables ask for it row by row."""
        grid = self.grid()
        fix = f"Mend the grid of the sweep {self.name!r}."
        if not grid:
            raise SweepError(f"The sweep {self.name!r} has no settings.", fix)
        names = list(grid[0])
        if "seed" not in names:
            raise SweepError(f"The settings of the sweep {self.name!r} have no seed.", fix)
        clash = set(names) & {
            *self.metrics,
            "framework",
            "cpu_seconds",
            "seconds",
            "code",
            "versions",
            "machine",
        }
        if clash:
            raise SweepError(
                f"Settings of {self.name!r} take reserved names: {', '.join(sorted(clash))}.", fix
            )
        seen = set()
        for settings in grid:
            if list(settings) != names:
                raise SweepError(f"The settings {settings} of {self.name!r} are not named {names}.", fix)
            if key(settings) in seen:
                raise SweepError(f"The settings {settings} come twice in the grid of {self.name!r}.", fix)
            seen.add(key(settings))
        return grid

    @property
    def setting_names(self) -> list[str]:
        """The names of the settings, in order."""
        return list(self._checked[0])

    def columns(self) -> list[str]:
        """The columns of the table, in order."""
        return [
            *self.setting_names,
            "framework",
            *self.metrics,
            *("cpu_seconds", "seconds", "code", "versions", "machine"),
        ]

    def tolerance(self, metric: str, settings: Mapping[str, Any]) -> float | None:
        """The tolerance of a metric in a row with these settings; None where it is not compared."""
        tolerance = self.metrics[metric]
        return tolerance(dict(settings)) if callable(tolerance) else tolerance

    def function(self) -> Callable[..., dict[str, float]]:
        """The function itself, imported now and not before."""
        module, _, name = self.run.partition(":")
        try:
            return getattr(import_module(module), name)
        except (ImportError, AttributeError) as error:
            raise SweepError(
                f"The function {self.run!r} of the sweep {self.name!r} cannot be imported: {error}.",
                "Write it as 'package.module:function'.",
            ) from error


def key(settings: Mapping[str, Any], framework: str = "") -> str:
    """One string per run: its settings and framework.

    Examples
    --------
    >>> key({"seed": 1, "lr": 0.001}, "torch")
    '{"lr": 0.001, "seed": 1} torch'
    """
    return f"{json.dumps(dict(settings), sort_keys=True)} {framework}".rstrip()


# ---------------------------------------------------------------------------------------- stale or fresh


@cache
def _source_of(module: str) -> str:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise SweepError(f"The module {module!r} is not there.", "Check the sweep's `run`.")
    with open(spec.origin, encoding="utf-8") as file:
        return file.read()


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
        yield node.name
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            yield from (part.id for part in ast.walk(target) if isinstance(part, ast.Name))
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)


def _without_docstrings(node: ast.stmt) -> str:
    tree = ast.parse(ast.unparse(node))  # a copy to cut up
    for part in ast.walk(tree):
        if isinstance(part, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            first = part.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                part.body = part.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def code_of(source: str, function: str) -> str:
    """The code of ``function`` and of what it uses of its module, without comments and docstrings.

    So a change of the grid, of another function or of a comment does not make a row stale. What the row uses
    from other modules is not followed: that the rows still hold after a change there is what the sampled
    re-run in CI is for.

    Examples
    --------
    >>> print(code_of("A = 1\\nB = 2\\ndef f(x):\\n    'Doc.'\\n    return x + A  # sum", "f"))
    A = 1
    def f(x):
        return x + A
    """
    statements = [(set(_defined(node)), node) for node in ast.parse(source).body]
    needed, queue = set(), [function]
    while queue:
        name = queue.pop()
        for defined, node in statements:
            if name in defined and node not in needed:
                needed.add(node)
                queue += [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]
    return "\n".join(_without_docstrings(node) for _, node in statements if node in needed)


@cache
def _code_digest(run: str) -> str:
    module, _, function = run.partition(":")
    return hashlib.sha256(code_of(_source_of(module), function).encode()).hexdigest()


def row_hash(sweep: Sweep, settings: Mapping[str, Any]) -> str:
    """Ten hex digits that change when the sweep's code or the row's settings do."""
    text = f"{_code_digest(sweep.run)} {key(settings)}"
    return hashlib.sha256(text.encode()).hexdigest()[:10]
