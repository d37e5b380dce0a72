"""For the engine's tests: the toy sweeps beside the course's, and tables in a folder of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tlcourse.sweeps import Sweep, get

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def _toys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(str(HERE))
    monkeypatch.setenv("TLCOURSE_SWEEPS", "toy_sweeps")
    monkeypatch.setenv("TLCOURSE_RESULTS", str(tmp_path / "results"))
    for name in ("TOY_FAIL", "TOY_DIE", "TOY_SLEEP", "TOY_DRIFT", "TOY_ODD"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def toy() -> Sweep:
    """The toy sweep, without a table."""
    return get("toy")
