"""A re-execution is compared with the committed claims."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from tlcourse import claims
from tlcourse.claims import ClaimError, record, write_claims


@pytest.fixture(autouse=True)
def _fresh():
    claims.forget()
    yield
    claims.forget()


@pytest.fixture
def devices(monkeypatch: pytest.MonkeyPatch) -> None:
    """A started session, without a framework."""
    fake = ModuleType("tlcourse.frameworks")
    fake.current_framework = lambda: "torch"
    fake.current_chapter = lambda: "01-x"
    import tlcourse

    monkeypatch.setitem(sys.modules, "tlcourse.frameworks", fake)
    monkeypatch.setattr(tlcourse, "frameworks", fake, raising=False)


def test_check_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, devices: None):
    write_claims(
        claims.claims_path(tmp_path, "torch", "01-x"),
        {"acc": {"value": 0.76, "tolerance": 0.02}, "top": {"value": "cat"}, "count": {"value": 17}},
    )
    monkeypatch.setenv("TLCOURSE_CLAIMS", str(tmp_path))
    record("acc", 0.78, tolerance=0.5)  # on the edge; the committed tolerance rules, not the new one
    claims.forget()
    with pytest.raises(ClaimError) as caught:
        record("acc", 0.79, tolerance=0.5)
    for part in ("'acc'", "0.79", "0.76", "0.03 away", "tolerance is 0.02", "tlcourse build"):
        assert part in str(caught.value)
    record("top", "cat", tolerance=None)
    with pytest.raises(ClaimError, match="exact"):
        record("count", 18, tolerance=None)
    with pytest.raises(ClaimError, match="not among the committed"):
        record("new-one", 18, tolerance=None)
