"""`fetch`, against a server of its own on 127.0.0.1: nothing here leaves the machine."""

from __future__ import annotations

import hashlib
import io
import socket
import tarfile
import threading
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tlcourse import data as course
from tlcourse.data import download
from tlcourse.data.download import Archive
from tlcourse.errors import DataError, NetworkError, UnknownNameError

CONTENT = np.random.default_rng(0).bytes(1_000_000)


class Server(ThreadingHTTPServer):
    """Serves CONTENT; can cut the connection, ignore Range, or send something else."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = CONTENT
        self.cut_after: int | None = None
        self.ranges = True
        self.status: int | None = None
        self.asked: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/files/thing.bin"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        server, wanted = self.server, self.headers.get("Range")
        server.asked.append(wanted)
        if server.status is not None:
            self.send_error(server.status)
            return
        start = 0
        if wanted and server.ranges:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if start >= len(server.content):
                self.send_error(416)
                return
            self.send_response(206)
            end = len(server.content) - 1
            self.send_header("Content-Range", f"bytes {start}-{end}/{len(server.content)}")
        else:
            self.send_response(200)
        body = server.content[start:]
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if server.cut_after is None else body[: server.cut_after])
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path / "downloads"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server = Server()
    archive = Archive(server.url, len(CONTENT), "sha256", hashlib.sha256(CONTENT).hexdigest())
    monkeypatch.setitem(download.DOWNLOADS, "thing", (archive,))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def target(server: Server, tmp_path: Path) -> Path:
    return tmp_path / "downloads" / "thing" / "thing.bin"


def part(target: Path) -> Path:
    return target.with_name("thing.bin.part")


def test_a_download(server: Server, target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert course.fetch("thing") == [target]
    assert target.read_bytes() == CONTENT
    assert "thing.bin" in capsys.readouterr().err, "there should be a progress bar"
    assert not part(target).exists()
    # A second call asks the server for nothing.
    assert course.fetch("thing", progress=False) == [target]
    assert server.asked == [None]
    assert download.located("thing") == [target]


def test_resume_after_a_cut(server: Server, target: Path) -> None:
    server.cut_after = 300_000
    with pytest.raises(NetworkError, match="what came is kept") as caught:
        course.fetch("thing", progress=False)
    assert server.url in caught.value.fix
    assert str(target) in caught.value.fix
    kept = part(target).stat().st_size
    assert 0 < kept <= 300_000
    assert not target.exists()
    server.cut_after = None
    course.fetch("thing", progress=False)
    assert target.read_bytes() == CONTENT
    assert server.asked == [None, f"bytes={kept}-"]


def test_resume_from_a_server_that_cannot(server: Server, target: Path) -> None:
    """It sends the whole file again: it must not be put behind what is there."""
    server.ranges = False
    part(target).parent.mkdir(parents=True)
    part(target).write_bytes(CONTENT[:1000])
    course.fetch("thing", progress=False)
    assert target.read_bytes() == CONTENT


def test_a_whole_part_is_used(server: Server, target: Path) -> None:
    """Stopped between the last byte and the rename."""
    part(target).parent.mkdir(parents=True)
    part(target).write_bytes(CONTENT)
    course.fetch("thing", progress=False)
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("there", [b"an older file", None])
def test_a_wrong_hash_replaces_nothing(server: Server, target: Path, there: bytes | None) -> None:
    server.content = b"something else" * 1000
    if there is not None:
        target.parent.mkdir(parents=True)
        target.write_bytes(there)
    with pytest.raises(DataError, match="not the published file"):
        course.fetch("thing", progress=False)
    assert not part(target).exists(), "a wrong part must not be resumed"
    if there is None:
        assert not target.exists()
    else:
        assert target.read_bytes() == there
        with pytest.raises(DataError, match="sha256 differs"):
            download.located("thing")
    # The next call, with the right file, mends it.
    server.content = CONTENT
    course.fetch("thing", progress=False)
    assert target.read_bytes() == CONTENT


def test_a_wrong_part_is_thrown_away(server: Server, target: Path) -> None:
    part(target).parent.mkdir(parents=True)
    part(target).write_bytes(bytes(500_000))
    with pytest.raises(DataError, match="not the published file"):
        course.fetch("thing", progress=False)
    course.fetch("thing", progress=False)
    assert target.read_bytes() == CONTENT


def test_the_file_is_gone_from_the_server(server: Server, target: Path) -> None:
    server.status = 404
    with pytest.raises(NetworkError, match="404") as caught:
        course.fetch("thing", progress=False)
    assert str(target) in caught.value.fix


def offline_is_told(name: str, target: Path) -> None:
    start = time.perf_counter()
    with pytest.raises(NetworkError) as caught:
        course.fetch(name, progress=False)
    assert time.perf_counter() - start < 30, "about a second; the ceiling is for a busy machine"
    for part_of_message in ("MB", "http", str(target)):
        assert part_of_message in caught.value.fix
    assert "network does not answer" in caught.value.problem


def test_offline_refused(server: Server, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/thing.bin"
    monkeypatch.setitem(download.DOWNLOADS, "thing", (Archive(url, 5_000_000, "md5", "0" * 32),))
    target.parent.mkdir(parents=True)
    part(target).write_bytes(b"begun")
    offline_is_told("thing", target)
    assert part(target).read_bytes() == b"begun"


def test_offline_hanging(server: Server, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name look-up that never comes back: the usual case without a network."""
    never = threading.Event()

    def hang(*arguments: object, **options: object) -> None:
        never.wait(20)
        raise OSError("the test is over")

    monkeypatch.setattr(socket, "create_connection", hang)
    offline_is_told("thing", target)
    never.set()


def test_the_proxy_is_what_must_answer(server: Server, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_address[1]}")
    url = "http://nowhere.invalid/files/thing.bin"
    archive = Archive(url, len(CONTENT), "md5", hashlib.md5(CONTENT).hexdigest())
    monkeypatch.setitem(download.DOWNLOADS, "thing", (archive,))
    assert course.fetch("thing", progress=False) == [target]


def test_no_space(server: Server, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from collections import namedtuple

    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(download.shutil, "disk_usage", lambda path: usage(1, 1, 1000))
    with pytest.raises(DataError, match="TLCOURSE_DATA"):
        course.fetch("thing", progress=False)


def test_a_folder_that_cannot_be_used(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path / "file"))
    with pytest.raises(DataError, match="TLCOURSE_DATA"):
        course.fetch("thing", progress=False)


def test_unknown_download() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'oxford-pets'"):
        course.fetch("oxford-pet")


@pytest.mark.parametrize("name", ["oxford-pets", "cats-and-dogs"])
def test_loaders_without_their_archive(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match="not on this machine") as caught:
        course.load(name)
    for part_of_message in (f"tlcourse fetch {name}", "MB", "http"):
        assert part_of_message in caught.value.fix


def test_the_hashes_are_torchvisions() -> None:
    """Read from its source, because importing it needs a process of its own."""
    import importlib.util

    spec = importlib.util.find_spec("torchvision")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("torchvision is not installed")
    source = Path(spec.submodule_search_locations[0]) / "datasets" / "oxford_iiit_pet.py"
    text = source.read_text(encoding="utf-8")
    for archive in download.DOWNLOADS["oxford-pets"]:
        assert archive.url in text
        assert archive.digest in text


def jpeg(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (50, 40), (shade, shade, shade)).save(out, "JPEG")
    return out.getvalue()


def place(name: str, contents: list[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Put archives where a learner would put them by hand, under the names of the real ones."""
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path))
    archives = []
    for archive, content in zip(download.DOWNLOADS[name], contents, strict=True):
        archives.append(Archive(archive.url, len(content), "sha256", hashlib.sha256(content).hexdigest()))
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / archive.name).write_bytes(content)
    monkeypatch.setitem(download.DOWNLOADS, name, tuple(archives))


def tar(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def test_oxford_pets_from_an_archive_of_its_layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = {"trainval": "", "test": "#a comment\n"}
    for label, kind in ((1, "Abyssinian"), (2, "great_pyrenees")):
        for number in range(16):
            lists["trainval" if number < 10 else "test"] += f"{kind}_{number} {label} 1 1\n"
    images = {f"images/Abyssinian_{n}.jpg": jpeg(n) for n in range(16)}
    images |= {f"images/great_pyrenees_{n}.jpg": jpeg(200 + n) for n in range(16)}
    images |= {"images/._great_pyrenees_1.jpg": b"x", "images/Abyssinian_1.mat": b"x"}
    annotations = tar({f"annotations/{name}.txt": text.encode() for name, text in lists.items()})
    place("oxford-pets", [tar(images), annotations], monkeypatch, tmp_path)
    data = course.oxford_pets(size=16)
    assert data.class_names == ("Abyssinian", "great pyrenees")
    assert {name: len(rows) for name, rows in data.splits.items()} == {"train": 16, "val": 4, "test": 12}
    assert (data.images[data.labels == 1] > 190).all()
    assert all(int(data.ids[row].rsplit("_", 1)[1]) >= 10 for row in data.splits["test"])
    assert len(course.oxford_pets(size=8, per_class=5)) == 20

    del images["images/Abyssinian_3.jpg"]
    place("oxford-pets", [tar(images), annotations], monkeypatch, tmp_path)
    with pytest.raises(DataError, match="Abyssinian_3"):
        course.oxford_pets(size=16)


def test_cats_and_dogs_from_an_archive_of_its_layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme[1].txt", "")
        for kind, shade in (("Cat", 10), ("Dog", 200)):
            for number in range(20):
                archive.writestr(f"PetImages/{kind}/{number}.jpg", jpeg(shade) if number != 7 else b"")
            archive.writestr(f"PetImages/{kind}/Thumbs.db", b"")
    place("cats-and-dogs", [out.getvalue()], monkeypatch, tmp_path)
    with pytest.warns(UserWarning, match="damaged"):
        data = course.cats_and_dogs(size=16, per_class=19)
    assert data.counts() == {"cat": 19, "dog": 19}
    assert (data.images[data.labels == 1] > 190).all()
    with pytest.raises(DataError, match="19 or fewer"):
        course.cats_and_dogs(size=16, per_class=20)
