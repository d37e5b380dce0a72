"""`fetch`: the downloads that you ask for by name. Nothing in the course calls it on its own."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import shutil
import socket
import threading
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tlcourse.errors import DataError, NetworkError, UnknownNameError
from tlcourse.files import cache_folder

__all__ = ["DOWNLOADS", "Archive", "fetch", "located"]

CONNECT_SECONDS = 1.0
READ_SECONDS = 30.0
CHUNK = 1 << 18


@dataclass(frozen=True)
class Archive:
    """One file to download.

    Attributes
    ----------
    url : str
    size : int
        In bytes, about; the hash decides.
    algorithm, digest : str
        For example ``"sha256"`` and its hexadecimal digest.
    """

    url: str
    size: int
    algorithm: str
    digest: str

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.url.rsplit("/", 1)[-1]


# The MD5 sums are the ones torchvision checks (torchvision/datasets/oxford_iiit_pet.py), the SHA-256 the one
# that GoMLX checks (examples/dogsvscats).
DOWNLOADS: dict[str, tuple[Archive, ...]] = {
    "oxford-pets": (
        Archive(
            "https://www.robots.ox.ac.uk/~vgg/data/pets/data/images.tar.gz",
            791_918_971,
            "md5",
            "5c4f3ee8e5d25df40f4fd59a7f44e54c",
        ),
        Archive(
            "https://www.robots.ox.ac.uk/~vgg/data/pets/data/annotations.tar.gz",
            19_173_078,
            "md5",
            "95a8c909bbe2e81eed6a22bccdf3f68f",
        ),
    ),
    "cats-and-dogs": (
        Archive(
            "https://download.microsoft.com/download/3/E/1/3E1C3F21-ECDB-4869-8368-6DEBA77B919F/"
            "kagglecatsanddogs_5340.zip",
            824_887_076,
            "sha256",
            "b7974bd00a84a99921f36ee4403f089853777b5ae8d151c76a86e64900334af9",
        ),
    ),
}


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, algorithm).hexdigest()


def _by_hand(archive: Archive, target: Path) -> str:
    return (
        f"Connect and call fetch() again (it goes on where it stopped); or download {archive.url} "
        f"({archive.size / 1e6:.0f} MB) on another machine and put it here: {target}"
    )


def reachable(url: str, seconds: float) -> str | None:
    """None when the server (or the proxy on the way to it) takes a connection in time, else why not.

    In a thread, because a name look-up has no time limit of its own and can hang for half a minute offline.
    """
    parts = urllib.parse.urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    proxy = urllib.request.getproxies().get(parts.scheme)
    if proxy and not urllib.request.proxy_bypass(host):
        proxy_parts = urllib.parse.urlsplit(proxy if "//" in proxy else f"//{proxy}")
        host, port = proxy_parts.hostname or host, proxy_parts.port or 80
    outcome: list[str | None] = [f"no answer from {host} within {seconds:g} s"]

    def connect() -> None:
        try:
            socket.create_connection((host, port), timeout=seconds).close()
            outcome[0] = None
        except OSError as error:
            outcome[0] = f"{host}: {error}"

    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(seconds + 0.2)
    return outcome[0]


def _start(response: Any, have: int) -> int:
    """Where the response starts: ``have`` if the server resumes, 0 if it sends the whole file again."""
    if response.status == 206:
        sent = response.headers.get("Content-Range", "")
        if sent.startswith(f"bytes {have}-"):
            return have
    return 0


def _stream(archive: Archive, part: Path, progress: bool) -> None:
    """Add to ``part`` what it still lacks. Raises OSError or HTTPException when the connection breaks."""
    from tqdm.auto import tqdm

    have = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": "tlcourse", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    request = urllib.request.Request(archive.url, headers=headers)
    try:
        # Not urlopen(): it remembers the proxies of the first call, and a learner may set them after that.
        response = urllib.request.build_opener().open(request, timeout=READ_SECONDS)
    except urllib.error.HTTPError as error:
        error.close()
        if (
            error.code == 416 and have
        ):  # nothing left to send: the part is whole, or too long; the hash decides
            return
        raise
    with response:
        start = _start(response, have)
        length = response.headers.get("Content-Length")
        total = start + int(length) if length else None
        with part.open("ab" if start else "wb") as out:
            with tqdm(
                total=total or archive.size,
                initial=start,
                unit="B",
                unit_scale=True,
                desc=archive.name,
                disable=not progress,
            ) as bar:
                done = start
                while block := response.read(CHUNK):
                    out.write(block)
                    done += len(block)
                    bar.update(len(block))
        if total is not None and done < total:
            raise http.client.IncompleteRead(b"", total - done)


def _get(archive: Archive, target: Path, progress: bool) -> Path:
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(target.parent).free
        if target.exists() and _digest(target, archive.algorithm) == archive.digest:
            return target
    except OSError as error:
        raise DataError(
            f"The folder for downloads, {target.parent}, cannot be used: {error.strerror or error}.",
            "Choose another with the environment variable TLCOURSE_DATA.",
        ) from None
    missing = archive.size - (part.stat().st_size if part.exists() else 0)
    if missing > free:
        raise DataError(
            f"{archive.name} needs {missing / 1e6:.0f} MB, {target.parent} has {free / 1e6:.0f} MB left.",
            "Free some space, or choose another folder with the environment variable TLCOURSE_DATA.",
        )
    why = reachable(archive.url, CONNECT_SECONDS)
    if why is not None:
        raise NetworkError(
            f"{archive.name} must be downloaded, and the network does not answer ({why}).",
            _by_hand(archive, target),
        )
    try:
        _stream(archive, part, progress)
    except urllib.error.HTTPError as error:
        raise NetworkError(
            f"The server answered {error.code} ({error.reason}) for {archive.url}.",
            f"The file may have moved. {_by_hand(archive, target)}",
        ) from None
    except (OSError, http.client.HTTPException) as error:
        offset = part.stat().st_size if part.exists() else 0
        raise NetworkError(
            f"The connection broke after {offset / 1e6:.0f} of {archive.size / 1e6:.0f} MB of {archive.name} "
            f"({error}); what came is kept.",
            _by_hand(archive, target),
        ) from None
    if _digest(part, archive.algorithm) != archive.digest:
        part.unlink()
        unchanged = " The file that was there before is unchanged." if target.exists() else ""
        raise DataError(
            f"What {archive.url} sent is not the published file: its {archive.algorithm} differs."
            + unchanged,
            "Call fetch() again. If it happens again, the file or something on the way has changed: "
            f"get it from another network and put it here: {target}",
        )
    os.replace(part, target)
    return target


def _known(name: str) -> str:
    key = name.replace("_", "-")
    if key not in DOWNLOADS:
        raise UnknownNameError("download", name, DOWNLOADS)
    return key


def fetch(name: str, progress: bool = True) -> list[Path]:
    """Download a data set, because you asked for it.

    Resumes a download that was cut, checks the published hash before the file takes its place, and leaves a
    file that is already there alone when its hash is right. A file that you put there yourself counts.

    Parameters
    ----------
    name : {"oxford-pets", "cats-and-dogs"}
        Oxford-IIIT Pet (811 MB; Parkhi et al. 2012, CC-BY-SA-4.0), read by `oxford_pets`; cats and dogs (825
        MB; Elson et al. 2007, Microsoft's terms), read by `cats_and_dogs`.
    progress : bool
        Show a progress bar.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    UnknownNameError
        For an unknown name.
    NetworkError
        Without a network, in about a second; or when the connection breaks (what came is kept).
    DataError
        When the download has the wrong hash, or the disk is full.

    Examples
    --------
    >>> fetch("oxford-cats")
    Traceback (most recent call last):
        ...
    tlcourse.errors.UnknownNameError: There is no download called 'oxford-cats'.
      What to do: Did you mean 'oxford-pets'? Known: oxford-pets, cats-and-dogs.
    """
    key = _known(name)
    return [_get(archive, cache_folder() / key / archive.name, progress) for archive in DOWNLOADS[key]]


def located(name: str) -> list[Path]:
    """The files of a download, checked; nothing is downloaded.

    Raises
    ------
    DataError
        When a file is not there, or is not the published one; the message says how to get it.
    """
    key = _known(name)
    paths = []
    for archive in DOWNLOADS[key]:
        path = cache_folder() / key / archive.name
        if not path.exists():
            raise DataError(
                f"{key} is not on this machine: {path} is missing.",
                f"Run `tlcourse fetch {key}`, or tlcourse.data.fetch({key!r}) "
                f"({archive.size / 1e6:.0f} MB); or download {archive.url} and put it there.",
            )
        with contextlib.suppress(OSError):
            if _digest(path, archive.algorithm) == archive.digest:
                paths.append(path)
                continue
        raise DataError(
            f"{path} is not the published file: its {archive.algorithm} differs.",
            f"Run `tlcourse fetch {key}`: it downloads the file again and then replaces this one.",
        )
    return paths
