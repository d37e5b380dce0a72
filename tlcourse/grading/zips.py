"""Take what was handed in out of a zip, whatever its names and data are; each file gets a name of ours."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import re
import shutil
import stat
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tlcourse.grading.keeping import is_full
from tlcourse.grading.model import NotGradedError
from tlcourse.grading.reading import NOTEBOOKS, Wanted
from tlcourse.grading.words import clean

__all__ = ["Member", "unzip"]

_FILES, _BYTES = 20_000, 2_000_000_000
_DIRECTORY = 40_000_000  # bytes of the zip's list of names
_RATIO = 200
# LZMA asks for as much memory as the file says.
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
_UTF8 = 0x800


@dataclass(frozen=True)
class Member:
    """A file or folder of a zip.

    Attributes
    ----------
    path : pathlib.Path
        Where it was put; only the wanted kind of file and zips are taken out.
    parts : tuple of str
        Its name in the zip.
    modified : float
        Seconds; 0 where the zip says nothing sensible.
    folder : bool
    problem : NotGradedError or None
        Why it could not be taken out.
    """

    path: Path
    parts: tuple[str, ...]
    modified: float
    folder: bool
    problem: NotGradedError | None = None


def unzip(archive: Path, to: Path, wanted: Wanted = NOTEBOOKS) -> Iterator[Member]:
    """Take the wanted kind of file, and zips, out of a zip.

    Parameters
    ----------
    archive : pathlib.Path
    to : pathlib.Path
        A folder of ours; made if missing.
    wanted : Wanted
        Notebooks by default.

    Yields
    ------
    Member
        Each file and folder of the zip, in its order.

    Raises
    ------
    NotGradedError
        For a zip that is broken, or that would unpack to far too much.
    OSError
        If there is no room left for what comes out.
    """
    try:
        to.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(_with_readable_names(archive, to)) as bundle:
            members = bundle.infolist()
            if len(members) > _FILES or sum(m.file_size for m in members if _is_wanted(m, wanted)) > _BYTES:
                raise NotGradedError("the zip unpacks to far more than a class hands in")
            for number, member in enumerate(members):
                yield _member(bundle, member, to / f"{number:05d}", wanted)
    except NotGradedError:
        raise
    except Exception as error:  # a zip can be broken in more ways than zipfile has errors for
        if is_full(error):
            raise
        raise NotGradedError(f"the zip is broken ({type(error).__name__})", "Download it again.") from None


def _is_wanted(member: zipfile.ZipInfo, wanted: Wanted) -> bool:
    return member.filename.lower().endswith((wanted.ending, ".zip"))


def _with_readable_names(archive: Path, scratch: Path) -> Path:
    """The archive, or a copy of it in which no name is marked as UTF-8 that is not.

    One such name makes zipfile refuse the zip, and with it everybody's files.
    """
    begin, directory = _directory_of(archive)
    wrong = list(_wrong_flags(directory))
    if not wrong:
        return archive
    copied = scratch / "readable.zip"
    shutil.copyfile(archive, copied)
    with copied.open("r+b") as file:
        for at, flags in wrong:
            file.seek(begin + at)
            file.write(struct.pack("<H", flags))
    return copied


def _directory_of(archive: Path) -> tuple[int, bytes]:
    """Where a zip's list of names begins, and the list; empty where zipfile will say what is wrong.

    Raises
    ------
    NotGradedError
        If the list is larger than any class's.
    """
    with archive.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        tail_at = max(0, size - 65_557)
        file.seek(tail_at)
        tail = file.read()
        end = tail.rfind(b"PK\5\6")
        if end < 0 or len(tail) - end < 22:
            return 0, b""
        length, offset = struct.unpack_from("<II", tail, end + 12)
        if length == 0xFFFFFFFF or offset == 0xFFFFFFFF:
            return 0, b""  # zip64: larger than anything that we take
        if length > _DIRECTORY:
            raise NotGradedError("the zip unpacks to far more than a class hands in")
        begin = tail_at + end - length
        if begin < 0:
            return 0, b""
        file.seek(begin)
        return begin, file.read(length)


def _wrong_flags(directory: bytes) -> Iterator[tuple[int, int]]:
    """Of each name that is marked as UTF-8 and is not: where its flags stand, and what they should be."""
    at = 0
    while directory[at : at + 4] == b"PK\1\2" and at + 46 <= len(directory):
        flags, name, extra, comment = struct.unpack_from("<8x H 18x HHH", directory, at)
        if flags & _UTF8 and not _is_utf8(directory[at + 46 : at + 46 + name]):
            yield at + 8, flags & ~_UTF8
        at += 46 + name + extra + comment


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _name(member: zipfile.ZipInfo) -> str:
    """A member's name: macOS writes UTF-8 and does not say so; the old meaning is code page 437."""
    name = member.orig_filename
    if not member.flag_bits & _UTF8:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _member(bundle: zipfile.ZipFile, member: zipfile.ZipInfo, to: Path, wanted: Wanted) -> Member:
    name = _name(member)
    parts = tuple(p for p in PurePosixPath(name).parts if p not in ("/", "..", ".")) or ("?",)
    try:
        modified = dt.datetime(*member.date_time).timestamp()
    except (ValueError, OverflowError, OSError):
        modified = 0.0
    if member.is_dir():
        return Member(to, parts, modified, True)
    problem = _refusal(member, name, parts[-1].lower(), wanted)
    if problem is None and parts[-1].lower().endswith((wanted.ending, ".zip")):
        problem = _taken_out(bundle, member, to)
    return Member(to, parts, modified, False, problem)


def _refusal(member: zipfile.ZipInfo, name: str, file: str, wanted: Wanted) -> NotGradedError | None:
    """Why a member must not be taken out, as far as the zip's list of names says."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:/", name) or "\x00" in name:
        return NotGradedError("its name in the zip leads out of the zip's folder")
    if stat.S_ISLNK(member.external_attr >> 16):
        return NotGradedError("it is a symbolic link in the zip")
    if not file.endswith((wanted.ending, ".zip")):
        return None
    if member.flag_bits & 1:
        return NotGradedError("the zip has a password", "Unpack it yourself first.")
    if member.compress_type not in _PACKED:
        return NotGradedError(
            "it is compressed in a way that is not supported",
            f"Ask for an ordinary zip, or for {wanted.what}.",
        )
    if member.file_size > 1_000_000 and member.file_size > _RATIO * max(member.compress_size, 1):
        return NotGradedError("it is compressed so strongly that it may be a zip bomb")
    return wanted.too_large(member.file_size) if file.endswith(wanted.ending) else None


def _taken_out(bundle: zipfile.ZipFile, member: zipfile.ZipInfo, to: Path) -> NotGradedError | None:
    try:
        with bundle.open(member) as source, to.open("wb") as target:
            shutil.copyfileobj(source, target)
    except Exception as error:  # damaged data: zlib has errors of its own, and so have its relatives
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        return NotGradedError(
            f"it cannot be unpacked from the zip ({clean(str(error), 80) or type(error).__name__})",
            "Download the zip again, or ask the student to hand it in again.",
        )
    return None
