"""Which names a top-level statement binds, reads and changes: what runs an answer and both slicers go by."""

from __future__ import annotations

import ast
import builtins
import dis
import types
from collections.abc import Iterator, Sequence

__all__ = ["FLAGS", "bound_by", "changed_by", "read_by", "relevant", "set_inside"]

# Annotations are text, and need nothing; a cell of a notebook may wait at its top level.
FLAGS = annotations.compiler_flag | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT

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
_LOOKERS = frozenset({*dir(builtins), "check", "display", "hint", "pprint", "record"})
_BODIES = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef


def _handled(statement: ast.stmt, operations: tuple[str, ...], *, inside: bool) -> set[str]:
    # By bytecode, not by syntax: it tells the names of the module from those of a function's own.
    module = ast.Module(body=[statement], type_ignores=[])
    todo = [compile(module, "<statement>", "exec", flags=FLAGS, dont_inherit=True)]
    found: set[str] = set()
    while todo:
        code = todo.pop()
        found |= {str(step.argval) for step in dis.get_instructions(code) if step.opname in operations}
        todo += [part for part in code.co_consts if inside and isinstance(part, types.CodeType)]
    return found


def bound_by(statement: ast.stmt) -> set[str]:
    """The names that a statement at the top of a module gives a value.

    Examples
    --------
    >>> sorted(bound_by(ast.parse("for i in range(3):\\n    def f(): x = i").body[0]))
    ['f', 'i']
    """
    return _handled(statement, ("STORE_NAME", "STORE_GLOBAL"), inside=False)


def read_by(statement: ast.stmt) -> set[str]:
    """The names of the module, and of Python itself, that a statement reads, inside its functions too.

    Examples
    --------
    >>> sorted(read_by(ast.parse("def f(x):\\n    return len(x) * scale").body[0]))
    ['len', 'scale']
    """
    return _handled(statement, ("LOAD_NAME", "LOAD_GLOBAL"), inside=True)


def set_inside(statement: ast.stmt) -> set[str]:
    """The names of the module that the functions in a statement set when they are called (``global x``).

    Examples
    --------
    >>> set_inside(ast.parse("def f():\\n    global x\\n    x = 1").body[0])
    {'x'}
    """
    return _handled(statement, ("STORE_GLOBAL",), inside=True)


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call | ast.Starred):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, _BODIES):
            yield from _outside_functions(child)


def changed_by(statement: ast.stmt) -> set[str]:
    """The names whose value a statement may change without binding them, loops and conditions included.

    Seen as a change: an assignment to a part, a method called as a statement, a container's own mutator
    anywhere, and a name that is handed to a function called as a statement.

    Examples
    --------
    >>> sorted(changed_by(ast.parse("for k in keys:\\n    table[k] = f(k)\\n    shuffle(order)").body[0]))
    ['order', 'table']
    >>> sorted(changed_by(ast.parse("last = stack.pop()").body[0])), changed_by(ast.parse("print(x)").body[0])
    (['stack'], set())
    """
    if isinstance(statement, _BODIES):
        return set()
    places: list[ast.expr] = []
    for node in _outside_functions(statement):
        if isinstance(node, ast.Assign | ast.Delete):
            places += node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For | ast.AsyncFor):
            places.append(node.target)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in _MUTATORS:
            places.append(node.func)
        if isinstance(node, ast.Expr):
            call = node.value.value if isinstance(node.value, ast.Await) else node.value
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
    about = [(bound_by(s) | changed_by(s), read_by(s)) for s in statements]
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
