"""The modules of a written project, for the tests beside this file."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from tlcourse.project import new_project

#: All that need no framework, from those that import nothing of their own.
NAMES = ("settings", "known", "measures", "images", "task", "copies", "split", "groups", "page", "record")
NAMES += ("findings", "finish", "baseline", "scores", "figures")


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, ModuleType]]:
    """The modules of a written project that import no framework."""
    folder = tmp_path_factory.mktemp("modules") / "mine"
    new_project(folder, "torch", weights=False)
    before = {name: sys.modules.pop(name, None) for name in NAMES}
    sys.path.insert(0, str(folder))
    try:
        yield {name: importlib.import_module(name) for name in NAMES}
    finally:
        sys.path.remove(str(folder))
        for name, module in before.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module
