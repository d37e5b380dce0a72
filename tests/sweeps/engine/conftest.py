"""For the engine's tests: the toy sweeps beside the course's, and tables in a folder of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tlcourse.sweeps import Sweep, get
from tlcourse.sweeps.engine import run as engine_run

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def _toys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(str(HERE))
    monkeypatch.setenv("TLCOURSE_SWEEPS", "toy_sweeps")
    monkeypatch.setenv("TLCOURSE_RESULTS", str(tmp_path / "results"))
    # One worker, where a test does not ask for more: each start costs more than all that it runs.
    monkeypatch.setattr(engine_run, "_cores", lambda: 1)
    for name in ("TOY_FAIL", "TOY_DIE", "TOY_SLEEP", "TOY_DRIFT", "TOY_ODD"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def toy() -> Sweep:
    """The toy sweep, without a table."""
    return get("toy")
