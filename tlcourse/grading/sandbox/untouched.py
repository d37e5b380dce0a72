"""Put back what an answer has changed in the libraries that the probe measures with.

An answer shares a process with its probe. ``np.array_equal = lambda *a: True`` would make the probe see what
is not there, so modules, classes and functions are remembered before the answer's cell runs, and put back
each time before the probe goes on.

That is after each call of an answer, so it has to be quick. A module or class is compared, name by name,
where CPython says that its dictionary has changed (PEP 509). To look at an entry counts references, and at
the first count in a page of memory the kernel copies that page, as a child shares all with its parent.
The code and the defaults of a function are not compared: Python raises an audit event wherever they are set,
so the hook of ``audit`` says which functions to look at. (Reading them raises one as well: to compare those
of all functions took four fifths of the time of a usual answer.)

Standard library only; runs inside the jail.
"""

from __future__ import annotations

import ctypes
import gc
import itertools
import operator
import signal
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

__all__ = ["FIELDS", "has_versions", "remember"]

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
FIELDS = ("__code__", "__defaults__", "__kwdefaults__")
"""What of a function is put back."""


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


def _functions(entries: dict[str, Any]) -> Iterator[types.FunctionType]:
    """Functions among some values, also those inside methods, properties and NumPy's dispatchers."""
    for value in entries.values():
        parts = [value, *(vars(value).get(n) for n in ("__wrapped__",) if type(value) is types.FunctionType)]
        for name in ("__func__", "_implementation", "fget", "fset"):
            parts.append(getattr(type(value), name, None) and getattr(value, name, None))
        for part in parts:
            if type(part) is types.FunctionType:
                yield part


class _Namespace(NamedTuple):
    """A module or class, its names and their values, as they were."""

    owner: Any
    current: Any  # the owner's __dict__: what is there now
    names: tuple[str, ...]
    values: tuple[Any, ...]
    is_class: bool


_Watched = tuple[tuple[types.FunctionType, tuple[Any, ...]], ...]
"""Functions, each with the values of its `FIELDS`."""


def _snapshot(modules: list[types.ModuleType]) -> tuple[list[_Namespace], _Watched]:
    """What the modules and their classes hold, and the functions among it."""
    namespaces: list[_Namespace] = []
    functions: dict[int, tuple[types.FunctionType, tuple[Any, ...]]] = {}
    seen: set[int] = set()
    for owner in [*modules, *_classes(modules)]:
        if id(owner) in seen:
            continue
        seen.add(id(owner))
        entries = dict(owner.__dict__)
        if owner is sys:
            entries = {name: value for name, value in entries.items() if name not in _FREE}
        names, values = tuple(entries), tuple(entries.values())
        namespaces.append(_Namespace(owner, owner.__dict__, names, values, isinstance(owner, type)))
        for function in _functions(entries):
            functions.setdefault(id(function), (function, tuple(getattr(function, f) for f in FIELDS)))
    return namespaces, tuple(functions.values())


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


# Where CPython keeps a dictionary's version: behind the reference count, the type and the number of entries.
_VERSION_AT = 3 * ctypes.sizeof(ctypes.c_void_p)
# The C function itself: whoever gives `ctypes.c_uint64` another `value` changes nothing here.
_READ: Callable[[ctypes.c_uint64], int] = ctypes.c_uint64.__mro__[1].__dict__["value"].__get__


def _dictionary(owner: Any) -> dict[str, Any]:
    """The dictionary of a module or class itself, where a class shows a proxy of it."""
    entries = owner.__dict__
    return entries if isinstance(entries, dict) else gc.get_referents(entries)[0]


def _version(owner: Any) -> ctypes.c_uint64:
    """A view of the version of a module's or class's dictionary."""
    return ctypes.c_uint64.from_address(id(_dictionary(owner)) + _VERSION_AT)


def has_versions() -> bool:
    """Whether a dictionary gets another version with each change of it; later Pythons gave that up."""
    if sys.implementation.name != "cpython":
        return False
    for owner in (types.ModuleType("module"), type("Owner", (), {})):
        version = _version(owner)
        seen = [_READ(version)]
        for change in (
            lambda owner: setattr(owner, "name", 1),
            lambda owner: setattr(owner, "name", 2),
            lambda owner: delattr(owner, "name"),
        ):
            change(owner)
            seen.append(_READ(version))
        if len(set(seen)) < len(seen) or _READ(version) != seen[-1]:
            return False
    return True


def _restoring_names(namespaces: list[_Namespace], versions: bool) -> Callable[[], None]:
    kept = [tuple(namespace) for namespace in namespaces]
    # In C and without a look-up. New names stand behind the old ones; where the order is another one, the
    # slower way below tells.
    same, every, each, pair, size, set_in_class = operator.is_, all, map, zip, len, type.__setattr__
    missing, failures = object(), (AttributeError, TypeError)
    numbers, some, unequal, read = range(len(kept)), itertools.compress, operator.ne, _READ
    now = tuple(_version(namespace.owner) for namespace in namespaces) if versions else ()
    known = [read(version) for version in now]

    def restore_names() -> None:
        for number in some(numbers, each(unequal, each(read, now), known)) if versions else numbers:
            owner, current, names, values, is_class = kept[number]
            # First: what another thread changes while this one compares is another version again.
            version = read(now[number]) if versions else None
            if (
                size(current) >= size(names)
                and every(each(same, current, names))
                and every(each(same, current.values(), values))
            ):
                if versions:
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

    return restore_names


def _restoring_functions(watched: _Watched) -> tuple[Callable[[], None], Callable[[Any], None]]:
    parts_of = {id(function): (function, parts) for function, parts in watched}
    suspects: dict[int, tuple[types.FunctionType, tuple[Any, ...]]] = {}
    number, pair, fixed, fields, get_field, set_field = id, zip, tuple, FIELDS, getattr, setattr

    def suspect(function: Any) -> None:
        # For good: the event comes before the change, and another thread may restore in between.
        if number(function) in parts_of:
            suspects[number(function)] = parts_of[number(function)]

    def restore_functions() -> None:
        for function, parts in fixed(suspects.values()):
            for field, value in pair(fields, parts):
                if get_field(function, field) is not value:
                    set_field(function, field, value)

    return restore_functions, suspect


def remember() -> tuple[Callable[[], None], Callable[[Any], None]]:
    """Remember how modules, classes and functions are.

    Returns
    -------
    restore : callable
        Puts them back.
    suspect : callable
        Takes a function of which one of `FIELDS` is being set: from then on ``restore`` looks at it.

    Notes
    -----
    Both are in no module, look nothing up that an answer can replace, and are out of reach without frames.
    """
    modules = list(_modules())
    namespaces, watched = _snapshot(modules)
    stop_timers, restore_imports = _stopping_timers(), _restoring_imports(modules)
    restore_names = _restoring_names(namespaces, has_versions())
    restore_functions, suspect = _restoring_functions(watched)

    def restore() -> None:
        stop_timers()
        restore_imports()
        restore_names()
        restore_functions()

    return restore, suspect
