"""A file is written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tlcourse.files import write_whole


def test_a_file_and_its_folder_are_written(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.txt"
    for text in ("ä\r\nb\n", "shorter"):
        write_whole(path, text, flush=True)
        assert path.read_bytes() == text.encode("utf-8")
    assert [found.name for found in path.parent.iterdir()] == ["b.txt"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "b.txt"
    write_whole(path, "old")

    def full(source: object, target: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="no space"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["b.txt"]


def test_bytes_for_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / ("long" * 50 + ".bin")
    write_whole(path, b"\x00\xff", mode=0o600)
    assert path.read_bytes() == b"\x00\xff"
    assert path.stat().st_mode & 0o777 == 0o600
