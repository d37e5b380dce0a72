"""The claims that a chapter's cells record, read off their code, and those that its prose refers to."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tlcourse.authoring.myst import claim_references
from tlcourse.authoring.source.code import tree_of
from tlcourse.authoring.source.mistakes import Mistakes, suggestion

if TYPE_CHECKING:
    from tlcourse.authoring.source.cells import Cell

__all__ = ["Recorded", "check_claims", "is_record", "recorded_claims"]


@dataclass
class Recorded:
    """What cells record.

    Attributes
    ----------
    names : dict of str to int
        Names written as literals, with the line of the first call.
    repeated : list of (str, int)
        Those recorded again, with the line.
    patterns : list of pattern
        One for every name that is made: written as an f-string, or in a variable.
    """

    names: dict[str, int] = field(default_factory=dict)
    repeated: list[tuple[str, int]] = field(default_factory=list)
    patterns: list[re.Pattern[str]] = field(default_factory=list)

    def knows(self, name: str) -> bool:
        """Whether a claim of this name is, or may be, recorded."""
        return name in self.names or any(pattern.fullmatch(name) for pattern in self.patterns)


def is_record(node: ast.AST) -> bool:
    """Whether a piece of code is a call of ``record``."""
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    return (called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")) == "record"


def recorded_claims(cells: Iterable[Cell]) -> Recorded:
    """What cells record, as far as their code says it."""
    recorded = Recorded()
    for cell in cells:
        tree = tree_of(cell)
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.Call) and is_record(node):
                _take_down(node, recorded)
    return recorded


def _take_down(call: ast.Call, recorded: Recorded) -> None:
    name = call.args[0] if call.args else next((k.value for k in call.keywords if k.arg == "name"), None)
    if isinstance(name, ast.Constant) and isinstance(name.value, str):
        if name.value in recorded.names:
            recorded.repeated.append((name.value, call.lineno))
        recorded.names.setdefault(name.value, call.lineno)
    elif isinstance(name, ast.JoinedStr):
        parts = [
            re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in name.values
        ]
        recorded.patterns.append(re.compile("".join(parts)))
    elif name is not None:
        recorded.patterns.append(re.compile(".+"))  # a variable: only an execution can tell


def check_claims(cells: Sequence[Cell], framework: str, mistakes: Mistakes) -> None:
    """Note claims of one framework's notebook that are recorded twice, or referred to and never recorded."""
    recorded = recorded_claims(cells)
    for name, line in recorded.repeated:
        mistakes.add(
            line,
            f"The claim {name!r} is recorded a second time (first on line {recorded.names[name]}).",
            "Give it its own name.",
        )
    for cell in cells:
        for name, offset in claim_references(cell.source) if cell.kind == "markdown" else ():
            if not recorded.knows(name):
                known = recorded.names
                mistakes.add(
                    cell.line + offset,
                    f"No {framework} cell records the claim {name!r}.",
                    f'Call record("{name}", …) in a cell, or correct the name. '
                    + (suggestion(name, known) if known else "This chapter records none."),
                )
