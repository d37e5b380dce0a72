"""Downloads into the library's cache, by the library's own function."""

from __future__ import annotations

from pathlib import Path

import published_checks as checks
import pytest

from tlcourse.frameworks import prepare


@pytest.fixture(scope="module", autouse=True)
def _prepared() -> None:
    prepare("torch")


def test_it_is_downloaded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checks.it_is_downloaded_once("torch", tmp_path, monkeypatch)


def test_what_breaks_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checks.what_breaks_leaves_nothing("torch", tmp_path, monkeypatch)
