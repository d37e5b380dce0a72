"""Published weights in the cache, downloaded, or neither; the server is one of the test's own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from serving import Sent, Server, serving

from tlcourse.errors import WeightsError
from tlcourse.models.cards._pretrained import WeightFile
from tlcourse.models.published import cache_folder, locate

CONTENT = bytes(range(256)) * 2000


class Publisher(Server):
    """``/good…`` sends it all, ``/short…`` breaks off half way, everything else is not there."""

    def answer(self, path: str) -> Sent | None:
        if not path.startswith(("/good", "/short")):
            return None
        return Sent(CONTENT, cut=path.startswith("/short"))


@contextmanager
def server() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine: its address, and what it was asked for."""
    publisher = Publisher()
    with serving(publisher):
        yield publisher.address, publisher.asked


def file_at(address: str, framework: str, start: str = "good", content: bytes = CONTENT) -> WeightFile:
    if framework == "keras":
        return WeightFile(
            f"{address}/{start}.h5", len(CONTENT), hashlib.md5(content).hexdigest(), "md5"
        )  # as keras.applications has it
    digest = hashlib.sha256(content).hexdigest()[:8]
    return WeightFile(f"{address}/{start}-{digest}.pth", len(CONTENT), digest, "sha256")


def use_cache(framework: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The library's cache, moved into a folder of the test's own."""
    monkeypatch.setenv("TORCH_HOME" if framework == "torch" else "KERAS_HOME", str(folder))
    for proxy in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(proxy, raising=False)
    found = cache_folder(framework)
    assert found.is_relative_to(folder)
    return found


def it_is_downloaded_once(framework: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = use_cache(framework, folder, monkeypatch)
    with server() as (address, asked):
        file = file_at(address, framework)
        path = locate(file, framework, progress=False)
        assert path == cache / file.name
        assert path.read_bytes() == CONTENT
        assert locate(file, framework) == path
        assert len(asked) == 1
    assert [p.name for p in cache.iterdir()] == [file.name]


def what_breaks_leaves_nothing(framework: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = use_cache(framework, folder, monkeypatch)
    with server() as (address, _):
        for start, content, words in (
            ("good", b"another file", "is not the published"),
            ("short", CONTENT, "broke|is not the published"),
            ("absent", CONTENT, "broke.*404"),
        ):
            file = file_at(address, framework, start, content)
            with pytest.raises(WeightsError, match=words) as caught:
                locate(file, framework, progress=False)
            assert "Nothing of it was kept" in caught.value.problem
            assert file.name in caught.value.problem
            assert str(cache) in caught.value.fix
            assert list(cache.iterdir()) == []
