"""Follows values through expressions and calls."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from tlcourse.authoring.source.clocks.sources import RECORDED, is_clock, is_live, is_time
from tlcourse.authoring.source.clocks.values import CLEAN, Scope, Value, join

if TYPE_CHECKING:
    from tlcourse.authoring.source.clocks.flow import Flow

__all__ = ["value_of"]

# Says nothing of the values themselves.
MEASURES = frozenset({"len", "type", "isinstance"})
FORM = frozenset({"shape", "ndim", "dtype", "columns"})
# Methods that put what they are given into their object: as an element, or all of its elements.
ADDS = frozenset({"add", "append", "appendleft", "insert", "setdefault"})
MERGES = frozenset({"extend", "update"})


def value_of(node: ast.AST | None, scope: Scope, flow: Flow) -> Value:
    """What is known of the value of an expression."""
    if node is None:
        return CLEAN
    handler = _HANDLERS.get(type(node))
    if handler is not None:
        return handler(node, scope, flow)
    # Operators, comparisons, texts: made from all that stands in them.
    return join(*(value_of(child, scope, flow) for child in ast.iter_child_nodes(node)))


def _name(node: ast.Name, scope: Scope, flow: Flow) -> Value:
    return scope.get(node.id) or CLEAN


def _attribute(node: ast.Attribute, scope: Scope, flow: Flow) -> Value:
    return _member(value_of(node.value, scope, flow), node)


def _member(base: Value, node: ast.Attribute) -> Value:
    if base.name:
        return Value(name=f"{base.name}.{node.attr}")
    return CLEAN if node.attr in FORM else _field(base, node.attr, node)


def _subscript(node: ast.Subscript, scope: Scope, flow: Flow) -> Value:
    base, index = value_of(node.value, scope, flow), value_of(node.slice, scope, flow)
    key = node.slice.value if isinstance(node.slice, ast.Constant) else None
    chosen = _field(base, key, node) if isinstance(key, (str, int)) else base
    return join(chosen, Value(clock=index.read_from()))  # what a clock chose depends on it


def _field(base: Value, key: str | int, node: ast.expr) -> Value:
    known = key in base.fields or not isinstance(key, str)
    if not known and is_time(str(key), live=base.live, recorded=base.recorded):
        return Value(clock=f"`{ast.unparse(node)}` on line {node.lineno}")
    return base.part(key)


def _tuple(node: ast.Tuple, scope: Scope, flow: Flow) -> Value:
    if any(isinstance(part, ast.Starred) for part in node.elts):
        return join(*(value_of(part, scope, flow) for part in node.elts))
    return Value(fields={number: value_of(part, scope, flow) for number, part in enumerate(node.elts)})


def _list(node: ast.List | ast.Set, scope: Scope, flow: Flow) -> Value:
    return Value(items=join(*(value_of(part, scope, flow) for part in node.elts)))


def _dict(node: ast.Dict, scope: Scope, flow: Flow) -> Value:
    whole = CLEAN
    for key, item in zip(node.keys, node.values, strict=True):
        value = value_of(item, scope, flow)
        if isinstance(key, ast.Constant) and isinstance(key.value, (str, int)):
            whole = whole.with_part(key.value, value)
        else:
            whole = join(whole, value)
    return whole


def _comprehension(
    node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, scope: Scope, flow: Flow
) -> Value:
    inner = Scope(scope)
    chosen = ""
    for generator in node.generators:
        flow.bind(generator.target, value_of(generator.iter, inner, flow).element(), inner)
        for test in generator.ifs:
            chosen = chosen or value_of(test, inner, flow).read_from()
    made = node.value if isinstance(node, ast.DictComp) else node.elt
    return Value(clock=chosen, items=value_of(made, inner, flow))


def _lambda(node: ast.Lambda, scope: Scope, flow: Flow) -> Value:
    return Value(function=node, scope=scope)


def _walrus(node: ast.NamedExpr, scope: Scope, flow: Flow) -> Value:
    value = value_of(node.value, scope, flow)
    flow.bind(node.target, value, scope)
    return value


def _yield(node: ast.Yield | ast.YieldFrom, scope: Scope, flow: Flow) -> Value:
    flow.give(value_of(node.value, scope, flow))
    return CLEAN


def _call(node: ast.Call, scope: Scope, flow: Flow) -> Value:
    base = CLEAN
    if isinstance(node.func, ast.Attribute):
        base = value_of(node.func.value, scope, flow)
        called = _member(base, node.func)
    else:
        called = value_of(node.func, scope, flow)
    arguments = [value_of(argument, scope, flow) for argument in node.args]
    named = {keyword.arg or "**": value_of(keyword.value, scope, flow) for keyword in node.keywords}
    everything = [*arguments, *named.values()]
    if flow.records(node, everything):
        return CLEAN
    if is_clock(called.name):
        return Value(clock=f"{called.name}() on line {node.lineno}")
    if is_live(called.name):
        return Value(live=True)
    if called.name.startswith(RECORDED):
        return Value(recorded=True)
    if isinstance(node.func, ast.Name) and scope.get(node.func.id) is None:
        builtin = _builtin(node.func.id, arguments)
        if builtin is not None:
            return builtin
    if called.function is not None:
        owner = [base] if isinstance(node.func, ast.Attribute) else []
        return flow.call(called, [*owner, *arguments], named)
    return _elsewhere(node, called, arguments, named, scope, flow)


def _elsewhere(
    node: ast.Call,
    called: Value,
    arguments: list[Value],
    named: Mapping[str, Value],
    scope: Scope,
    flow: Flow,
) -> Value:
    """A function that the chapter does not define gives what is made from all that it gets, and calls."""
    everything = [*arguments, *named.values()]
    if isinstance(node.func, ast.Attribute) and node.func.attr in ADDS | MERGES:
        given = join(*everything)
        flow.add(node.func.value, Value(items=given) if node.func.attr in ADDS else given, scope)
    # An object, a dictionary or a table made by name has its parts by these names.
    made = Value(fields=dict(named))
    owner = replace(called, name="")
    return join(owner, *arguments, made, *(_called_back(value, flow) for value in everything))


def _builtin(name: str, arguments: list[Value]) -> Value | None:
    if name in MEASURES:
        return CLEAN
    if name == "zip":
        return Value(items=Value(fields=dict(enumerate(value.element() for value in arguments))))
    if name == "enumerate" and arguments:
        return Value(items=Value(fields={0: CLEAN, 1: arguments[0].element()}))
    return None


def _called_back(value: Value, flow: Flow) -> Value:
    if is_clock(value.name):
        return Value(clock=value.name)
    return flow.call(value, [], {}) if value.function is not None else CLEAN


_HANDLERS: Mapping[type[ast.AST], Callable[..., Value]] = {
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Tuple: _tuple,
    ast.List: _list,
    ast.Set: _list,
    ast.Dict: _dict,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension,
    ast.Lambda: _lambda,
    ast.NamedExpr: _walrus,
    ast.Yield: _yield,
    ast.YieldFrom: _yield,
    ast.Call: _call,
}
