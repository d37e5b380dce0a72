"""Put back what an answer has changed in the libraries that the probe measures with.

An answer shares a process with its probe. ``np.array_equal = lambda *a: True`` would make the probe see what
is not there, so modules, classes and functions are remembered before the answer's cell runs, and put back
each time before the probe goes on: the names of modules and classes, the class of a module, the bases of a
class, the code and the defaults of functions, the functions that decorated ones call, and what libraries call
or ask besides: hooks for all modules and optimizers, dispatchers, modes of PyTorch.

That is after each call of an answer, so it has to be quick. Names are compared where CPython says that their
dictionary has changed (``peeking``). Where something else is set, Python raises an audit event, and the hook
of ``audit`` says which object to look at. (To compare the code of all functions took four fifths of the time
of a usual answer.)

Standard library only; runs inside the jail.
"""

from __future__ import annotations

import collections
import gc
import itertools
import operator
import signal
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from tlcourse.grading.sandbox.peeking import READ, content_of, has_contents, has_versions, version_of

__all__ = ["FIELDS", "Untouched", "remember"]

# All that is loaded of these; of TensorFlow, whose insides are too many to look at, the top.
_WHOLE = ("tlcourse", "numpy", "keras", "torch.nn", "torch.optim", "torch.autograd", "torch.utils.data")
# fmt: off
_ALSO = (
    "abc", "ast", "base64", "binascii", "builtins", "codecs", "collections", "contextlib", "copy",
    "dataclasses", "dis", "enum", "functools", "hashlib", "inspect", "io", "itertools", "json",
    "json.decoder", "json.encoder", "linecache", "math", "mmap", "numbers", "operator", "os", "os.path",
    "pathlib", "pickle", "random", "re", "struct", "sys", "tempfile", "textwrap", "time", "traceback",
    "types", "typing", "warnings", "zlib",
    "torch", "torch.functional", "torch._tensor", "torch.serialization", "torch.random", "torch.cuda",
    "tensorflow", "tensorflow.math", "tensorflow.nn", "tensorflow.random",
    "safetensors", "safetensors.torch", "safetensors.numpy", "h5py", "PIL", "PIL.Image",
)
_FREE = (
    "displayhook", "last_type", "last_value", "last_traceback",
    "stdout", "stderr", "stdin", "argv", "path",
)
# fmt: on
"""What running a cell changes in ``sys``."""
FIELDS = {
    "__code__": types.FunctionType,
    "__defaults__": types.FunctionType,
    "__kwdefaults__": types.FunctionType,
    "__class__": object,
    "__bases__": type,
}
"""What is put back besides names, and of what kind of object: setting one is an audit event."""


_TABLES = (("gc", "callbacks"), ("tensorflow.python.util.dispatch", "_GLOBAL_DISPATCHERS"))
"""Lists of what is called at every turn, besides the tables of hooks in the modules above."""
_MODES: tuple[tuple[str, tuple[Any, ...]], ...] = (("function", ()), ("dispatch", (None,)))
"""PyTorch's stacks of modes, and what its function that takes one off is given: what is entered and not left
changes each call of PyTorch from then on."""


def _modules() -> Iterator[types.ModuleType]:
    for name, module in sorted(sys.modules.items()):
        top = any(name == whole or name.startswith(f"{whole}.") for whole in _WHOLE)
        if (top or name in _ALSO) and isinstance(module, types.ModuleType):
            yield module


def _classes(modules: list[types.ModuleType]) -> Iterator[type]:
    """The classes that these modules define, which Python code can change."""
    for module in modules:
        for value in list(module.__dict__.values()):
            if isinstance(value, type) and value.__flags__ & (1 << 9):  # made by a class statement
                yield value


def _functions(values: Iterable[Any]) -> Iterator[types.FunctionType]:
    """Functions among some values, also those inside methods, properties and NumPy's dispatchers."""
    for value in values:
        parts = [value, *(vars(value).get(n) for n in ("__wrapped__",) if type(value) is types.FunctionType)]
        for name in ("__func__", "_implementation", "fget", "fset"):
            parts.append(getattr(type(value), name, None) and getattr(value, name, None))
        for part in parts:
            if type(part) is types.FunctionType:
                yield part


def _with_inner(functions: Iterable[types.FunctionType]) -> list[types.FunctionType]:
    """Functions, and those that they call from their closures, as decorated ones do; each once."""
    found: dict[int, types.FunctionType] = {}
    waiting = list(functions)
    while waiting:
        function = waiting.pop()
        if id(function) not in found:
            found[id(function)] = function
            waiting += _functions(content for _, content in _code_cells(function))
    return list(found.values())


def _code_cells(function: types.FunctionType) -> Iterator[tuple[types.CellType, Any]]:
    """The cells of a function's closure that hold what is called, or a module. Others hold its state."""
    for cell in function.__closure__ or ():
        try:
            content = cell.cell_contents
        except ValueError:  # still empty
            continue
        if callable(content) or isinstance(content, types.ModuleType):
            yield cell, content


class _Namespace(NamedTuple):
    """The names of a module, a class, or a function's defaults by keyword, and their values, as they were."""

    owner: Any
    current: Any  # what is there now: a dictionary, or a class's view of its own
    names: tuple[str, ...]
    values: tuple[Any, ...]
    is_class: bool


_Part = tuple[Callable[[Any], Any], Callable[[Any, Any], None], Any]
"""How to read and how to set something of an object, and what it was. C functions: nothing overrides them."""


class _Watched(NamedTuple):
    """All that is put back."""

    namespaces: list[_Namespace]
    parts: list[tuple[Any, tuple[_Part, ...]]]
    cells: list[tuple[types.CellType, Any]]


def _snapshot(modules: list[types.ModuleType]) -> _Watched:
    """What the modules and their classes hold, and the functions among it."""
    owners = {id(owner): owner for owner in [*modules, *_classes(modules)]}.values()
    namespaces = []
    for owner in owners:
        entries = dict(owner.__dict__)
        if owner is sys:
            entries = {name: value for name, value in entries.items() if name not in _FREE}
        namespaces.append(_namespace(owner, owner.__dict__, entries))
    functions = _with_inner(_functions(value for each in namespaces for value in each.values))
    namespaces += [_namespace(f, f.__kwdefaults__, f.__kwdefaults__) for f in functions if f.__kwdefaults__]
    parts = [(each, tuple(_parts(each))) for each in [*owners, *functions]]
    return _Watched(namespaces, parts, [pair for function in functions for pair in _code_cells(function)])


def _namespace(owner: Any, current: Any, entries: dict[str, Any]) -> _Namespace:
    return _Namespace(owner, current, tuple(entries), tuple(entries.values()), isinstance(owner, type))


def _parts(watched: Any) -> Iterator[_Part]:
    """Those `FIELDS` that an object has, each with what it is now."""
    for name, kind in FIELDS.items():
        if isinstance(watched, kind):
            field: Any = kind.__dict__[name]
            yield field.__get__, field.__set__, field.__get__(watched)


# Each of these gives a function that puts something back. All that such a function uses is held in its
# closure: an answer may put something else into the modules, the builtins among them.


def _stopping_timers() -> Callable[[], None]:
    timers = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)
    stop_timer = signal.setitimer

    def stop_timers() -> None:
        for timer in timers:  # a handler could change things back at any moment
            stop_timer(timer, 0)

    return stop_timers


def _restoring_imports(modules: list[types.ModuleType]) -> Callable[[], None]:
    module_table, loaded = sys.modules, {module.__name__: module for module in modules}
    search_lists: tuple[list[Any], ...] = (sys.meta_path, sys.path_hooks, sys.path)
    contents = tuple((each, tuple(each)) for each in search_lists)

    def restore_imports() -> None:
        for name, module in loaded.items():
            module_table[name] = module
        for search_list, entries in contents:
            search_list[:] = entries

    return restore_imports


def _dictionary(current: Any) -> dict[str, Any]:
    """The dictionary itself, where a class shows a view of it."""
    return current if isinstance(current, dict) else gc.get_referents(current)[0]


def _noticing(views: tuple[Any, ...], known: list[int]) -> Callable[[], Iterable[int]]:
    """A function that gives the numbers of the views that show another one than is known; without views, all.

    In C and without a look-up, as it is called after each call of an answer.
    """
    numbers, some, each, unequal, read = range(len(known)), itertools.compress, map, operator.ne, READ

    def noticed() -> Iterable[int]:
        return some(numbers, each(unequal, each(read, views), known)) if views else numbers

    return noticed


def _restoring_names(
    namespaces: list[_Namespace], versions: bool
) -> tuple[Callable[[], None], Callable[[], None]]:
    kept = [tuple(namespace) for namespace in namespaces]
    # In C here too. New names stand behind the old ones; where the order is another one, the slower way below
    # tells.
    same, every, each, pair, size, set_in_class = operator.is_, all, map, zip, len, type.__setattr__
    missing, failures, read = object(), (AttributeError, TypeError), READ
    views = tuple(version_of(_dictionary(one.current)) for one in namespaces) if versions else ()
    known = [read(view) for view in views] or [0] * len(kept)
    noticed = _noticing(views, known)

    def restore_names() -> None:
        for number in noticed():
            owner, current, names, values, is_class = kept[number]
            # First: what another thread changes while this one compares is another version again.
            version = read(views[number]) if versions else 0
            if (
                size(current) >= size(names)
                and every(each(same, current, names))
                and every(each(same, current.values(), values))
            ):
                known[number] = version
                continue
            for name, value in pair(names, values):
                if current.get(name, missing) is value:
                    continue
                if not is_class:
                    current[name] = value
                    continue
                try:
                    set_in_class(owner, name, value)
                except failures:  # a class's own __dict__ and __weakref__
                    continue

    def accept_names() -> None:
        for number in noticed():
            known[number] = read(views[number]) if versions else 0
            owner, current, names, values, is_class = kept[number]
            kept[number] = owner, current, names, tuple(map(current.get, names, values)), is_class

    return restore_names, accept_names


def _restoring_cells(cells: list[tuple[types.CellType, Any]], peek: bool) -> Callable[[], None]:
    set_cell = types.CellType.__dict__["cell_contents"].__set__
    views = tuple(content_of(cell) for cell, _ in cells) if peek else ()
    noticed = _noticing(views, [id(content) for _, content in cells])

    def restore_cells() -> None:
        for number in noticed():
            cell, content = cells[number]
            set_cell(cell, content)

    return restore_cells


def _tables(modules: list[types.ModuleType]) -> Iterator[Any]:
    """The tables of hooks in these modules, and the others of `_TABLES`, each once."""
    found = [value for module in modules for name, value in vars(module).items() if "hooks" in name]
    found += [getattr(sys.modules.get(module), name, None) for module, name in _TABLES]
    yield from {id(each): each for each in found if isinstance(each, dict | list | set)}.values()


def _restoring_tables(tables: Iterable[Any]) -> Callable[[], None]:
    # New entries are the danger here, so a table gets back exactly what it had.
    kept = []
    for table in tables:
        base: Any = next(
            each for each in (collections.OrderedDict, dict, list, set) if isinstance(table, each)
        )
        refill = base.extend if base is list else base.update
        values = base.values if issubclass(base, dict) else tuple
        kept.append((table, base.clear, refill, base(table), values, tuple(table), tuple(values(table))))
    same, every, each, size = operator.is_, all, map, len

    def restore_tables() -> None:
        for table, clear, refill, whole, values, keys, contents in kept:
            if (
                size(table) == size(keys)
                and every(each(same, table, keys))
                and every(each(same, values(table), contents))
            ):
                continue
            clear(table)
            refill(table, whole)

    return restore_tables


def _leaving_modes() -> Callable[[], None]:
    torch: Any = sys.modules.get("torch._C")
    stacks = []
    if torch is not None:
        for kind, given in _MODES:
            size: Callable[[], int] = getattr(torch, f"_len_torch_{kind}_stack")
            stacks.append((size, getattr(torch, f"_pop_torch_{kind}_stack"), given, size()))

    def leave_modes() -> None:
        for size, pop, given, before in stacks:
            while size() > before:
                pop(*given)

    return leave_modes


def _restoring_parts(
    watched: list[tuple[Any, tuple[_Part, ...]]],
) -> tuple[Callable[[], None], Callable[[Any], None]]:
    parts_of = {id(each): (each, parts) for each, parts in watched}
    suspects: dict[int, tuple[Any, tuple[_Part, ...]]] = {}
    number, fixed, failures = id, tuple, (TypeError,)

    def suspect(changed: Any) -> None:
        # For good: the event comes before the change, and another thread may restore in between.
        if number(changed) in parts_of:
            suspects[number(changed)] = parts_of[number(changed)]

    def restore_parts() -> None:
        for each, parts in fixed(suspects.values()):
            for read, put_back, value in parts:
                if read(each) is value:
                    continue
                try:
                    put_back(each, value)
                except failures:  # a class that another one's new bases do not let go: those are next
                    continue

    return restore_parts, suspect


class Untouched(NamedTuple):
    """What `remember` gives. None of it is in a module; an answer reaches it through frames alone."""

    restore: Callable[[], None]
    """Puts everything back."""
    suspect: Callable[[Any], None]
    """Takes an object of which one of `FIELDS` is being set: from then on ``restore`` looks at it."""
    accept: Callable[[], None]
    """Lets the names be as they are now; before an answer runs, when the course itself has set some."""


def remember() -> Untouched:
    """Remember how modules, classes and functions are.

    Notes
    -----
    What is given looks nothing up that an answer can replace; ``accept`` does, and has to come before it.
    """
    modules = list(_modules())
    watched = _snapshot(modules)
    stop_timers, restore_imports = _stopping_timers(), _restoring_imports(modules)
    restore_names, accept = _restoring_names(watched.namespaces, has_versions())
    restore_cells = _restoring_cells(watched.cells, has_contents())
    restore_parts, suspect = _restoring_parts(watched.parts)
    restore_tables, leave_modes = _restoring_tables(_tables(modules)), _leaving_modes()

    def restore() -> None:
        stop_timers()
        leave_modes()
        restore_imports()
        restore_parts()
        restore_names()
        restore_cells()
        restore_tables()

    return Untouched(restore, suspect, accept)
