"""Follows values through statements, branches, loops and the chapter's own functions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from tlcourse.authoring.source.clocks.expressions import value_of
from tlcourse.authoring.source.clocks.values import CLEAN, Scope, Value, join

__all__ = ["Flow"]

DEPTH = 12
"""Calls inside calls that are followed."""


class Flow:
    """What is known of the names while code is followed from top to bottom.

    Parameters
    ----------
    on_record : callable
        ``on_record(call, clock)`` is called for every call of ``record`` whose value depends on a clock.
    is_record : callable
        Whether a call is one of ``record``.
    """

    def __init__(
        self, is_record: Callable[[ast.AST], bool], on_record: Callable[[ast.Call, str], None]
    ) -> None:
        self._is_record, self._on_record = is_record, on_record
        self._decided_by: list[str] = []  # the clocks that the branches around decide by
        self._calls: list[ast.AST] = []
        self._given: list[list[Value]] = [[]]  # what the functions being followed return or yield

    # ------------------------------------------------------------------------------- for expressions

    def records(self, call: ast.Call, arguments: Iterable[Value]) -> bool:
        """Whether a call is one of ``record``; if that depends on a clock, `on_record` is called."""
        if not self._is_record(call):
            return False
        clock = join(*arguments).read_from() or self._decision()
        if clock:
            self._on_record(call, clock)
        return True

    def call(self, called: Value, arguments: Sequence[Value], named: Mapping[str, Value]) -> Value:
        """What a function of the chapter gives for these arguments."""
        function = called.function
        if function is None or function in self._calls or len(self._calls) >= DEPTH:
            return join(*arguments, *named.values())
        scope = Scope(called.scope, _parameters(function.args, arguments, named))
        self._calls.append(function)
        self._given.append([])
        if isinstance(function, ast.Lambda):
            self.give(value_of(function.body, scope, self))
        else:
            self.run(function.body, scope)
        self._calls.pop()
        return join(*self._given.pop())

    def give(self, value: Value) -> None:
        """The function that is followed returns, or yields, a value."""
        # A single return keeps the parts of a tuple apart.
        self._given[-1].append(join(value, Value(clock=self._decision())))

    def bind(self, target: ast.expr, value: Value, scope: Scope) -> None:
        """Give a value to a name, to several, or to a part of an object."""
        if isinstance(target, ast.Name):
            scope.names[target.id] = self._decided(value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for number, part in enumerate(target.elts):
                self.bind(part, value.part(number), scope)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, value, scope)
        elif isinstance(target, ast.Attribute):
            self.add(target.value, CLEAN.with_part(target.attr, value), scope)
        elif isinstance(target, ast.Subscript):
            key = target.slice.value if isinstance(target.slice, ast.Constant) else None
            inside = CLEAN.with_part(key, value) if isinstance(key, (str, int)) else Value(items=value)
            self.add(target.value, inside, scope)

    def add(self, owner: ast.expr, value: Value, scope: Scope) -> None:
        """Note, at the name by which an object is reached, that the object may now hold a value, too."""
        while isinstance(owner, (ast.Attribute, ast.Subscript, ast.Call)):
            owner = owner.func if isinstance(owner, ast.Call) else owner.value
        if isinstance(owner, ast.Name):
            home = scope.home(owner.id)
            known = home.names.get(owner.id, CLEAN)
            if not known.name:
                home.names[owner.id] = self._decided(join(known, value))

    def _decision(self) -> str:
        return next((clock for clock in self._decided_by if clock), "")

    def _decided(self, value: Value) -> Value:
        clock = self._decision()
        return join(value, Value(clock=clock)) if clock and not value.name else value

    # -------------------------------------------------------------------------------- for statements

    def run(self, statements: Iterable[ast.stmt], scope: Scope) -> None:
        """Follow statements in order."""
        for statement in statements:
            handler: Callable[[Any, Scope], None] = getattr(
                self, f"_{type(statement).__name__.lower()}", self._other
            )
            handler(statement, scope)

    def _other(self, statement: ast.stmt, scope: Scope) -> None:
        for child in ast.iter_child_nodes(statement):
            if isinstance(child, ast.expr):
                value_of(child, scope, self)

    def _import(self, statement: ast.Import, scope: Scope) -> None:
        for alias in statement.names:
            name = alias.name if alias.asname else alias.name.partition(".")[0]
            scope.names[alias.asname or name] = Value(name=name)

    def _importfrom(self, statement: ast.ImportFrom, scope: Scope) -> None:
        for alias in statement.names:
            scope.names[alias.asname or alias.name] = Value(name=f"{statement.module}.{alias.name}")

    def _assign(self, statement: ast.Assign, scope: Scope) -> None:
        value = value_of(statement.value, scope, self)
        for target in statement.targets:
            self.bind(target, value, scope)

    def _annassign(self, statement: ast.AnnAssign, scope: Scope) -> None:
        if statement.value is not None:
            self.bind(statement.target, value_of(statement.value, scope, self), scope)

    def _augassign(self, statement: ast.AugAssign, scope: Scope) -> None:
        before = value_of(statement.target, scope, self)
        self.bind(statement.target, join(before, value_of(statement.value, scope, self)), scope)

    def _functiondef(self, statement: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        scope.names[statement.name] = Value(function=statement, scope=scope)

    _asyncfunctiondef = _functiondef

    def _classdef(self, statement: ast.ClassDef, scope: Scope) -> None:
        methods = [
            node for node in statement.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        ]
        fields = {method.name: Value(function=method, scope=scope) for method in methods}
        scope.names[statement.name] = Value(fields=fields)

    def _return(self, statement: ast.Return, scope: Scope) -> None:
        self.give(value_of(statement.value, scope, self))

    def _if(self, statement: ast.If, scope: Scope) -> None:
        decision = value_of(statement.test, scope, self).read_from()
        self._branches([statement.body, statement.orelse], scope, decision)

    def _match(self, statement: ast.Match, scope: Scope) -> None:
        subject = value_of(statement.subject, scope, self)
        self._branches([[], *(case.body for case in statement.cases)], scope, subject.read_from())

    def _try(self, statement: ast.Try, scope: Scope) -> None:
        self.run(statement.body, scope)
        self._branches([statement.orelse, *(handler.body for handler in statement.handlers)], scope)
        self.run(statement.finalbody, scope)

    def _for(self, statement: ast.For | ast.AsyncFor, scope: Scope) -> None:
        for _ in range(2):  # once more, for what one round leaves to the next
            self.bind(statement.target, value_of(statement.iter, scope, self).element(), scope)
            self._branches([statement.body, []], scope)
        self.run(statement.orelse, scope)

    _asyncfor = _for

    def _while(self, statement: ast.While, scope: Scope) -> None:
        for _ in range(2):
            decision = value_of(statement.test, scope, self).read_from()
            self._branches([statement.body, []], scope, decision)
        self.run(statement.orelse, scope)

    def _with(self, statement: ast.With | ast.AsyncWith, scope: Scope) -> None:
        for item in statement.items:
            value = value_of(item.context_expr, scope, self)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, value, scope)
        self.run(statement.body, scope)

    _asyncwith = _with

    def _branches(self, bodies: Sequence[Sequence[ast.stmt]], scope: Scope, decision: str = "") -> None:
        branches = [scope.branch() for _ in bodies]
        self._decided_by.append(decision)
        for body, branch in zip(bodies, branches, strict=True):
            self.run(body, branch)
        self._decided_by.pop()
        scope.merge(*branches)


def _parameters(
    declared: ast.arguments, arguments: Sequence[Value], named: Mapping[str, Value]
) -> dict[str, Value]:
    positional = [parameter.arg for parameter in (*declared.posonlyargs, *declared.args)]
    every = [*positional, *(parameter.arg for parameter in declared.kwonlyargs)]
    names = {name: named.get(name, CLEAN) for name in every}
    names.update(zip(positional, arguments, strict=False))
    if declared.vararg is not None:
        names[declared.vararg.arg] = Value(items=join(*arguments[len(positional) :]))
    if declared.kwarg is not None:
        names[declared.kwarg.arg] = Value(
            fields={key: value for key, value in named.items() if key not in every}
        )
    return names
