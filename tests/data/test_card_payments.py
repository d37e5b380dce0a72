"""ULB's card payments, where the pack is there, and what is said where it is not."""

from __future__ import annotations

import pytest
from packs_here import need

from tlcourse.data import card_payments
from tlcourse.errors import DataError


def test_what_is_in_it() -> None:
    need("card_payments")
    table = card_payments()
    assert table.shape == (284_807, 31)
    assert list(table.columns) == ["seconds", *(f"V{i}" for i in range(1, 29)), "amount", "fraud"]
    first = table.seconds < 86_400
    assert (table.fraud[first].sum(), table.fraud[~first].sum()) == (281, 211)
    assert table.duplicated().sum() == 1081
    assert table.seconds.is_monotonic_increasing


def test_a_missing_pack_is_said(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tlcourse.packs.cached.cache_folder", lambda: tmp_path)
    with pytest.raises(DataError, match="tlcourse packs"):
        card_payments()
