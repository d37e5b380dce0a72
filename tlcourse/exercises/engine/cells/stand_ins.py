"""What a notebook has and a plain process has not, as harmless stand-ins.

``display``, ``get_ipython()``, ``_`` and `check` itself.
"""

from __future__ import annotations

import sys
import types
from typing import Any

__all__ = ["as_main", "namespace", "stand_in_for_checks"]

_NAMES = ("_", "__", "___", "_i", "_ii", "_iii")


class _Shell:
    """In place of IPython's shell: takes every call, does nothing, gives None."""

    user_ns: dict[str, Any]
    execution_count = 1

    def __init__(self, names: dict[str, Any]) -> None:
        self.user_ns = names

    def getoutput(self, *_: Any, **__: Any) -> list[str]:
        return []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _nothing


def _nothing(*_: Any, **__: Any) -> None:
    return None


def _no_check(exercise_id: object = "", *_: Any, **__: Any) -> Any:
    """What `check` gives before anything was attempted, for code that looks at it."""
    from tlcourse.exercises.engine.model import State
    from tlcourse.exercises.engine.report import Report

    return Report(str(exercise_id), "", State.NOT_ATTEMPTED, 0.0, 1)


def namespace() -> dict[str, Any]:
    """A fresh namespace with what every notebook has."""
    names: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__}
    shell = _Shell(names)
    names |= {
        "get_ipython": lambda: shell,
        "display": _nothing,
        "In": [""],
        "Out": {},
        **dict.fromkeys(_NAMES, ""),
        **dict.fromkeys(("hint", "progress"), _nothing),
        "check": _no_check,
    }
    return names


def as_main(names: dict[str, Any]) -> dict[str, Any]:
    """A namespace as that of the module ``__main__``, as in a notebook: what is defined there can be pickled.

    Only for a process that does nothing but observe answers.
    """
    module = types.ModuleType("__main__")
    module.__dict__.update(names)
    sys.modules["__main__"] = module
    return module.__dict__


def stand_in_for_checks() -> None:
    """In a process that only observes: `check`, `hint` and `progress` do nothing, wherever they come from."""
    for name, module in list(sys.modules.items()):
        if name in ("tlcourse", "tlcourse.exercises", "tlcourse.exercises.engine.notebook"):
            for each, made in (("check", _no_check), ("hint", _nothing), ("progress", _nothing)):
                if each in vars(module):
                    setattr(module, each, made)
