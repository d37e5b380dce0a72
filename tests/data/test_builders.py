"""What the builders of the bundled data share."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from bundle import read_source


def test_only_the_source_that_a_script_was_written_for_is_read(tmp_path: Path) -> None:
    path = tmp_path / "source.zip"
    with pytest.raises(SystemExit, match="is missing"):
        read_source(path, "0" * 64)
    path.write_bytes(b"other")
    with pytest.raises(SystemExit, match="another version"):
        read_source(path, hashlib.sha256(b"published").hexdigest())
    path.write_bytes(b"published")
    assert read_source(path, hashlib.sha256(b"published").hexdigest()) == b"published"
