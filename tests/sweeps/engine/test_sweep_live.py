"""One row in a notebook, and how it compares with what was recorded."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from toy_sweeps import ROWS, fill

from tlcourse.sweeps import SweepError, compare
from tlcourse.sweeps.engine.spec import Sweep

HERE = Path(__file__).parent


def test_live_row_and_compare(monkeypatch, toy: Sweep):
    from types import ModuleType

    import tlcourse
    from tlcourse.sweeps.engine import live

    fake = ModuleType("tlcourse.frameworks")
    fake.current_framework = lambda: "plain"
    monkeypatch.setitem(sys.modules, "tlcourse.frameworks", fake)
    monkeypatch.setattr(tlcourse, "frameworks", fake, raising=False)
    fill()
    row = live.live_row("toy", x=2, kind="a", seed=1)
    assert row["y"] == pytest.approx(4.1)
    found = compare("toy", row)
    assert list(found.index) == ["y"]
    assert found.loc["y", "agrees"]
    assert found.loc["y", "n"] == 2
    assert found.loc["y", "mean"] == pytest.approx(4.05)
    assert not compare("toy", {**row, "y": 5.0}).loc["y", "agrees"]
    with pytest.raises(SweepError, match=r"2 rows .*[\s\S]*seed: 0, 1"):
        live.live_row("toy", x=2, kind="a")
    with pytest.raises(SweepError, match=r"No rows .*[\s\S]*x: 1, 2, 3"):
        live.live_row("toy", x=9)
    with pytest.raises(SweepError, match="no setting 'lr'"):
        live.live_row("toy", lr=9)
    assert len(live.run_all("toy")) == 0
    assert len(live.run_all("toy", again=True)) == ROWS
