"""What is known of a value in a chapter's code: where it comes from, not what it is."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

__all__ = ["CLEAN", "Function", "Scope", "Value", "join"]

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Key = str | int


@dataclass(frozen=True)
class Value:
    """What is known of a value.

    Attributes
    ----------
    clock : str
        Where a clock was read for it ("time.time on line 12"); empty if none was.
    live, recorded : bool
        Whether it is (made from) a sweep's row that was just run, or a recorded table.
    name : str
        The dotted name of an imported module, or of something in one.
    function : ast node, optional
        The function itself, if the chapter defines it, and the `scope` in which it does.
    fields : mapping of key to Value
        Parts that are told apart: a tuple's by number, a dictionary's or an object's by name.
    items : Value, optional
        What each element of a container may be.
    """

    clock: str = ""
    live: bool = False
    recorded: bool = False
    name: str = ""
    function: Function | None = None
    scope: Scope | None = None
    fields: Mapping[Any, Value] = field(default_factory=dict)
    items: Value | None = None

    def read_from(self) -> str:
        """Where a clock was read for this value or for any part of it; empty if none was."""
        parts = [*self.fields.values(), *([self.items] if self.items else [])]
        return self.clock or next((clock for part in parts if (clock := part.read_from())), "")

    def part(self, key: Key) -> Value:
        """One field, or one column of a table made from rows; the value itself where it is not told apart."""
        shell = replace(self, fields={}, items=None)
        if key in self.fields:
            return join(shell, self.fields[key])
        if self.items is not None and (isinstance(key, int) or key in self.items.fields):
            return join(shell, self.items if isinstance(key, int) else self.items.part(key))
        return self

    def element(self) -> Value:
        """What iterating over it gives."""
        elements = [value for key, value in self.fields.items() if isinstance(key, int)]
        if self.items is not None:
            elements.append(self.items)
        return join(replace(self, fields={}, items=None), *elements) if elements else self

    def with_part(self, key: Key, value: Value) -> Value:
        """The same, with a field that may now be `value`, too."""
        return replace(self, fields={**self.fields, key: join(self.fields.get(key, CLEAN), value)})


class Scope:
    """The names that a piece of code sees, with what is known of each."""

    def __init__(self, parent: Scope | None = None, names: Mapping[str, Value] | None = None) -> None:
        self.parent = parent
        self.names: dict[str, Value] = dict(names or {})

    def get(self, name: str) -> Value | None:
        """What is known of a name; None if it is not defined here or outside."""
        if name in self.names:
            return self.names[name]
        return self.parent.get(name) if self.parent else None

    def home(self, name: str) -> Scope:
        """Where a name is defined: here or outside; here if it is not."""
        scope: Scope | None = self
        while scope is not None and name not in scope.names:
            scope = scope.parent
        return scope or self

    def branch(self) -> Scope:
        """A copy for code that may or may not run."""
        return Scope(self.parent, self.names)

    def merge(self, *branches: Scope) -> None:
        """Go on after branches: a name may have the value that any of them gave it, or the one before."""
        for name in {name for branch in branches for name in branch.names}:
            self.names[name] = join(
                *(scope.names[name] for scope in (self, *branches) if name in scope.names)
            )


CLEAN = Value()


def join(*values: Value) -> Value:
    """A value that may be any of these, or is made from all of them."""
    fields: dict[Key, Value] = {}
    for value in values:
        for key, part in value.fields.items():
            fields[key] = join(fields[key], part) if key in fields else part
    items = [value.items for value in values if value.items is not None]
    first = next((value for value in values if value.function is not None), CLEAN)
    names = {value.name for value in values}
    return Value(
        next((value.clock for value in values if value.clock), ""),
        any(value.live for value in values),
        any(value.recorded for value in values),
        names.pop() if len(names) == 1 else "",
        first.function,
        first.scope,
        fields,
        join(*items) if items else None,
    )
