"""Published weights that need no download: in the cache, damaged there, or out of reach."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import published_checks as checks
import pytest

from tlcourse.errors import WeightsError
from tlcourse.models import published
from tlcourse.models.cards._pretrained import WeightFile


@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_a_file_in_the_cache_is_checked(
    framework: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = checks.use_cache(framework, tmp_path, monkeypatch)
    monkeypatch.setattr(published, "reachable", lambda *_: pytest.fail("the network was asked"))
    file = checks.file_at("http://127.0.0.1:9", framework)
    cache.mkdir(parents=True)
    path = cache / file.name
    path.write_bytes(checks.CONTENT)
    assert published.locate(file, framework) == path
    for damaged in (checks.CONTENT[:-1], checks.CONTENT[:-1] + b"x", b""):
        path.write_bytes(damaged)
        with pytest.raises(WeightsError, match=r"is damaged(?s:.*)Delete it") as caught:
            published.locate(file, framework)
        assert str(path) in caught.value.problem
    assert not {"torch", "keras"} & set(sys.modules)


@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_without_a_network_it_says_what_to_bring_and_where(
    framework: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = checks.use_cache(framework, tmp_path, monkeypatch)
    started = time.perf_counter()
    # A name that cannot be looked up (RFC 6761), and a port at which nobody answers.
    for address in ("https://weights.invalid", "http://127.0.0.1:9"):
        file = WeightFile(f"{address}/net-01234567.pth", 553_400_000, "01234567", "sha256")
        with pytest.raises(WeightsError, match="network does not answer") as caught:
            published.locate(file, framework)
        assert "net-01234567.pth (553.4 MB)" in caught.value.problem
        for said in (file.url, str(cache), "weights=path"):
            assert said in caught.value.fix
    # Waiting is the point here, so this is wall time: seconds, where libraries wait for most of a minute.
    assert time.perf_counter() - started < 40
    assert not cache.exists() or not list(cache.iterdir())


def test_no_place_to_keep_it_is_the_same_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models").write_text("a file where a folder should be")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    with checks.server() as (address, _), pytest.raises(WeightsError, match="Nothing of it was kept"):
        published.locate(checks.file_at(address, "keras"), "keras")
