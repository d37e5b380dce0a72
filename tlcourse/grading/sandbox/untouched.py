"""Put back what an answer has changed in the libraries that the probe measures with.

An answer shares a process with its probe. ``np.array_equal = lambda *a: True`` would make the probe see what
is not there, so the modules and classes that probes use are remembered before the answer's cell runs, and put
back each time before the probe goes on.

Standard library only; runs inside the jail.
"""

from __future__ import annotations

import builtins
import sys
import types
from collections.abc import Iterable
from typing import Any

__all__ = ["Untouched"]

_MODULES = (
    "builtins",
    "base64",
    "copy",
    "inspect",
    "io",
    "json",
    "json.decoder",
    "json.encoder",
    "math",
    "os",
    "random",
    "sys",
    "time",
    "types",
    "numpy",
    "numpy.linalg",
    "numpy.testing",
    "torch",
    "torch.nn",
    "torch.nn.functional",
    "torch.nn.init",
    "torch.optim",
    "torch.utils.data",
    "keras",
    "keras.layers",
    "keras.losses",
    "keras.ops",
    "keras.optimizers",
    "keras.utils",
    "tensorflow",
    "tensorflow.nn",
    "tensorflow.math",
)
_CLASSES = (
    ("torch", ("Tensor", "Generator")),
    (
        "torch.nn",
        ("Module", "Parameter", "Linear", "Conv2d", "BatchNorm2d", "BatchNorm1d", "Sequential", "Dropout"),
    ),
    ("torch.optim", ("Optimizer", "SGD", "Adam", "AdamW")),
    ("keras", ("Model", "Layer", "Variable", "Sequential", "KerasTensor", "Optimizer")),
    ("keras.layers", ("Layer", "Dense", "Conv2D", "BatchNormalization", "Dropout")),
    ("keras.optimizers", ("Optimizer", "SGD", "Adam")),
    ("tensorflow", ("Tensor", "Variable", "GradientTape")),
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


class Untouched:
    """The state of the watched modules and classes; `restore` puts it back."""

    def __init__(self) -> None:
        self._kept: list[tuple[Any, dict[str, Any]]] = []
        self._functions: list[tuple[types.FunctionType, tuple[Any, ...]]] = []
        self._seen: set[int] = set()
        for name in (*_MODULES, *(n for n in sorted(sys.modules) if n.startswith("tlcourse"))):
            module = sys.modules.get(name)
            if isinstance(module, types.ModuleType):
                self._keep(module, dict(module.__dict__))
        for name, classes in _CLASSES:
            owner = sys.modules.get(name)
            for each in classes:
                self._keep_class(getattr(owner, each, None))

    def _keep_class(self, kind: Any) -> None:
        for base in getattr(kind, "__mro__", ()):
            if base.__module__ != "builtins" and id(base) not in self._seen:
                self._seen.add(id(base))
                self._keep(base, dict(base.__dict__))

    def _keep(self, owner: Any, entries: dict[str, Any]) -> None:
        self._kept.append((owner, entries))
        for value in entries.values():
            function = getattr(value, "__func__", value)
            if type(function) is types.FunctionType and id(function) not in self._seen:
                self._seen.add(id(function))
                self._functions.append((function, tuple(getattr(function, field) for field in _FIELDS)))

    def restore(self) -> list[str]:
        """Put back what is no longer what it was; gives the names of what had been replaced."""
        changed: list[str] = []
        for owner, entries in self._kept:
            now = owner.__dict__
            for name, value in _different(now, entries):
                # What a library fills in by itself is not the answer's doing, and does no harm.
                if isinstance(owner, types.ModuleType) and owner.__name__ == "sys" and name in _FREE:
                    continue
                changed.append(f"{owner.__name__}.{name}")
                if isinstance(owner, types.ModuleType):
                    now[name] = value
                else:
                    _set_class(owner, name, value)
        for function, fields in self._functions:
            for field, value in zip(_FIELDS, fields, strict=True):
                if getattr(function, field) is not value:
                    changed.append(f"{function.__module__}.{function.__qualname__}")
                    setattr(function, field, value)
        builtins_now = sys.modules.get("builtins")
        if builtins_now is not builtins:
            sys.modules["builtins"] = builtins
        return changed


def _different(now: Any, entries: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    missing = object()
    return [(name, value) for name, value in entries.items() if now.get(name, missing) is not value]


def _set_class(owner: type, name: str, value: Any) -> None:
    try:
        type.__setattr__(owner, name, value)
    except (AttributeError, TypeError):
        return
