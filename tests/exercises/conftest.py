"""What a module of tests makes known of exercises, the next does not meet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tlcourse.exercises.engine import registry


@pytest.fixture(scope="module", autouse=True)
def _registry_put_back() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "_EXTRA", list(registry._EXTRA))
        yield
