"""Which names a top-level statement binds, reads and changes: what runs an answer and both slicers go by."""

from __future__ import annotations

import ast
import builtins
import dis
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["FLAGS", "bound_by", "changed_by", "read_by", "read_from_above", "relevant", "set_inside"]

FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT  # a cell of a notebook may wait at its top level

# Methods of Python's containers that change what they belong to, wherever the call stands.
_MUTATORS = frozenset(
    [
        "add",
        "append",
        "clear",
        "discard",
        "extend",
        "insert",
        "pop",
        "popitem",
        "remove",
        "reverse",
        "setdefault",
        "sort",
        "update",
    ]
)
# Called as a statement, these look at their arguments and change nothing.
_LOOKERS = frozenset({*dir(builtins), "check", "display", "hint", "pprint", "record"}) - {
    *("setattr", "delattr", "next", "exec", "eval"),
}
_BODIES = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
_BINDS_FIRST = ast.For | ast.AsyncFor | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class _Names:
    bound: frozenset[str]
    read: frozenset[str]
    set_inside: frozenset[str]
    read_inside: frozenset[str]


def _names(statement: ast.stmt) -> _Names:
    # By bytecode, not by syntax: it tells the names of the module from those of a function's own.
    module = ast.Module(body=[statement], type_ignores=[])
    top = compile(module, "<statement>", "exec", flags=FLAGS, dont_inherit=True)
    todo, names = [top], {"bound": set[str](), "read": set[str](), "set": set[str](), "inside": set[str]()}
    while todo:
        code = todo.pop()
        for step in dis.get_instructions(code):
            if step.opname == "STORE_GLOBAL":
                names["set"].add(step.argval)
            if code is top and step.opname in ("STORE_NAME", "STORE_GLOBAL"):
                names["bound"].add(step.argval)
            if step.opname in ("LOAD_NAME", "LOAD_GLOBAL"):
                names["read"].add(step.argval)
                if code is not top:
                    names["inside"].add(step.argval)
        todo += [part for part in code.co_consts if isinstance(part, types.CodeType)]
    return _Names(*(frozenset(names[kind]) for kind in ("bound", "read", "set", "inside")))


def bound_by(statement: ast.stmt) -> set[str]:
    """The names that a statement at the top of a module gives a value.

    Examples
    --------
    >>> sorted(bound_by(ast.parse("for i in range(3):\\n    def f(): x = i").body[0]))
    ['f', 'i']
    """
    return set(_names(statement).bound)


def read_by(statement: ast.stmt) -> set[str]:
    """The names of the module, and of Python itself, that a statement reads, inside its functions too.

    Type hints too: they are read when a function is defined.

    Examples
    --------
    >>> sorted(read_by(ast.parse("def f(x: Real):\\n    return len(x) * scale").body[0]))
    ['Real', 'len', 'scale']
    """
    return set(_names(statement).read)


def read_from_above(statements: Sequence[ast.stmt]) -> set[str]:
    """The names that a cell reads before it has bound them itself, inside its functions too.

    Examples
    --------
    >>> sorted(read_from_above(ast.parse("x = a\\nfor i in b:\\n    print(i, x)").body))
    ['a', 'b', 'print']
    """
    read: set[str] = set()
    bound: set[str] = set()
    for statement in statements:
        # A loop binds its own variable, and a function its name, before the body reads them.
        own = bound_by(statement) if isinstance(statement, _BINDS_FIRST) else set()
        read |= read_by(statement) - bound - own
        bound |= bound_by(statement)
    return read


def set_inside(statement: ast.stmt) -> set[str]:
    """The names of the module that the functions in a statement set or change when they are called.

    Examples
    --------
    >>> sorted(set_inside(ast.parse("def f(k):\\n    global x\\n    x = table[k] = 1").body[0]))
    ['table', 'x']
    """
    names = _names(statement)
    changed: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            changed |= {name for part in node.body for name in changed_by(part)}
    return set(names.set_inside | (changed & names.read_inside))


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call | ast.Starred):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, _BODIES):
            yield from _outside_functions(child)


def changed_by(statement: ast.stmt, *, results: bool = True) -> set[str]:
    """The names whose value a statement may change without binding them, loops and conditions included.

    Seen as a change: an assignment to a part, a method called as a statement, a container's own mutator
    anywhere, and a name that is handed to a function called as a statement. With ``results`` also where the
    result of the call is kept (``n = fill(table)``), and what decorates a function (``@model.register``).

    Examples
    --------
    >>> sorted(changed_by(ast.parse("for k in keys:\\n    table[k] = f(k)\\n    shuffle(order)").body[0]))
    ['k', 'order', 'table']
    >>> sorted(changed_by(ast.parse("last = stack.pop()").body[0])), changed_by(ast.parse("print(x)").body[0])
    (['stack'], set())
    """
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        roots = {_root(decorator) for decorator in statement.decorator_list if results}
        return {root for root in roots if root is not None}
    places: list[ast.expr] = []
    for node in _outside_functions(statement):
        if isinstance(node, ast.Assign | ast.Delete):
            places += node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For | ast.AsyncFor):
            places.append(node.target)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in _MUTATORS:
            places.append(node.func)
        if isinstance(node, ast.Expr) or (
            results and isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign)
        ):
            value = node.value
            call = value.value if isinstance(value, ast.Await) else value
            if isinstance(call, ast.Call) and _root(call.func) not in _LOOKERS:
                places.append(call.func)
                handed = [*call.args, *(keyword.value for keyword in call.keywords)]
                # Wrapped, so that a bare name counts as well.
                places += [ast.Starred(value=a) for a in handed if isinstance(a, ast.Name | ast.Starred)]
    flat = [
        part
        for place in places
        for part in (place.elts if isinstance(place, ast.Tuple | ast.List) else [place])
    ]
    return {root for place in flat if not isinstance(place, ast.Name) and (root := _root(place))}


def relevant(statements: Sequence[ast.stmt], name: str) -> int:
    """How many of a cell's statements, from the first, matter to what the cell leaves in a name.

    Those after the last one that binds or changes the name, or anything that it needs, do not: a
    demonstration below an answer, for instance.

    Examples
    --------
    >>> cell = ast.parse("def f(x):\\n    return k * x\\nprint(f(2))\\nk = 3\\ntrain(1000)")
    >>> relevant(cell.body, "f"), relevant(cell.body, "g")
    (3, 4)
    """
    sets = {name: set_inside(s) for s in statements for name in bound_by(s)}
    about = []
    for s in statements:
        reads = read_by(s)
        called = {
            each for reader in reads & sets.keys() for each in sets[reader] if reader not in bound_by(s)
        }
        about.append((bound_by(s) | changed_by(s) | called, reads))
    if not any(name in touched for touched, _ in about):
        return len(statements)
    needed, last, growing = {name}, -1, True
    while growing:
        growing = False
        for i, (touched, reads) in enumerate(about):
            if touched & needed and not reads <= needed:
                needed |= reads
                growing = True
            if touched & needed:
                last = max(last, i)
    return last + 1
