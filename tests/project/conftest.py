"""The modules of a written project, for the tests beside this file."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import pytest
import written

from tlcourse.project import new_project

#: All that need no framework, from those that import nothing of their own.
NAMES = ("settings", "known", "measures", "images", "task", "copies", "split", "groups", "page", "record")
NAMES += ("findings", "finish", "baseline", "scores", "figures")


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, ModuleType]]:
    """The modules of a written project that import no framework."""
    folder = tmp_path_factory.mktemp("modules") / "mine"
    new_project(folder, "torch", weights=False)
    with written.imported(folder, NAMES) as modules:
        yield modules
