"""What an exercise asks for is in the package too: while an answer runs, that part of it is not there.

An exercise names such functions (``Exercise.solved_by``). In a notebook they refuse while a check runs; the
grader's sandbox shows a copy of the package in which they have no body.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import types
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import Any

from tlcourse.errors import CourseError, UnknownNameError

__all__ = [
    "OwnWorkError",
    "WithheldError",
    "functions",
    "hidden",
    "hidden_in",
    "place_of",
    "refuses",
    "without_bodies",
]

PACKAGE = Path(__file__).parents[2]


class OwnWorkError(BaseException):
    """An answer called the course's own function for what the exercise asks for.

    No Exception: a probe that looks at what an answer raises (a file refused) must not take it for that.

    Attributes
    ----------
    problem, fix : str
        As of a `CourseError`.
    """

    def __init__(self, problem: str, fix: str) -> None:
        self.problem, self.fix = problem, fix
        super().__init__(f"{problem}\n  What to do: {fix}")


class WithheldError(OwnWorkError):
    """An answer that trains looked for the course's data, among which its test images are."""


def withhold(name: str) -> None:
    """What stands in the place of a function that gives the course's data.

    Raises
    ------
    WithheldError
        Always.
    """
    raise WithheldError(
        f"`{name}` is not there while an answer to this exercise runs, nor is what a line above it makes of"
        " the course's data.",
        "Work with what your function is given.",
    )


def refuse(name: str) -> None:
    """What stands in the place of a function that an exercise asks for.

    Raises
    ------
    OwnWorkError
        Always.
    """
    raise OwnWorkError(
        f"`{name}` is what an exercise of this chapter asks for.", "Write it yourself, then compare with it."
    )


def hidden_in(chapter: str) -> tuple[str, ...]:
    """The dotted names of what the exercises of a chapter ask for, each once."""
    from tlcourse.exercises.engine.registry import all_exercises

    try:
        exercises = all_exercises(chapter)
    except UnknownNameError:  # an exercise that is in no registry
        return ()
    return tuple(dict.fromkeys(name for each in exercises for name in each.solved_by))


def _file_of(module: Sequence[str]) -> Path:
    path = PACKAGE.joinpath(*module[1:])
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _split(name: str) -> tuple[str, str]:
    """The module of a dotted name, and what is left of the name; its file is not read."""
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        if parts[0] == PACKAGE.name and _file_of(parts[:cut]).is_file():
            return ".".join(parts[:cut]), ".".join(parts[cut:])
    raise CourseError(f"There is no module of {name!r}.", "Mend `solved_by`.")


def place_of(name: str) -> tuple[str, str]:
    """The module that defines a function, and its name in it ("f", "Class.method"); nothing is imported.

    Raises
    ------
    CourseError
        If the module's file does not define it.

    Examples
    --------
    >>> place_of("tlcourse.data.rows.Rows.per_class")
    ('tlcourse.data.rows', 'Rows.per_class')
    """
    module, own = _split(name)
    without_bodies(_file_of(module.split(".")).read_text(encoding="utf-8"), [own], module)
    return module, own


def functions(names: Iterable[str], framework: str) -> dict[str, types.FunctionType]:
    """The functions behind dotted names, those of the other framework left out.

    Parameters
    ----------
    names : iterable of str
        "tlcourse.evaluation.roc_auc": where they are defined.
    framework : {"torch", "keras"}
        Modules named ``*_torch`` or ``*_keras`` are imported for their own only.

    Raises
    ------
    CourseError
        For a name that is not a Python function: it could not be hidden.
    """
    by_name: dict[str, types.FunctionType] = {}
    for name in names:
        module, own = _split(name)
        if any(module.endswith(f"_{other}") and other != framework for other in ("torch", "keras")):
            continue
        try:
            value: Any = attrgetter(own)(import_module(module))
        except AttributeError:
            value = None
        if isinstance(value, types.MethodType):  # of a class method
            value = value.__func__
        elif isinstance(value, property):
            value = value.fget
        elif isinstance(value, cached_property):
            value = value.func
        value = inspect.unwrap(value) if callable(value) else value
        if not isinstance(value, types.FunctionType):
            raise CourseError(f"{name!r} is not a function.", "Mend `solved_by`.")
        by_name[name] = value
    return by_name


def _refusing(name: str, free: Sequence[str], refusal: str) -> types.CodeType:
    """Code that refuses, with as many free variables as the code in whose place it stands."""
    outer = "".join(f"    {variable} = None\n" for variable in free)
    inner = "".join(f"        {variable}\n" for variable in free)
    scope: dict[str, Any] = {}
    exec(
        f"def outer():\n{outer}    def refusing(*_, **__):\n{inner}"
        f"        __import__({__name__!r}, fromlist=[{refusal!r}]).{refusal}({name!r})\n"
        "    return refusing\n",
        scope,
    )
    code: types.CodeType = scope["outer"]().__code__
    return code


def refuses(function: types.FunctionType) -> bool:
    """Whether a function is `hidden` at this moment."""
    return function.__code__.co_name == "refusing"


@contextlib.contextmanager
def hidden(names: Iterable[str], framework: str, refusal: str = "refuse") -> Iterator[None]:
    """Let functions refuse for the length of a block, whoever holds them and under whatever name.

    ``refusal`` names the function here that says so.
    """
    kept: list[tuple[types.FunctionType, types.CodeType]] = []
    try:
        for name, function in functions(names, framework).items():
            kept.append((function, function.__code__))
            function.__code__ = _refusing(name, function.__code__.co_freevars, refusal)
        yield
    finally:
        for function, code in reversed(kept):
            function.__code__ = code


def without_bodies(source: str, names: Iterable[str], module: str) -> str:
    """A module's source in which some functions only refuse.

    Parameters
    ----------
    source : str
    names : iterable of str
        Qualified names in the module: "roc_auc", "Class.method".
    module : str
        The module's own dotted name, for the message.

    Raises
    ------
    CourseError
        If the module does not define one of them.

    Examples
    --------
    >>> print(without_bodies("def f(x):\\n    'Doc.'\\n    return x\\nk = 2", ["f"], "tlcourse.m"))
    def f(*_, **__):
        __import__('tlcourse.exercises.engine.own_work', fromlist=['refuse']).refuse('tlcourse.m.f')
    k = 2
    """
    tree, wanted, seen = ast.parse(source), set(names), set[str]()

    def visit(body: list[ast.stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and prefix + node.name in wanted:
                seen.add(prefix + node.name)
                called = f"{module}.{prefix}{node.name}"
                # However it is called: a call with the wrong arguments gets the same message.
                refusing = ast.parse(
                    "def refusing(*_, **__):\n"
                    f"    __import__({__name__!r}, fromlist=['refuse']).refuse({called!r})"
                ).body[0]
                assert isinstance(refusing, ast.FunctionDef)
                node.args, node.body = refusing.args, refusing.body
            elif isinstance(node, ast.ClassDef):
                visit(node.body, f"{prefix}{node.name}.")

    visit(tree.body, "")
    if wanted - seen:
        raise CourseError(
            f"{module} does not define {', '.join(sorted(wanted - seen))}.",
            "Mend `solved_by`: name the module in which the function is defined.",
        )
    return ast.unparse(tree)
