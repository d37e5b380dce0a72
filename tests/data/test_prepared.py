"""What takes seconds to make is kept, and never believed when it is damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tlcourse.data import prepared
from tlcourse.data.prepared import prepared as keep

ARRAY = np.arange(60_000, dtype=np.uint8).reshape(10, 100, 60)


class Maker:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> np.ndarray:
        self.calls += 1
        return ARRAY + np.uint8(self.calls)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path / "cache"))
    return tmp_path / "cache" / "prepared"


def test_it_is_made_once(cache: Path) -> None:
    make = Maker()
    first = keep("cells", "size 3", make)
    np.testing.assert_array_equal(keep("cells", "size 3", make), first)
    assert make.calls == 1
    keep("cells", "size 4", make)
    assert make.calls == 2
    assert len(list(cache.iterdir())) == 2


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "other"])
def test_a_damaged_file_is_made_again(cache: Path, damage: str) -> None:
    make = Maker()
    keep("cells", "x", make)
    (file,) = cache.iterdir()
    content = bytearray(file.read_bytes())
    if damage == "other":
        np.savez(file, something=ARRAY)
    else:
        content[20_000] ^= 1
        file.write_bytes({"cut": content[:30_000], "changed": content, "empty": b""}[damage])
    np.testing.assert_array_equal(keep("cells", "x", make), ARRAY + np.uint8(2))
    np.testing.assert_array_equal(keep("cells", "x", make), ARRAY + np.uint8(2))
    assert make.calls == 2, "the file is mended as well"


def test_where_nothing_can_be_written_it_works_all_the_same(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.parent.write_text("a file is in the way")
    make = Maker()
    np.testing.assert_array_equal(keep("cells", "x", make), ARRAY + np.uint8(1))
    np.testing.assert_array_equal(keep("cells", "x", make), ARRAY + np.uint8(2))


def test_what_is_large_is_not_kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "LIMIT", ARRAY.nbytes - 1)
    keep("cells", "x", Maker())
    assert not cache.exists()
