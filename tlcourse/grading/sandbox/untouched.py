"""Put back what an answer has changed in the libraries that the probe measures with.

An answer shares a process with its probe. ``np.array_equal = lambda *a: True`` would make the probe see what
is not there, so modules, classes and functions are remembered before the answer's cell runs, and put back
each time before the probe goes on.

Standard library only; runs inside the jail.
"""

from __future__ import annotations

import operator
import signal
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["remember"]

# All that is loaded of these; of TensorFlow, whose insides are too many to look at, the top.
_WHOLE = ("tlcourse", "numpy", "keras", "torch.nn", "torch.optim", "torch.autograd", "torch.utils.data")
_ALSO = (
    *(
        "abc",
        "ast",
        "base64",
        "binascii",
        "builtins",
        "codecs",
        "collections",
        "contextlib",
        "copy",
        "dataclasses",
    ),
    *(
        "dis",
        "enum",
        "functools",
        "hashlib",
        "inspect",
        "io",
        "itertools",
        "json",
        "json.decoder",
        "json.encoder",
    ),
    *(
        "linecache",
        "math",
        "mmap",
        "numbers",
        "operator",
        "os",
        "os.path",
        "pathlib",
        "pickle",
        "random",
        "re",
    ),
    *("struct", "sys", "tempfile", "textwrap", "time", "traceback", "types", "typing", "warnings", "zlib"),
    *("torch", "torch.functional", "torch._tensor", "torch.serialization", "torch.random", "torch.cuda"),
    *(
        "tensorflow",
        "tensorflow.math",
        "tensorflow.nn",
        "tensorflow.random",
        "safetensors",
        "safetensors.torch",
    ),
    *("safetensors.numpy", "h5py", "PIL", "PIL.Image"),
)
_FREE = (
    "displayhook",
    "last_type",
    "last_value",
    "last_traceback",
    "stdout",
    "stderr",
    "stdin",
    "argv",
    "path",
)
_FIELDS = ("__code__", "__defaults__", "__kwdefaults__")


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


def remember() -> Callable[[], None]:
    """Remember how things are; what it gives puts them back.

    The function that it gives is in no module, looks nothing up that an answer can replace, and is out of
    reach without frames.
    """
    modules = list(_modules())
    kept: list[tuple[Any, Any, tuple[str, ...], tuple[Any, ...], bool]] = []
    functions: dict[int, tuple[types.FunctionType, tuple[Any, ...]]] = {}
    seen: set[int] = set()
    for owner in [*modules, *_classes(modules)]:
        if id(owner) in seen:
            continue
        seen.add(id(owner))
        entries = dict(owner.__dict__)
        if owner is sys:
            entries = {name: value for name, value in entries.items() if name not in _FREE}
        kept.append((owner, owner.__dict__, tuple(entries), tuple(entries.values()), isinstance(owner, type)))
        for function in _functions(entries):
            functions.setdefault(id(function), (function, tuple(getattr(function, f) for f in _FIELDS)))
    watched = tuple(functions.values())
    # In C, because it is done after each call of an answer: some 40,000 comparisons in 4 ms.
    bare = tuple(function for function, _ in watched)
    columns = tuple(
        (operator.attrgetter(field), tuple(parts[i] for _, parts in watched))
        for i, field in enumerate(_FIELDS)
    )
    loaded = {module.__name__: module for module in modules}
    searched: tuple[list[Any], ...] = (sys.meta_path, sys.path_hooks, sys.path)
    lists = tuple((found, tuple(found)) for found in searched)
    # Everything that is used below, held here: an answer may put something else into these modules.
    same, every, each, get_of, set_of, set_class = operator.is_, all, map, getattr, setattr, type.__setattr__
    pair, module_table, missing = zip, sys.modules, object()
    timers = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)
    stop_timer, fields, failures = signal.setitimer, _FIELDS, (AttributeError, TypeError)

    def restore() -> None:
        for timer in timers:  # a handler could change things back at any moment
            stop_timer(timer, 0)
        for name, module in loaded.items():
            module_table[name] = module
        for found, was in lists:
            found[:] = was
        for owner, now, names, values, is_class in kept:
            if every(each(same, each(now.get, names), values)):
                continue
            for name, value in pair(names, values):
                if now.get(name, missing) is value:
                    continue
                if not is_class:
                    now[name] = value
                    continue
                try:
                    set_class(owner, name, value)
                except failures:  # a class's own __dict__ and __weakref__
                    continue
        intact = True
        for read, were in columns:
            intact = intact and every(each(same, each(read, bare), were))
        for function, parts in () if intact else watched:
            for field, value in pair(fields, parts):
                if get_of(function, field) is not value:
                    set_of(function, field, value)

    return restore
